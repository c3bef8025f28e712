package dev.cairn.server.proven;

import com.google.protobuf.ByteString;
import dev.cairn.kv.Proof;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.proof.Question;
import dev.cairn.proto.v1.GetRequest;
import dev.cairn.proto.v1.GetResponse;
import dev.cairn.proto.v1.ListRequest;
import dev.cairn.proto.v1.ListResponse;
import dev.cairn.proto.v1.StoreGrpc;
import dev.cairn.proto.v1.SubmitRequest;
import dev.cairn.proto.v1.SubmitResponse;
import dev.cairn.proto.v1.WatchRequest;
import dev.cairn.proto.v1.WatchResponse;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.auth.Credentials;
import dev.cairn.server.etcd.Access;
import dev.cairn.server.etcd.EtcdError;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;

/** Keys and values with their proofs. Runs on the transport's threads and blocks none of them. */
final class StoreService extends StoreGrpc.StoreImplBase {
    private final Access access;
    private final Answers answers;
    private final ProofSource proofs;
    private final ProvenWatches watches;
    private final Receipts receipts;

    StoreService(Access access, Answers answers, ProofSource proofs, ProvenWatches watches, Receipts receipts) {
        this.access = access;
        this.answers = answers;
        this.proofs = proofs;
        this.watches = watches;
        this.receipts = receipts;
    }

    @Override
    public void get(GetRequest request, StreamObserver<GetResponse> responses) {
        try {
            Question.Get question =
                    new Question.Get(space(request.getSpace()), key(request.getKey()), revision(request.getRevision()));
            Reader reader = reader(question.space(), KeySpan.single(question.key()));
            reader.requireNow();
            answers.answer(request.getHead(), responses, (head, offer) -> {
                reader.requireNow();
                return GetResponse.newBuilder()
                        .setHead(offer)
                        .setProof(bytes(proofs.prove(head.state(), question)))
                        .build();
            });
        } catch (StatusException e) {
            responses.onError(e);
        }
    }

    @Override
    public void list(ListRequest request, StreamObserver<ListResponse> responses) {
        try {
            Question.Range question = new Question.Range(
                    space(request.getSpace()),
                    span(request.getKey(), request.getRangeEnd()),
                    Integer.toUnsignedLong(request.getLimit()),
                    revision(request.getRevision()),
                    request.getKeysOnly());
            Reader reader = reader(question.space(), question.span());
            reader.requireNow();
            answers.answer(request.getHead(), ChainService.compressed(responses), (head, offer) -> {
                reader.requireNow();
                return list(question, head).setHead(offer).build();
            });
        } catch (StatusException e) {
            responses.onError(e);
        }
    }

    /** The page that was asked for, or as much from its beginning as fits into a message. */
    private ListResponse.Builder list(Question.Range asked, CertifiedHead head) throws StatusException {
        Question.Range question = asked;
        Proof proof = proofs.prove(head.state(), question);
        while (proof instanceof Proof.TooLarge large && large.entries() > 0 && question.limit() != 1) {
            question = question.withLimit(
                    question.limit() == 0 ? large.entries() : Math.min(large.entries(), question.limit() - 1));
            proof = proofs.prove(head.state(), question);
        }
        return ListResponse.newBuilder().setLimit((int) question.limit()).setProof(bytes(proof));
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<WatchResponse> responses) {
        try {
            Space space = space(request.getSpace());
            KeySpan span = span(request.getKey(), request.getRangeEnd());
            reader(space, span).requireNow();
            watches.open(request, space, span, revision(request.getAfterRevision()), (ServerCallStreamObserver<
                            WatchResponse>)
                    responses);
        } catch (StatusException e) {
            responses.onError(e);
        }
    }

    @Override
    public void submit(SubmitRequest request, StreamObserver<SubmitResponse> responses) {
        Optional<List<Operation>> operations =
                OperationCodec.decode(Bytes.wrap(request.getOperations().toByteArray()));
        if (operations.isEmpty() || operations.get().size() != 1) {
            responses.onError(invalid("operations are not one operation in the encoding of requests"));
            return;
        }
        receipts.submit(request, operations.get().getFirst(), (ServerCallStreamObserver<SubmitResponse>) responses);
    }

    private Reader reader(Space space, KeySpan span) {
        KeySpan asked = switch (space) {
            case CLIENTS -> span;
            case LEDGER -> new KeySpan(Bytes.EMPTY, Optional.empty());
        };
        return new Reader(access, Credentials.current(), asked);
    }

    /**
     * Who asks for these keys, as in etcd's API. The ledger speaks of everybody's keys, so it takes somebody who may read them
     * all. Asked when a call comes, and once more when there is a head to answer from: a right that has been taken away
     * before something was written must not tell it.
     */
    private record Reader(Access access, Credentials credentials, KeySpan span) {
        void requireNow() throws StatusException {
            Optional<EtcdError> refusal = access.readRefusal(credentials, span);
            if (refusal.isPresent()) {
                throw refusal.get().status().asException();
            }
        }
    }

    private static Space space(dev.cairn.proto.v1.Space space) throws StatusException {
        return switch (space) {
            case SPACE_CLIENTS -> Space.CLIENTS;
            case SPACE_LEDGER -> Space.LEDGER;
            case UNRECOGNIZED -> throw invalid("this replica knows of no such space of keys");
        };
    }

    private static Bytes key(ByteString key) throws StatusException {
        if (key.isEmpty()) {
            throw invalid("a key is not empty");
        }
        return Bytes.wrap(key.toByteArray());
    }

    private static KeySpan span(ByteString key, ByteString rangeEnd) throws StatusException {
        KeySpan span = KeySpan.of(Bytes.wrap(key.toByteArray()), Bytes.wrap(rangeEnd.toByteArray()));
        if (span.isEmpty()) {
            throw invalid("no key is in the span");
        }
        return span;
    }

    private static long revision(long revision) throws StatusException {
        if (revision < 0) {
            throw invalid("no revision is negative");
        }
        return revision;
    }

    private static StatusException invalid(String why) {
        return Status.INVALID_ARGUMENT.withDescription(why).asException();
    }

    static ByteString bytes(Proof proof) throws StatusException {
        return switch (proof) {
            case Proof.Made(Bytes made) -> HeadOffers.bytes(made.shared());
            case Proof.Failed(var error) -> throw EtcdError.of(error).status().asException();
            case Proof.TooLarge _ -> throw EtcdError.TOO_COSTLY.status().asException();
        };
    }
}
