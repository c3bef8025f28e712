package dev.cairn.kv.audit;

import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.model.AuthOperation;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.UpkeepOperation;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshSignature;
import java.util.Arrays;
import java.util.Optional;

/**
 * A signature in a request.
 *
 * @param change which one it is about
 * @param keyBlob the key that it names
 */
record Brought(Digest change, ChangeRecord.Taken signature, Bytes keyBlob) {
    /** Nothing if the operation has none that could be kept. */
    static Optional<Brought> by(Operation operation, long nowSeconds) {
        return switch (operation) {
            case Operation.SubmitChange submit ->
                of(Hashing.sha256(submit.text().shared()), submit.signature(), nowSeconds);
            case Operation.EndorseChange endorse ->
                change(endorse.text()).flatMap(change -> of(change, endorse.signature(), nowSeconds));
            case Operation.Unique unique -> by(unique.operation(), nowSeconds);
            case Operation.OnBehalf _,
                    AuthOperation _,
                    Operation.SignedWrite _,
                    Operation.StageValues _,
                    Operation.Put _,
                    Operation.DeleteRange _,
                    Operation.Range _,
                    Operation.Txn _,
                    Operation.Compact _,
                    Operation.OpenSession _,
                    LeaseOperation _,
                    UpkeepOperation _ -> Optional.empty();
        };
    }

    private static Optional<Brought> of(Digest change, Bytes signature, long nowSeconds) {
        try {
            SshSignature read = SshSignature.parse(signature);
            return Arrays.stream(Purpose.values())
                    .filter(purpose -> purpose.namespace().equals(read.namespace()))
                    .findFirst()
                    .map(purpose -> new Brought(
                            change, new ChangeRecord.Taken(purpose, signature, nowSeconds), read.keyBlob()));
        } catch (SshException _) {
            return Optional.empty(); // whatever keeps it breaks a rule
        }
    }

    private static Optional<Digest> change(Bytes endorsement) {
        for (Endorsement.Kind kind : Endorsement.Kind.values()) {
            try {
                return Optional.of(Endorsement.parse(kind, endorsement).change());
            } catch (ChangeException _) {
                // It may be of the other kind.
            }
        }
        return Optional.empty();
    }
}
