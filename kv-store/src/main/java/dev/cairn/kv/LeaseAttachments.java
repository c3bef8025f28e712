package dev.cairn.kv;

import dev.cairn.kv.auth.Attachments;
import dev.cairn.kv.auth.SpanSet;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The attached keys of a tree. Of all keys that one span holds only the first is looked at: it takes no more steps than there
 * are keys, and no more than there are spans.
 *
 * @param first the first record of a span of tree keys
 */
record LeaseAttachments(Function<KeySpan, Optional<Bytes>> first) implements Attachments {

    /** As {@code forEach} of a tree, be it finished or in the making. */
    interface Visiting {
        void forEach(KeySpan span, Predicate<KeyVersion> visitor);
    }

    static LeaseAttachments of(Visiting tree) {
        return new LeaseAttachments(span -> {
            List<Bytes> found = new ArrayList<>(1);
            tree.forEach(span, record -> {
                found.add(record.treeKey());
                return false;
            });
            return found.stream().findFirst();
        });
    }

    @Override
    public boolean areAllIn(SpanSet keys, long lease) {
        Optional<Bytes> next = first.apply(LeaseKeys.attachedTo(lease));
        while (next.isPresent()) {
            Optional<KeySpan> around = keys.around(LeaseKeys.attachedKey(next.get()));
            if (around.isEmpty()) {
                return false;
            }
            next = around.get()
                    .until()
                    .flatMap(end -> first.apply(LeaseKeys.attachedTo(lease, new KeySpan(end, Optional.empty()))));
        }
        return true;
    }
}
