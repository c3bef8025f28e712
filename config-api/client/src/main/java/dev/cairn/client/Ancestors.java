package dev.cairn.client;

import dev.cairn.proto.v1.Ancestor;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.ArrayList;
import java.util.List;

/** Headers that a head vouches for because they are in its history. */
final class Ancestors {
    private Ancestors() {}

    /** The head itself where no ancestor is given. */
    static Header header(TrustedHead head, boolean isGiven, Ancestor ancestor, HeadVerifier verifier)
            throws RefusedException {
        if (!isGiven) {
            return head.header();
        }
        Header header = verifier.header(Calls.bytes(ancestor.getHeader()));
        if (!head.height().isAbove(header.height())) {
            throw new RefusedException(new Refusal.NotADescendant(header.height(), head.height()));
        }
        MerkleFrontier with = frontier(header.height().value(), Calls.bytes(ancestor.getBefore()))
                .append(header.digest());
        Bytes behind = Calls.bytes(ancestor.getBehind());
        MerkleFrontier whole = HeadVerifier.fill(with, head.height().value(), behind);
        if (!whole.root().equals(head.header().historyRoot())) {
            throw new RefusedException(new Refusal.NotADescendant(header.height(), head.height()));
        }
        return header;
    }

    private static MerkleFrontier frontier(long size, Bytes peaks) throws RefusedException {
        if (peaks.size() != Long.bitCount(size) * Digest.BYTES) {
            throw new RefusedException(
                    new Refusal.Malformed("history", peaks.size() + " bytes cannot stand for " + size + " headers"));
        }
        List<Digest> digests = new ArrayList<>();
        for (int at = 0; at < peaks.size(); at += Digest.BYTES) {
            digests.add(Digest.read(peaks.shared(), at));
        }
        return new MerkleFrontier(size, digests);
    }
}
