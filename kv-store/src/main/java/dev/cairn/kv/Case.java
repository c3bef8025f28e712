package dev.cairn.kv;

import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.PendingRecord;
import dev.cairn.protocol.model.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * A change that is neither settled nor refused yet.
 *
 * @param record with all signatures, the newest too
 * @param isNew whether the record differs from what the ledger holds
 * @param fresh of one that does not wait yet: the values that came with it, those of its first puts
 */
record Case(ReadText change, PendingRecord record, boolean isNew, Optional<List<Bytes>> fresh) {
    static Case fresh(ReadText change, PendingRecord record, List<Bytes> values) {
        return new Case(change, record, true, Optional.of(values));
    }

    static Case asItWaits(ReadText change, PendingRecord waiting) {
        return new Case(change, waiting, false, Optional.empty());
    }

    static Case with(ReadText change, PendingRecord waiting, ChangeRecord.Taken signature) {
        return new Case(change, waiting.with(signature), true, Optional.empty());
    }

    /** All that is known of it. */
    ChangeRecord whole() {
        return record.of(change.text());
    }
}
