package dev.cairn.server.proven;

import dev.cairn.codec.RecordCodec;
import dev.cairn.proto.v1.BlockRequest;
import dev.cairn.proto.v1.BlockResponse;
import dev.cairn.proto.v1.ChainGrpc;
import dev.cairn.proto.v1.EvidenceRequest;
import dev.cairn.proto.v1.EvidenceResponse;
import dev.cairn.proto.v1.HeadRequest;
import dev.cairn.proto.v1.HeadResponse;
import dev.cairn.proto.v1.HeadersRequest;
import dev.cairn.proto.v1.HeadersResponse;
import dev.cairn.proto.v1.ProvenHead;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.runtime.CommittedChain;
import dev.cairn.runtime.StorageException;
import dev.cairn.server.Consensus;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** Answers about the chain of blocks. Runs on the transport's threads and blocks none of them. */
final class ChainService extends ChainGrpc.ChainImplBase {
    private static final int MAX_HEADERS = 1024;
    private static final String GZIP = "gzip";

    private final Answers answers;
    private final HeadOffers offers;
    private final Consensus consensus;

    ChainService(Answers answers, HeadOffers offers, Consensus consensus) {
        this.answers = answers;
        this.offers = offers;
        this.consensus = consensus;
    }

    @Override
    public void head(HeadRequest request, StreamObserver<HeadResponse> responses) {
        answers.answer(
                request.getHead(),
                responses,
                (_, offer) -> HeadResponse.newBuilder().setHead(offer).build());
    }

    @Override
    public void headers(HeadersRequest request, StreamObserver<HeadersResponse> responses) {
        answers.answer(request.getHead(), compressed(responses), (head, offer) -> headers(request, head, offer));
    }

    private HeadersResponse headers(HeadersRequest request, CertifiedHead head, ProvenHead offer)
            throws StatusException, StorageException {
        Height from = below(head, request.getFromHeight());
        long limit = request.getLimit() == 0 ? MAX_HEADERS : Integer.toUnsignedLong(request.getLimit());
        long end = Math.min(head.height().value(), from.value() + Math.min(limit, MAX_HEADERS));
        HeadersResponse.Builder response =
                HeadersResponse.newBuilder().setHead(offer).setBefore(offers.before(from));
        for (Height at = from; at.value() < end; at = at.next()) {
            response.addHeaders(HeadOffers.bytes(header(at).encode()));
        }
        return response.setBehind(offers.fill(end, head.height().value())).build();
    }

    @Override
    public void block(BlockRequest request, StreamObserver<BlockResponse> responses) {
        answers.answer(request.getHead(), compressed(responses), (head, offer) -> block(request, head, offer));
    }

    private BlockResponse block(BlockRequest request, CertifiedHead head, ProvenHead offer)
            throws StatusException, StorageException {
        BlockResponse.Builder response = BlockResponse.newBuilder().setHead(offer);
        boolean isHead = request.getHeight() == head.height().value();
        Height height = isHead ? head.height() : below(head, request.getHeight());
        Block block = chain().block(height).orElseThrow(() -> HeadOffers.notHeld(height.value()));
        if (!isHead) {
            response.setBlock(offers.ancestor(head, block.header()));
        }
        return response.addAllRequests(RecordCodec.toProto(block.requests())).build();
    }

    private Header header(Height height) throws StatusException, StorageException {
        return chain().header(height).orElseThrow(() -> HeadOffers.notHeld(height.value()));
    }

    private CommittedChain chain() {
        return consensus.chain();
    }

    private static Height below(CertifiedHead head, long height) throws StatusException {
        if (height < 0 || height >= head.height().value()) {
            throw Status.OUT_OF_RANGE
                    .withDescription("there is no block " + Long.toUnsignedString(height) + " below the head at "
                            + head.height().value())
                    .asException();
        }
        return new Height(height);
    }

    @Override
    public void evidence(EvidenceRequest request, StreamObserver<EvidenceResponse> responses) {
        EvidenceResponse.Builder response = EvidenceResponse.newBuilder();
        consensus.status().evidence().forEach(evidence -> response.addEvidence(RecordCodec.toProto(evidence)));
        responses.onNext(response.build());
        responses.onCompleted();
    }

    /** For what is long and not only hashes. */
    static <T> StreamObserver<T> compressed(StreamObserver<T> responses) {
        ((ServerCallStreamObserver<T>) responses).setCompression(GZIP);
        return responses;
    }
}
