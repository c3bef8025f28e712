package dev.cairn.server.proven;

import com.google.protobuf.ByteString;
import dev.cairn.kv.KvState;
import dev.cairn.kv.Limits;
import dev.cairn.kv.Proof;
import dev.cairn.kv.Validation;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.kv.store.StoreException;
import dev.cairn.proto.v1.SubmitRequest;
import dev.cairn.proto.v1.SubmitResponse;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.runtime.StorageException;
import dev.cairn.server.auth.Credentials;
import dev.cairn.server.etcd.Access;
import dev.cairn.server.etcd.EtcdError;
import dev.cairn.server.gateway.Call;
import dev.cairn.server.gateway.Gateway;
import dev.cairn.server.gateway.Refusal;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes whose callers want to see that they were executed. Each travels in a request of its own, because a receipt shows
 * the whole request; it is written as soon as a head is certified at the block that executed it, or above.
 */
public final class Receipts {
    private final Gateway gateway;
    private final Access access;
    private final Answers answers;
    private final HeadOffers offers;
    private final ProofSource proofs;
    private final Function<Operation, Optional<String>> faults;
    private final Limits limits;
    private final int maxOperationBytes;

    /** On their way, by the request that carries them. The gateway bounds how many there are. */
    private final Map<RequestId, Submission> underWay = new HashMap<>();

    /** Executed, in blocks above the newest certified head. Event loop. */
    private final List<Executed> executed = new ArrayList<>();

    private record Executed(Submission submission, RequestId id, Block block, int index, KvState state) {}

    /** @param faults what is wrong with a signed operation whatever the state is; verifies signatures */
    Receipts(
            Gateway gateway,
            Access access,
            Answers answers,
            HeadOffers offers,
            ProofSource proofs,
            Function<Operation, Optional<String>> faults,
            Limits limits,
            int maxOperationBytes) {
        this.gateway = gateway;
        this.access = access;
        this.answers = answers;
        this.offers = offers;
        this.proofs = proofs;
        this.faults = faults;
        this.limits = limits;
        this.maxOperationBytes = maxOperationBytes;
    }

    void submit(SubmitRequest request, Operation operation, ServerCallStreamObserver<SubmitResponse> call) {
        Optional<EtcdError> error = Validation.check(operation, limits).map(EtcdError::of);
        int size = request.getOperations().size();
        if (error.isEmpty() && size > maxOperationBytes) {
            error = Optional.of(EtcdError.REQUEST_TOO_LARGE);
        }
        if (error.isEmpty()) {
            error = access.behalfRefusal(Credentials.current(), operation);
        }
        if (error.isPresent()) {
            call.onError(error.get().status().asException());
        } else {
            Submission submission = new Submission(request, operation, size, call);
            call.setOnCancelHandler(() -> forget(submission));
            if (operation.isSigned()) {
                scrutinise(submission);
            } else {
                gateway.submit(submission);
            }
        }
    }

    /** What no state would accept is refused here, and costs nobody but its sender's replica. */
    private void scrutinise(Submission submission) {
        boolean taken = answers.later(() -> faults.apply(submission.operation())
                .ifPresentOrElse(
                        fault -> submission.fail(
                                Status.INVALID_ARGUMENT.withDescription(fault).asException()),
                        () -> gateway.submit(submission)));
        if (!taken) {
            submission.fail(EtcdError.TOO_MANY_REQUESTS.status().asException());
        }
    }

    /** Takes in each committed block after the heads have. Event loop; never blocks. */
    public void committed(Block block, KvState state, Optional<Height> certified) {
        for (int i = 0; i < block.requests().size(); i++) {
            RequestId id = block.requests().get(i).id();
            Submission submission = take(id);
            // Of a request whose session was gone nothing was done: it goes out again in another.
            boolean goesOn = state.results().get(i) instanceof RequestOutcome.Refused(KvError error)
                    && error == KvError.NO_SESSION;
            if (submission != null && !goesOn) {
                executed.add(new Executed(submission, id, block, i, state));
            }
        }
        List<Executed> ready = executed.stream()
                .filter(each ->
                        certified.filter(each.block().height()::isAtMost).isPresent())
                .toList();
        executed.removeAll(ready);
        ready.forEach(each -> each.submission().writeLater(each));
    }

    private synchronized @Nullable Submission take(RequestId id) {
        return underWay.remove(id);
    }

    private synchronized void carry(RequestId id, Submission submission) {
        underWay.put(id, submission);
    }

    private synchronized void forget(Submission submission) {
        underWay.values().removeIf(submission::equals);
    }

    public synchronized int underWay() {
        return underWay.size();
    }

    /** One call, answered once. */
    private final class Submission implements Call {
        private final SubmitRequest request;
        private final Operation operation;
        private final int sizeBytes;
        private final ServerCallStreamObserver<SubmitResponse> call;
        private final AtomicBoolean answered = new AtomicBoolean();

        Submission(
                SubmitRequest request,
                Operation operation,
                int sizeBytes,
                ServerCallStreamObserver<SubmitResponse> call) {
            this.request = request;
            this.operation = operation;
            this.sizeBytes = sizeBytes;
            this.call = call;
        }

        @Override
        public Operation operation() {
            return operation;
        }

        @Override
        public int sizeBytes() {
            return sizeBytes;
        }

        @Override
        public boolean isAbandoned() {
            return call.isCancelled();
        }

        @Override
        public boolean travelsAlone() {
            return true;
        }

        @Override
        public void carriedBy(RequestId id) {
            carry(id, this);
        }

        /** The block tells more. */
        @Override
        public void completed(Outcome outcome) {}

        @Override
        public void refused(Refusal why) {
            forget(this);
            fail(EtcdError.of(why).status().asException());
        }

        void writeLater(Executed done) {
            if (!answers.later(() -> write(done))) {
                fail(EtcdError.TIMEOUT.status().asException());
            }
        }

        private void write(Executed done) {
            try {
                CertifiedHead head = answers.newest();
                SubmitResponse.Builder response = SubmitResponse.newBuilder()
                        .setHead(answers.offer(head, request.getHead(), Optional.empty()))
                        .setClient(done.id().client().number())
                        .setSession(done.id().session())
                        .setSequence(done.id().sequence())
                        .setReceipt(receipt(done));
                if (head.height().isAbove(done.block().height())) {
                    response.setBlock(offers.ancestor(head, done.block().header()));
                }
                if (answered.compareAndSet(false, true)) {
                    call.onNext(response.build());
                    call.onCompleted();
                }
            } catch (StatusException e) {
                fail(e);
            } catch (StorageException | StoreException e) {
                fail(Answers.unreadable(e));
            }
        }

        /** What fails here was executed: no code may say otherwise. */
        private ByteString receipt(Executed done) throws StatusException {
            return switch (proofs.receipt(done.state(), done.block(), done.index())) {
                case Proof.Made(Bytes made) -> HeadOffers.bytes(made.shared());
                case Proof.Failed _, Proof.TooLarge _ ->
                    throw Status.UNKNOWN
                            .withDescription(
                                    "the operation was executed, but its receipt is larger than a message may be")
                            .asException();
            };
        }

        private void fail(StatusException why) {
            if (answered.compareAndSet(false, true)) {
                call.onError(why);
            }
        }
    }
}
