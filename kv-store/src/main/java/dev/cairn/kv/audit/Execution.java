package dev.cairn.kv.audit;

import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.protocol.model.Digest;
import java.util.List;
import java.util.Optional;

/**
 * A change that a block executed, and all by which that is judged.
 *
 * @param chain the cluster
 * @param digest of the change, as the log of changes names it
 * @param nowSeconds the block's time
 * @param revision that was made
 * @param record what the ledger keeps of it
 * @param text the record's, read anew
 * @param signatures the record's, verified anew
 * @param before the state
 * @param governance in force before it
 * @param earlier what was known of it while it waited; nothing if it was executed when it came
 * @param readableSince the oldest revision that can be read
 * @param settledBefore whether it had been executed, withdrawn or in conflict earlier
 * @param writes all of the revision
 */
record Execution(
        Digest chain,
        Digest digest,
        long nowSeconds,
        long revision,
        ChangeRecord record,
        SignedText text,
        List<JudgedSignature> signatures,
        StateBefore before,
        Governance governance,
        Optional<Waiting> earlier,
        long readableSince,
        boolean settledBefore,
        List<KeyEvent> writes) {
    Execution {
        signatures = List.copyOf(signatures);
        writes = List.copyOf(writes);
    }
}
