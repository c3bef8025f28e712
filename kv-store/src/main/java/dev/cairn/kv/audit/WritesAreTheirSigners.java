package dev.cairn.kv.audit;

import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.change.WriteText;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Registry;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Space;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshPublicKey;
import dev.cairn.ssh.SshSignature;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a signed write wrote is what was signed, by whoever may write there alone, in time, and behind all that the same key had
 * signed. Remembers the last write of each key.
 */
final class WritesAreTheirSigners {
    private final Digest chain;
    private final Map<Bytes, Long> lastMicros = new TreeMap<>();

    WritesAreTheirSigners(Digest chain) {
        this.chain = chain;
    }

    Optional<String> broken(Governance governance, long nowMicros, Operation.SignedWrite write, List<KeyEvent> writes) {
        SshSignature signature;
        try {
            signature = SshSignature.parse(write.signature());
            Bytes text = WriteText.of(chain, write).text();
            signature.verify(SshPublicKey.parse(signature.keyBlob()), WriteText.NAMESPACE, text);
        } catch (SshException e) {
            return Optional.of("its signature does not hold: " + e.getMessage());
        }
        Optional<Registry.Holding> signer = governance.registry().holderOf(signature.keyBlob());
        if (signer.isEmpty()
                || signer.get().outOfTime(Math.floorDiv(nowMicros, 1_000_000)).isPresent()) {
            return Optional.of("the key that signed it did not count");
        }
        if (Math.abs(nowMicros - write.timeMicros()) > WriteText.MAX_SKEW_MICROS) {
            return Optional.of("it was signed for another time");
        }
        Long last = lastMicros.put(signature.keyBlob(), write.timeMicros());
        if (last != null && last >= write.timeMicros()) {
            return Optional.of("a write of the same key that is no older was done before");
        }
        return writes.stream()
                .map(KeyEvent::change)
                .filter(version -> Space.CLIENTS.holds(version.treeKey()))
                .flatMap(version -> fault(governance, signer.get(), write.operation(), version).stream())
                .findFirst();
    }

    private static Optional<String> fault(
            Governance governance, Registry.Holding signer, Operation operation, KeyVersion version) {
        String key = "key " + ChangeText.printKey(version.key());
        if (!governance.mayWriteAlone(signer, KeySpan.single(version.key()))) {
            return Optional.of(key + " was written, where " + signer.principal().name() + " alone may not");
        }
        boolean isAsked = leaves(operation).anyMatch(leaf -> asksFor(leaf, version));
        return isAsked ? Optional.empty() : Optional.of(key + " was written as nobody signed it");
    }

    private static boolean asksFor(Operation operation, KeyVersion version) {
        return switch (operation) {
            case Operation.Put put ->
                version.isLive()
                        && put.key().equals(version.key())
                        && (put.ignoreValue()
                                || Hashing.sha256(put.value().shared())
                                        .equals(version.value().digest()));
            case Operation.DeleteRange delete ->
                !version.isLive() && KeySpan.of(delete.key(), delete.rangeEnd()).contains(version.key());
            default -> false;
        };
    }

    private static Stream<Operation> leaves(Operation operation) {
        return operation instanceof Operation.Txn txn
                ? Stream.concat(txn.success().stream(), txn.failure().stream()).flatMap(WritesAreTheirSigners::leaves)
                : Stream.of(operation);
    }
}
