package dev.cairn.kv.change;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;

/**
 * The text that approves or withdraws one exact change. Who signs it is who says it; the digest, made with the change's
 * own text, leaves no doubt about which.
 *
 * @param kind what is said
 * @param chain the cluster
 * @param change the change's digest
 */
public record Endorsement(Kind kind, Digest chain, Digest change) {

    public enum Kind {
        APPROVAL("cairn-approve-1", "the approval", Purpose.APPROVE),
        /** Final: neither the same person nor anything else brings back what was withdrawn. */
        WITHDRAWAL("cairn-withdraw-1", "the withdrawal", Purpose.WITHDRAW);

        private final String format;
        private final String what;
        private final Purpose purpose;

        Kind(String format, String what, Purpose purpose) {
            this.format = format;
            this.what = what;
            this.purpose = purpose;
        }

        /** What the signature on it is made for. */
        public Purpose purpose() {
            return purpose;
        }
    }

    /** The one text. */
    public Bytes text() {
        return Bytes.utf8(kind.format + "\nchain " + chain.toHex() + "\nchange " + change.toHex() + "\n");
    }

    /** SHA-256 of the text. */
    public Digest textDigest() {
        return Hashing.sha256(text().shared());
    }

    /** Reads the text; refuses everything that {@link #text} would not have written. */
    public static Endorsement parse(Kind kind, Bytes text) throws ChangeException {
        Lines in = Lines.of(kind.what, text);
        in.requireFirst(kind.format);
        Endorsement endorsement = new Endorsement(kind, in.digest(in.field("chain")), in.digest(in.field("change")));
        in.requireEnd();
        Lines.requireSame(kind.what, text, endorsement.text());
        return endorsement;
    }
}
