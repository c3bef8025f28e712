package dev.cairn.kv.proof;

import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Request;
import java.util.ArrayList;
import java.util.List;

/**
 * The results root: an RFC 6962 tree over one digest per request. Keys and values enter as version digests, never as
 * bytes. docs/state-encoding.md has the format.
 */
public final class ResultHashing {
    private static final int TAG = 0x24;
    private static final int EXECUTED = 1;
    private static final int REFUSED = 2;

    private ResultHashing() {}

    public static Digest root(List<Request> requests, List<RequestOutcome> results) {
        List<Digest> digests = new ArrayList<>(results.size());
        for (int i = 0; i < results.size(); i++) {
            digests.add(digest(requests.get(i), results.get(i)));
        }
        return MerkleFrontier.rootOf(digests);
    }

    private static Digest digest(Request request, RequestOutcome result) {
        ByteWriter out = new ByteWriter(256)
                .putByte(TAG)
                .putByte(Hashing.SUITE)
                .putInt(request.id().client().number())
                .putLong(request.id().session())
                .putLong(request.id().sequence());
        switch (result) {
            case RequestOutcome.Executed executed -> {
                out.putByte(EXECUTED).putInt(executed.outcomes().size());
                executed.outcomes().forEach(outcome -> write(out, outcome));
            }
            case RequestOutcome.Refused refused -> out.putByte(REFUSED).putInt(code(refused.error()));
        }
        return Hashing.sha256(out.toArray());
    }

    private static void write(ByteWriter out, Outcome outcome) {
        switch (outcome) {
            case Outcome.Put put -> {
                out.putByte(1).putLong(put.revision());
                writeAll(out, put.previous().stream().toList());
            }
            case Outcome.Deleted deleted -> {
                out.putByte(2).putLong(deleted.revision()).putLong(deleted.count());
                writeAll(out, deleted.previous());
            }
            case Outcome.Ranged ranged -> {
                out.putByte(3)
                        .putLong(ranged.revision())
                        .putByte(ranged.more() ? 1 : 0)
                        .putLong(ranged.count());
                writeAll(out, ranged.versions());
            }
            case Outcome.Txn txn -> {
                out.putByte(4)
                        .putLong(txn.revision())
                        .putByte(txn.succeeded() ? 1 : 0)
                        .putInt(txn.responses().size());
                txn.responses().forEach(response -> write(out, response));
            }
            case Outcome.Compacted compacted -> out.putByte(5).putLong(compacted.revision());
            case Outcome.SessionOpened opened -> out.putByte(6).putLong(opened.revision());
            case Outcome.Failed failed ->
                out.putByte(7).putLong(failed.revision()).putInt(code(failed.error()));
        }
    }

    private static void writeAll(ByteWriter out, List<KeyVersion> versions) {
        out.putInt(versions.size());
        versions.forEach(version -> out.putDigest(version.digest()));
    }

    /** Numbers that never change their meaning. */
    private static int code(KvError error) {
        return switch (error) {
            case KEY_NOT_PROVIDED -> 1;
            case KEY_NOT_FOUND -> 2;
            case VALUE_PROVIDED -> 3;
            case LEASE_PROVIDED -> 4;
            case LEASE_NOT_FOUND -> 5;
            case TOO_MANY_OPS -> 6;
            case DUPLICATE_KEY -> 7;
            case COMPACTED -> 8;
            case FUTURE_REVISION -> 9;
            case TOO_COSTLY -> 10;
            case KEY_TOO_NESTED -> 11;
            case MALFORMED -> 12;
            case DUPLICATE_REQUEST -> 13;
            case NO_SESSION -> 14;
            case NO_SPACE -> 15;
        };
    }
}
