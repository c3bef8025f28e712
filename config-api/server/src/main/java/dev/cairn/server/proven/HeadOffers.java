package dev.cairn.server.proven;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.cairn.proto.v1.Ancestor;
import dev.cairn.proto.v1.ProvenHead;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Testimony;
import dev.cairn.runtime.CommittedChain;
import dev.cairn.runtime.StorageException;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Writes down what makes a head, or an ancestor of it, believable to whoever holds a lower one. Reads from disk. */
final class HeadOffers {
    private final Supplier<CommittedChain> chain;

    HeadOffers(Supplier<CommittedChain> chain) {
        this.chain = chain;
    }

    /** {@code known} is not above the head. With a testimony comes the certificate too: its view may matter. */
    ProvenHead offer(CertifiedHead head, Height known, Optional<Testimony> testimony)
            throws StorageException, StatusException {
        ProvenHead.Builder offer = ProvenHead.newBuilder();
        testimony.ifPresent(t -> offer.setTestimony(bytes(t.encode())));
        if (head.height().isAbove(known) || testimony.isPresent()) {
            head.certificate()
                    .ifPresent(certificate ->
                            offer.setHeader(bytes(head.header().encode())).setCertificate(bytes(certificate.encode())));
        }
        if (head.height().isAbove(known)) {
            offer.setHistory(lead(known, head.height()));
        }
        return offer.build();
    }

    /** Whoever knows only what lies below the state that this replica once fetched is led on by others. */
    private ByteString lead(Height known, Height head) throws StorageException, StatusException {
        List<Digest> roots = chain.get()
                .fill(known.value() + 1, head.value())
                .orElseThrow(() -> Status.UNAVAILABLE
                        .withDescription("this replica does not hold the headers that lead from " + known.value()
                                + " to its head at " + head.value() + "; ask another")
                        .asException());
        return digests(roots);
    }

    /** {@code header} is below the head. */
    Ancestor ancestor(CertifiedHead head, Header header) throws StorageException, StatusException {
        long height = header.height().value();
        return Ancestor.newBuilder()
                .setHeader(bytes(header.encode()))
                .setBefore(before(header.height()))
                .setBehind(fill(height + 1, head.height().value()))
                .build();
    }

    /** The tree of headers before {@code height}. */
    ByteString before(Height height) throws StorageException, StatusException {
        MerkleFrontier tree = chain.get().historyBefore(height).orElseThrow(() -> notHeld(height.value()));
        return digests(tree.peaks());
    }

    /** What fills the tree of headers up. */
    ByteString fill(long from, long to) throws StorageException, StatusException {
        return digests(chain.get().fill(from, to).orElseThrow(() -> notHeld(from)));
    }

    static StatusException notHeld(long height) {
        return Status.NOT_FOUND
                .withDescription("this replica does not hold the chain from " + height + " on; ask another")
                .asException();
    }

    private static ByteString digests(List<Digest> digests) {
        ByteWriter out = new ByteWriter(Digest.BYTES * digests.size());
        digests.forEach(out::putDigest);
        return bytes(out.toArray());
    }

    static ByteString bytes(byte[] array) {
        return UnsafeByteOperations.unsafeWrap(array);
    }
}
