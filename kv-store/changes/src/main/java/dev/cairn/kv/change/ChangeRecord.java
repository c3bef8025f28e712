package dev.cairn.kv.change;

import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.proof.Input;
import dev.cairn.kv.proof.InvalidProofException;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * All that is needed to see who asked for a change and who agreed, and to check their signatures once more, with Cairn or
 * without. The ledger keeps it of what was settled; of what waits it keeps a {@link PendingRecord} and the text. docs/changes.md
 * has the bytes.
 *
 * @param standing pending, executed, conflicted or withdrawn
 * @param text of the change
 * @param signatures in the order in which they were taken in, the author's first
 * @param settledSeconds block time, whole seconds since 1970, at which it was settled; 0 while it waits
 * @param revision that its execution made; 0 if it was not executed
 * @param detail of a conflict; else empty
 */
public record ChangeRecord(
        ChangeStanding standing, Bytes text, List<Taken> signatures, long settledSeconds, long revision, Bytes detail) {
    private static final int FORMAT = 1;

    /** Of one change; each person signs, approves and withdraws at most once. */
    public static final int MAX_SIGNATURES = 256;

    /**
     * A signature that was valid when it was taken in.
     *
     * @param purpose what it was made for: it tells on which text
     * @param signature as ssh-keygen writes it
     * @param seconds block time, whole seconds since 1970
     */
    public record Taken(Purpose purpose, Bytes signature, long seconds) {}

    public ChangeRecord {
        signatures = List.copyOf(signatures);
    }

    public ChangeRecord executed(long atRevision, long atSeconds) {
        return new ChangeRecord(ChangeStanding.EXECUTED, text, signatures, atSeconds, atRevision, Bytes.EMPTY);
    }

    public ChangeRecord conflicted(Bytes why, long atSeconds) {
        return new ChangeRecord(ChangeStanding.CONFLICTED, text, signatures, atSeconds, 0, why);
    }

    public ChangeRecord withdrawn(long atSeconds) {
        return new ChangeRecord(ChangeStanding.WITHDRAWN, text, signatures, atSeconds, 0, Bytes.EMPTY);
    }

    public Bytes encode() {
        ByteWriter out = new ByteWriter(256 + text.size())
                .putByte(FORMAT)
                .putByte(standing.code())
                .putLong(settledSeconds)
                .putLong(revision)
                .putBytes(text)
                .putBytes(detail);
        write(signatures, out);
        return Bytes.wrap(out.toArray());
    }

    static void write(List<Taken> signatures, ByteWriter out) {
        out.putInt(signatures.size());
        for (Taken taken : signatures) {
            out.putBytes(Bytes.utf8(taken.purpose().namespace()))
                    .putBytes(taken.signature())
                    .putLong(taken.seconds());
        }
    }

    /** The inverse of {@link #encode}; an {@link IllegalArgumentException} for what cannot be one. */
    public static ChangeRecord decode(Bytes bytes) {
        Input in = new Input(bytes.shared());
        try {
            requireFormat(in, FORMAT);
            ChangeStanding standing = ChangeStanding.ofCode(in.nextByte())
                    .orElseThrow(() -> new IllegalArgumentException("no change stands so"));
            long settled = in.nextLong();
            long revision = in.nextLong();
            Bytes text = in.nextBytes();
            Bytes detail = in.nextBytes();
            List<Taken> signatures = readSignatures(in);
            in.requireEnd();
            return new ChangeRecord(standing, text, signatures, settled, revision, detail);
        } catch (InvalidProofException e) {
            throw new IllegalArgumentException("the record of a change is not whole: " + e.getMessage(), e);
        }
    }

    static void requireFormat(Input in, int format) throws InvalidProofException {
        if (in.nextByte() != format) {
            throw new IllegalArgumentException("the record is of another version of this program");
        }
    }

    static List<Taken> readSignatures(Input in) throws InvalidProofException {
        List<Taken> signatures = new ArrayList<>();
        for (int left = in.nextCount(); left > 0; left--) {
            signatures.add(new Taken(purpose(in.nextBytes()), in.nextBytes(), in.nextLong()));
        }
        return signatures;
    }

    private static Purpose purpose(Bytes namespace) {
        Optional<Purpose> purpose = Arrays.stream(Purpose.values())
                .filter(each -> Bytes.utf8(each.namespace()).equals(namespace))
                .findFirst();
        return purpose.orElseThrow(() -> new IllegalArgumentException("no signature is made for " + namespace));
    }
}
