package dev.cairn.protocol.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A header and the requests it commits to. Equal by hash; the hash is computed once. */
public final class Block {
    private final Header header;
    private final List<Request> requests;
    private final Digest digest;
    private final int sizeBytes;

    public Block(Header header, List<Request> requests) {
        this.header = Objects.requireNonNull(header);
        this.requests = List.copyOf(requests);
        this.digest = header.digest();
        int size = Header.ENCODED_BYTES;
        for (Request request : this.requests) {
            size += request.sizeBytes();
        }
        this.sizeBytes = size;
    }

    public static Digest requestsRoot(Digest chainId, List<Request> requests) {
        List<Digest> digests = new ArrayList<>(requests.size());
        for (Request request : requests) {
            digests.add(request.digest(chainId));
        }
        return MerkleFrontier.rootOf(digests);
    }

    /** Whether the body is the one that the header names. */
    public boolean bodyMatchesHeader() {
        return requestsRoot(header.chainId(), requests).equals(header.requestsRoot());
    }

    public Header header() {
        return header;
    }

    public List<Request> requests() {
        return requests;
    }

    public Digest digest() {
        return digest;
    }

    public Height height() {
        return header.height();
    }

    public Digest parent() {
        return header.parent();
    }

    public int sizeBytes() {
        return sizeBytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Block that && digest.equals(that.digest);
    }

    @Override
    public int hashCode() {
        return digest.hashCode();
    }

    @Override
    public String toString() {
        return height() + ":" + digest + "(" + requests.size() + " requests)";
    }
}
