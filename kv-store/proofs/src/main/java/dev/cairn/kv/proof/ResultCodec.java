package dev.cairn.kv.proof;

import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.protocol.model.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The bytes of results. Under a hash versions stand as digests; in a receipt they are given. docs/state-encoding.md has
 * the format.
 */
final class ResultCodec {
    private static final int EXECUTED = 1;
    private static final int REFUSED = 2;

    private static final int PUT = 1;
    private static final int DELETE = 2;
    private static final int RANGE = 3;
    private static final int TXN = 4;
    private static final int COMPACTION = 5;
    private static final int SESSION_OPENED = 6;
    private static final int FAILED = 7;
    private static final int CHANGE = 8;
    private static final int LEASE_GRANTED = 12;
    private static final int LEASE_REVOKED = 13;
    private static final int LEASE_KEPT_ALIVE = 14;
    private static final int AUTH_CHANGED = 30;
    private static final int UPKEPT = 20;

    private ResultCodec() {}

    // Writing.

    static void put(ByteWriter out, RequestOutcome result, BiConsumer<ByteWriter, KeyVersion> version) {
        switch (result) {
            case RequestOutcome.Executed executed -> {
                out.putByte(EXECUTED).putInt(executed.outcomes().size());
                executed.outcomes().forEach(outcome -> put(out, outcome, version));
            }
            case RequestOutcome.Refused refused ->
                out.putByte(REFUSED).putInt(refused.error().code());
        }
    }

    private static void put(ByteWriter out, Outcome outcome, BiConsumer<ByteWriter, KeyVersion> version) {
        switch (outcome) {
            case Outcome.Put put -> {
                out.putByte(PUT).putLong(put.revision());
                putAll(out, put.previous().stream().toList(), version);
            }
            case Outcome.Deleted deleted -> {
                out.putByte(DELETE).putLong(deleted.revision()).putLong(deleted.count());
                putAll(out, deleted.previous(), version);
            }
            case Outcome.Ranged ranged -> {
                out.putByte(RANGE)
                        .putLong(ranged.revision())
                        .putByte(ranged.more() ? 1 : 0)
                        .putLong(ranged.count());
                putAll(out, ranged.versions(), version);
            }
            case Outcome.Txn txn -> {
                out.putByte(TXN)
                        .putLong(txn.revision())
                        .putByte(txn.succeeded() ? 1 : 0)
                        .putInt(txn.responses().size());
                txn.responses().forEach(response -> put(out, response, version));
            }
            case Outcome.Compacted compacted -> out.putByte(COMPACTION).putLong(compacted.revision());
            case Outcome.SessionOpened opened -> out.putByte(SESSION_OPENED).putLong(opened.revision());
            case Outcome.AuthChanged changed -> out.putByte(AUTH_CHANGED).putLong(changed.revision());
            case Outcome.Change change ->
                out.putByte(CHANGE)
                        .putLong(change.revision())
                        .putDigest(change.change())
                        .putByte(change.standing().code())
                        .putBytes(change.detail());
            case Outcome.Upkept upkept ->
                out.putByte(UPKEPT).putLong(upkept.revision()).putByte(upkept.changed() ? 1 : 0);
            case Outcome.Failed failed ->
                out.putByte(FAILED)
                        .putLong(failed.revision())
                        .putInt(failed.error().code());
            case LeaseOutcome lease -> put(out, lease);
        }
    }

    private static void put(ByteWriter out, LeaseOutcome outcome) {
        switch (outcome) {
            case LeaseOutcome.Granted granted ->
                out.putByte(LEASE_GRANTED)
                        .putLong(granted.revision())
                        .putLong(granted.id())
                        .putLong(granted.ttlSeconds());
            case LeaseOutcome.Revoked revoked -> out.putByte(LEASE_REVOKED).putLong(revoked.revision());
            case LeaseOutcome.KeptAlive kept -> {
                out.putByte(LEASE_KEPT_ALIVE)
                        .putLong(kept.revision())
                        .putInt(kept.ttlSeconds().size());
                kept.ttlSeconds().forEach(out::putLong);
            }
        }
    }

    private static void putAll(ByteWriter out, List<KeyVersion> versions, BiConsumer<ByteWriter, KeyVersion> version) {
        out.putInt(versions.size());
        versions.forEach(each -> version.accept(out, each));
    }

    // Reading, with versions given.

    static RequestOutcome next(Input in) throws InvalidProofException {
        int kind = in.nextByte();
        return switch (kind) {
            case EXECUTED -> new RequestOutcome.Executed(outcomes(in, 0));
            case REFUSED -> new RequestOutcome.Refused(error(in));
            default -> throw malformed("no result is of kind " + kind);
        };
    }

    private static List<Outcome> outcomes(Input in, int depth) throws InvalidProofException {
        if (depth > OperationCodec.MAX_NESTING) {
            throw malformed("transactions are nested deeper than " + OperationCodec.MAX_NESTING);
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (int left = in.nextCount(); left > 0; left--) {
            outcomes.add(outcome(in, depth));
        }
        return outcomes;
    }

    private static Outcome outcome(Input in, int depth) throws InvalidProofException {
        int kind = in.nextByte();
        long revision = in.nextLong();
        return switch (kind) {
            case PUT -> {
                List<KeyVersion> previous = versions(in);
                if (previous.size() > 1) {
                    throw malformed("a put replaces one version at most");
                }
                yield new Outcome.Put(revision, previous.stream().findFirst());
            }
            case DELETE -> new Outcome.Deleted(revision, in.nextLong(), versions(in));
            case RANGE -> {
                boolean more = in.nextFlag();
                long count = in.nextLong();
                yield new Outcome.Ranged(revision, versions(in), more, count);
            }
            case TXN -> new Outcome.Txn(revision, in.nextFlag(), outcomes(in, depth + 1));
            case COMPACTION -> new Outcome.Compacted(revision);
            case SESSION_OPENED -> new Outcome.SessionOpened(revision);
            case AUTH_CHANGED -> new Outcome.AuthChanged(revision);
            case CHANGE -> new Outcome.Change(revision, in.nextDigest(), standing(in), in.nextBytes());
            case UPKEPT -> new Outcome.Upkept(revision, in.nextFlag());
            case FAILED -> new Outcome.Failed(revision, error(in));
            case LEASE_GRANTED -> new LeaseOutcome.Granted(revision, in.nextLong(), in.nextLong());
            case LEASE_REVOKED -> new LeaseOutcome.Revoked(revision);
            case LEASE_KEPT_ALIVE -> new LeaseOutcome.KeptAlive(revision, longs(in));
            default -> throw malformed("no outcome is of kind " + kind);
        };
    }

    private static List<KeyVersion> versions(Input in) throws InvalidProofException {
        List<KeyVersion> versions = new ArrayList<>();
        for (int left = in.nextCount(); left > 0; left--) {
            versions.add(VersionCodec.next(in.nextBytes(), in));
        }
        return versions;
    }

    private static List<Long> longs(Input in) throws InvalidProofException {
        List<Long> numbers = new ArrayList<>();
        for (int left = in.nextCount(); left > 0; left--) {
            numbers.add(in.nextLong());
        }
        return numbers;
    }

    private static ChangeStanding standing(Input in) throws InvalidProofException {
        int code = in.nextByte();
        return ChangeStanding.ofCode(code).orElseThrow(() -> malformed("no change stands at the number " + code));
    }

    private static KvError error(Input in) throws InvalidProofException {
        int code = in.nextInt();
        return KvError.ofCode(code).orElseThrow(() -> malformed("no error has the number " + code));
    }

    private static InvalidProofException malformed(String message) {
        return new InvalidProofException(Refusal.MALFORMED, message);
    }
}
