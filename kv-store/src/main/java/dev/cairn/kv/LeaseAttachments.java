package dev.cairn.kv;

import dev.cairn.kv.auth.Attachments;
import dev.cairn.kv.auth.SpanSet;
import dev.cairn.kv.model.KeySpan;
import java.util.function.ToLongFunction;

/** The attached keys of a tree, be it finished or in the making: counted, not visited. */
record LeaseAttachments(ToLongFunction<KeySpan> counting) implements Attachments {
    @Override
    public boolean areAllIn(SpanSet keys, long lease) {
        long all = counting.applyAsLong(LeaseKeys.attachedTo(lease));
        long within = 0;
        if (all > 0) {
            for (KeySpan span : keys.spans()) {
                within += counting.applyAsLong(LeaseKeys.attachedTo(lease, span));
            }
        }
        return within == all;
    }
}
