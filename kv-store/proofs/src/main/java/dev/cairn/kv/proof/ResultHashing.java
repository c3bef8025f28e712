package dev.cairn.kv.proof;

import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import java.util.ArrayList;
import java.util.List;

/**
 * The results root: an RFC 6962 tree over one digest per request. Keys and values enter as version digests, never as
 * bytes. docs/state-encoding.md has the format.
 */
public final class ResultHashing {
    private static final int TAG = 0x24;

    private ResultHashing() {}

    public static Digest root(List<Request> requests, List<RequestOutcome> results) {
        return MerkleFrontier.rootOf(digests(requests, results));
    }

    /** The leaves of the results root, in the order of the block's requests. */
    static List<Digest> digests(List<Request> requests, List<RequestOutcome> results) {
        List<Digest> digests = new ArrayList<>(results.size());
        for (int i = 0; i < results.size(); i++) {
            digests.add(digest(requests.get(i).id(), results.get(i)));
        }
        return digests;
    }

    static Digest digest(RequestId id, RequestOutcome result) {
        ByteWriter out = new ByteWriter(256)
                .putByte(TAG)
                .putByte(Hashing.SUITE)
                .putInt(id.client().number())
                .putLong(id.session())
                .putLong(id.sequence());
        ResultCodec.put(out, result, (writer, version) -> writer.putDigest(version.digest()));
        return Hashing.sha256(out.toArray());
    }
}
