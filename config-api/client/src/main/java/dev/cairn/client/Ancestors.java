package dev.cairn.client;

import com.google.protobuf.ByteString;
import dev.cairn.proto.v1.Ancestor;
import dev.cairn.proto.v1.HeadersResponse;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
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
        require(head, List.of(header), Calls.bytes(ancestor.getBefore()), Calls.bytes(ancestor.getBehind()));
        return header;
    }

    /** A row of headers from a height on, at least one. */
    static List<Header> headers(TrustedHead head, Height from, HeadersResponse row, HeadVerifier verifier)
            throws RefusedException {
        List<Header> headers = new ArrayList<>();
        for (ByteString bytes : row.getHeadersList()) {
            Header header = verifier.header(Calls.bytes(bytes));
            if (header.height().value() != from.value() + headers.size()) {
                throw new RefusedException(new Refusal.Unproven(
                        "the header at " + header.height() + " is no. " + headers.size() + " from " + from + " on"));
            }
            headers.add(header);
        }
        if (headers.isEmpty()) {
            throw new RefusedException(new Refusal.Unproven("no header is given"));
        }
        require(head, headers, Calls.bytes(row.getBefore()), Calls.bytes(row.getBehind()));
        return headers;
    }

    /** That the tree before the headers, they, and what is behind them make up the tree that the head names. */
    private static void require(TrustedHead head, List<Header> headers, Bytes before, Bytes behind)
            throws RefusedException {
        Height first = headers.getFirst().height();
        if (!head.height().isAbove(headers.getLast().height())) {
            throw new RefusedException(new Refusal.NotADescendant(first, head.height()));
        }
        MerkleFrontier tree = frontier(first.value(), before);
        for (Header header : headers) {
            tree = tree.append(header.digest());
        }
        MerkleFrontier whole = HeadVerifier.fill(tree, head.height().value(), behind);
        if (!whole.root().equals(head.header().historyRoot())) {
            throw new RefusedException(new Refusal.NotADescendant(first, head.height()));
        }
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
