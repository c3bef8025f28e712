package dev.cairn.kv.change;

import dev.cairn.kv.change.ChangeRecord.Taken;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.proof.Input;
import dev.cairn.kv.proof.InvalidProofException;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * What the ledger keeps of a change that waits, beside its text, which has a record of its own: a signature more rewrites this one
 * alone. docs/changes.md has the bytes.
 *
 * @param signatures in the order in which they were taken in, the author's first
 */
public record PendingRecord(List<Taken> signatures) {
    private static final int FORMAT = 1;

    public PendingRecord {
        signatures = List.copyOf(signatures);
    }

    /** The same with one signature more. */
    public PendingRecord with(Taken signature) {
        List<Taken> all = new ArrayList<>(signatures);
        all.add(signature);
        return new PendingRecord(all);
    }

    /** All that is known of the change with that text. */
    public ChangeRecord of(Bytes text) {
        return new ChangeRecord(ChangeStanding.PENDING, text, signatures, 0, 0, Bytes.EMPTY);
    }

    public Bytes encode() {
        ByteWriter out = new ByteWriter(512).putByte(FORMAT);
        ChangeRecord.write(signatures, out);
        return Bytes.wrap(out.toArray());
    }

    /** The inverse of {@link #encode}; an {@link IllegalArgumentException} for what cannot be one. */
    public static PendingRecord decode(Bytes bytes) {
        Input in = new Input(bytes.shared());
        try {
            ChangeRecord.requireFormat(in, FORMAT);
            List<Taken> signatures = ChangeRecord.readSignatures(in);
            in.requireEnd();
            return new PendingRecord(signatures);
        } catch (InvalidProofException e) {
            throw new IllegalArgumentException("the record of a change is not whole: " + e.getMessage(), e);
        }
    }
}
