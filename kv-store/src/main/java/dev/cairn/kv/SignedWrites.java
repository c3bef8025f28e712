package dev.cairn.kv;

import dev.cairn.kv.change.WriteText;
import dev.cairn.kv.guard.Registry;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshSignature;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Writes that one key answers for, such as a node's. Of each key the last one is remembered, and none that is older is ever
 * taken in: so whoever carries them can neither forge, nor repeat, nor reorder them, and the state does not grow with their
 * number. What was refused for want of rights or of room is used up as well; what came before its time is not, because
 * the key could then write nothing up to that time. So its holder must not let out what is dated ahead.
 */
final class SignedWrites {
    private static final long NANOS_PER_MICRO = 1000;

    private final Draft draft;
    private final Permits permits;

    SignedWrites(Draft draft, Permits permits) {
        this.draft = draft;
        this.permits = permits;
    }

    /** @param perform does what guards have no word against */
    Outcome take(Operation.SignedWrite write, Function<Operation, Outcome> perform) {
        try {
            SshSignature signature = SshSignature.parse(write.signature());
            Optional<Registry.Holding> holding = draft.governance.registry().holderOf(signature.keyBlob());
            if (holding.isEmpty()) {
                return failed(KvError.SIGNER_REFUSED);
            }
            Digest text = draft.around.scrutiny().verifyWrite(write, signature, holding.get());
            return takeSigned(write, text, holding.get(), perform);
        } catch (SshException _) {
            return failed(KvError.BAD_SIGNATURE);
        }
    }

    private Outcome takeSigned(
            Operation.SignedWrite write, Digest text, Registry.Holding signer, Function<Operation, Outcome> perform) {
        Bytes record =
                SystemSpace.lastWrite(Hashing.sha256(signer.key().key().blob().shared()));
        Optional<LastWrite> last = draft.system(record).map(LastWrite::decode);
        if (last.isPresent() && last.get().text().equals(text)) {
            return last.get().outcome();
        }
        if (last.isPresent() && write.timeMicros() <= last.get().timeMicros()) {
            return failed(KvError.WRITE_SUPERSEDED);
        }
        if (signer.outOfTime(draft.nowSeconds()).isPresent()) {
            return failed(KvError.SIGNER_REFUSED);
        }
        long nowMicros = Math.floorDiv(draft.proposal.timeNanos(), NANOS_PER_MICRO);
        if (write.timeMicros() < nowMicros - WriteText.MAX_SKEW_MICROS
                || write.timeMicros() > nowMicros + WriteText.MAX_SKEW_MICROS) {
            return failed(KvError.WRITE_OUT_OF_TIME);
        }
        Outcome outcome = refusedByGuards(write.operation(), signer)
                .or(() -> refusedByPermissions(write.operation(), signer))
                .<Outcome>map(this::failed)
                .orElseGet(() -> perform.apply(write.operation()));
        draft.putSystem(record, LastWrite.of(write.timeMicros(), text, outcome).encode());
        return outcome;
    }

    /** Who revokes a lease deletes its keys without a signature, so it is attached to open ones alone. */
    private Optional<KvError> refusedByGuards(Operation operation, Registry.Holding signer) {
        if (!Unsigned.writes(operation).allMatch(span -> draft.governance.mayWriteAlone(signer, span))) {
            return Optional.of(KvError.GUARDED);
        }
        boolean isOpen = Unsigned.leased(operation)
                .allMatch(key -> draft.governance.guards().isOpen(KeySpan.single(key)));
        return isOpen ? Optional.empty() : Optional.of(KvError.LEASE_ON_GUARDED);
    }

    /**
     * A signature stands for no user: where users need permissions it gives away nothing but what a guard leaves to the
     * signer, neither to be written nor to be read or compared.
     */
    private Optional<KvError> refusedByPermissions(Operation operation, Registry.Holding signer) {
        if (!permits.view().status().enabled()) {
            return Optional.empty();
        }
        boolean isTheSigners = Stream.concat(Unsigned.writes(operation), Unsigned.reads(operation))
                .allMatch(span -> draft.governance.isKeptBy(signer, span));
        return isTheSigners ? Optional.empty() : Optional.of(KvError.PERMISSION_DENIED);
    }

    private Outcome failed(KvError error) {
        return new Outcome.Failed(draft.revision, error);
    }
}
