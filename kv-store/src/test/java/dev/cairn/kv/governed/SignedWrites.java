package dev.cairn.kv.governed;

import dev.cairn.kv.change.WriteText;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.SshPublicKey;
import java.util.List;
import java.util.Optional;

/** Draws writes that one key answers for, a few of them wrongly. */
public final class SignedWrites {
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int TRIES = 6;

    private SignedWrites() {}

    /**
     * A signed write as whoever made it knows it.
     *
     * @param signer nothing if the bytes are no signature at all
     * @param isRight whether the signature is one on this write
     */
    public record Draft(Operation.SignedWrite write, Optional<SshPublicKey> signer, boolean isRight) {
        @Override
        public String toString() {
            return "at " + write.timeMicros() + " "
                    + signer.map(key -> "key " + KeyRing.number(key)).orElse("nobody") + (isRight ? "" : ", wrongly,")
                    + " signs " + write.operation();
        }
    }

    /** Mostly one that is allowed where a guard decides, if a few tries find one. */
    public static Draft draw(Dice dice, Rules rules, long nowSeconds, String value) {
        Draft draft = drawAny(dice, rules, nowSeconds, value);
        for (int i = 0; i < TRIES && !isAllowedByGuards(draft, rules, nowSeconds); i++) {
            draft = drawAny(dice, rules, nowSeconds, value);
        }
        return draft;
    }

    private static boolean isAllowedByGuards(Draft draft, Rules rules, long nowSeconds) {
        List<KeySpan> written = EtcdModel.mayWrite(draft.write().operation());
        return draft.signer().isPresent()
                && !written.stream().allMatch(rules::isOpen)
                && written.stream()
                        .allMatch(span -> rules.signsAlone(draft.signer().get(), span, nowSeconds));
    }

    private static Draft drawAny(Dice dice, Rules rules, long nowSeconds, String value) {
        Operation drawn = EtcdWrites.draw(dice, value);
        Operation operation = drawn instanceof Operation.Unique unique ? unique.operation() : drawn;
        long micros = micros(dice, nowSeconds);
        int key = dice.inPercent(95) ? dice.below(9) : dice.below(KeyRing.SIZE);
        Optional<SshPublicKey> signer = Optional.of(KeyRing.publicKey(key));
        Digest chain = rules.chain();
        return switch (dice.below(30)) {
            case 0 ->
                new Draft(
                        new Operation.SignedWrite(micros, operation, Bytes.utf8("no signature")),
                        Optional.empty(),
                        false);
            case 1 ->
                new Draft(write(micros, operation, key, "change@cairn.dev", chain, micros, operation), signer, false);
            case 2 -> new Draft(write(micros, operation, key, chain, micros + 1, operation), signer, false);
            case 3 ->
                new Draft(
                        write(
                                micros,
                                operation,
                                key,
                                chain,
                                micros,
                                new Operation.DeleteRange(Bytes.utf8("o/1"), Bytes.EMPTY, true)),
                        signer,
                        false);
            case 4 ->
                new Draft(write(micros, operation, key, new Digest(9, 9, 9, 9), micros, operation), signer, false);
            default -> new Draft(write(micros, operation, key, chain, micros, operation), signer, true);
        };
    }

    /** Mostly the present. */
    private static long micros(Dice dice, long nowSeconds) {
        long now = nowSeconds * MICROS_PER_SECOND + dice.below(1000);
        long off = 300 * MICROS_PER_SECOND;
        return switch (dice.below(20)) {
            case 0 -> nowSeconds * MICROS_PER_SECOND + dice.oneOf(-off - 1, -off, off, off + 1);
            case 1 -> dice.oneOf(Long.MIN_VALUE, Long.MAX_VALUE, 0L);
            case 2, 3 -> now - dice.below(100) * MICROS_PER_SECOND;
            default -> now;
        };
    }

    private static Operation.SignedWrite write(
            long micros, Operation operation, int key, Digest chain, long signedMicros, Operation signed) {
        return write(micros, operation, key, WriteText.NAMESPACE, chain, signedMicros, signed);
    }

    private static Operation.SignedWrite write(
            long micros,
            Operation operation,
            int key,
            String namespace,
            Digest chain,
            long signedMicros,
            Operation signed) {
        Bytes text = WriteText.of(chain, signedMicros, signed).text();
        return new Operation.SignedWrite(micros, operation, KeyRing.key(key).sign(namespace, text));
    }
}
