package dev.cairn.kv;

import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.List;
import java.util.Optional;

/**
 * The last write that was taken in from a key.
 *
 * @param timeMicros its own time
 * @param text the digest of what was signed
 * @param outcome what came of it, without what it read: so its size is bounded
 */
record LastWrite(long timeMicros, Digest text, Outcome outcome) {
    private static final int PUT = 1;
    private static final int DELETE = 2;
    private static final int TXN = 4;
    private static final int FAILED = 7;

    private static final int TEXT = 8;
    private static final int KIND = TEXT + Digest.BYTES;
    private static final int REVISION = KIND + 1;
    private static final int NUMBER = REVISION + 8;
    private static final int BYTES = NUMBER + 8;

    static LastWrite of(long timeMicros, Digest text, Outcome outcome) {
        return new LastWrite(
                timeMicros,
                text,
                switch (outcome) {
                    case Outcome.Put(long revision, var _) -> new Outcome.Put(revision, Optional.empty());
                    case Outcome.Deleted(long revision, long count, var _) ->
                        new Outcome.Deleted(revision, count, List.of());
                    case Outcome.Txn(long revision, boolean succeeded, var _) ->
                        new Outcome.Txn(revision, succeeded, List.of());
                    case Outcome.Failed failed -> failed;
                    case Outcome.Ranged _,
                            Outcome.Change _,
                            Outcome.Compacted _,
                            Outcome.SessionOpened _,
                            LeaseOutcome _,
                            Outcome.AuthChanged _,
                            Outcome.Upkept _ ->
                        throw new IllegalArgumentException("no outcome of a signed write: " + outcome);
                });
    }

    Bytes encode() {
        ByteWriter out = new ByteWriter(BYTES).putLong(timeMicros).putDigest(text);
        switch (outcome) {
            case Outcome.Put put -> put(out, PUT, put.revision(), 0);
            case Outcome.Deleted deleted -> put(out, DELETE, deleted.revision(), deleted.count());
            case Outcome.Txn txn -> put(out, TXN, txn.revision(), txn.succeeded() ? 1 : 0);
            case Outcome.Failed failed ->
                put(out, FAILED, failed.revision(), failed.error().code());
            case Outcome.Ranged _,
                    Outcome.Change _,
                    Outcome.Compacted _,
                    Outcome.SessionOpened _,
                    LeaseOutcome _,
                    Outcome.AuthChanged _,
                    Outcome.Upkept _ -> throw new IllegalStateException("no outcome of a signed write: " + outcome);
        }
        return Bytes.wrap(out.toArray());
    }

    private static void put(ByteWriter out, int kind, long revision, long number) {
        out.putByte(kind).putLong(revision).putLong(number);
    }

    static LastWrite decode(Bytes record) {
        byte[] bytes = record.shared();
        if (bytes.length != BYTES) {
            throw new IllegalStateException("the record of a key's last write has " + BYTES + " bytes");
        }
        long revision = BigEndian.getLong(bytes, REVISION);
        long number = BigEndian.getLong(bytes, NUMBER);
        Outcome outcome = switch (bytes[KIND]) {
            case PUT -> new Outcome.Put(revision, Optional.empty());
            case DELETE -> new Outcome.Deleted(revision, number, List.of());
            case TXN -> new Outcome.Txn(revision, number != 0, List.of());
            case FAILED ->
                new Outcome.Failed(revision, KvError.ofCode((int) number).orElseThrow());
            default -> throw new IllegalStateException("no outcome of a signed write is of kind " + bytes[KIND]);
        };
        return new LastWrite(BigEndian.getLong(bytes, 0), Digest.read(bytes, TEXT), outcome);
    }
}
