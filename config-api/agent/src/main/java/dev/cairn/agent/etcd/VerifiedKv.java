package dev.cairn.agent.etcd;

import dev.cairn.agent.AnswerLostException;
import dev.cairn.agent.Refusals;
import dev.cairn.agent.Writes;
import dev.cairn.agent.WrongClockException;
import dev.cairn.client.CairnClient;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.kv.Limits;
import dev.cairn.kv.Validation;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.proto.etcdserverpb.CompactionRequest;
import dev.cairn.proto.etcdserverpb.CompactionResponse;
import dev.cairn.proto.etcdserverpb.DeleteRangeRequest;
import dev.cairn.proto.etcdserverpb.DeleteRangeResponse;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.PutResponse;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.etcdserverpb.TxnRequest;
import dev.cairn.proto.etcdserverpb.TxnResponse;
import dev.cairn.server.etcd.EtcdError;
import dev.cairn.server.etcd.Headers;
import dev.cairn.server.etcd.RequestChecks;
import dev.cairn.server.etcd.Requests;
import dev.cairn.server.etcd.Responses;
import dev.cairn.server.watch.GoneException;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * etcd's KV service. Reads are proven. A write is acknowledged with the outcome that its receipt proves; where none came back
 * the client hears that it may have happened. Transactions all go through the log, those that only read as well: so one
 * receipt shows what was compared and what was read. Methods block, on virtual threads.
 */
final class VerifiedKv extends KVGrpc.KVImplBase {
    static final int MAX_CALLS = 256;

    private final CairnClient client;
    private final Writes writes;
    private final VerifiedRanges ranges;
    private final Headers headers;
    private final Refusals refusals;
    private final Semaphore calls = new Semaphore(MAX_CALLS);

    VerifiedKv(CairnClient client, Writes writes, Headers headers, Refusals refusals) {
        this.writes = writes;
        this.client = client;
        this.ranges = new VerifiedRanges(client, refusals);
        this.headers = headers;
        this.refusals = refusals;
    }

    int underWay() {
        return MAX_CALLS - calls.availablePermits();
    }

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> observer) {
        answer(observer, RequestChecks.of(request), () -> {
            Operation.Range range = Requests.operation(request);
            Outcome.Ranged outcome = ranges.read(range);
            return responses(outcome).range(range, outcome);
        });
    }

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> observer) {
        answer(observer, RequestChecks.of(request), () -> {
            Outcome outcome = write(Requests.operation(request));
            return responses(outcome).put(expect(Outcome.Put.class, outcome));
        });
    }

    @Override
    public void deleteRange(DeleteRangeRequest request, StreamObserver<DeleteRangeResponse> observer) {
        answer(observer, RequestChecks.of(request), () -> {
            Outcome outcome = write(Requests.operation(request));
            return responses(outcome).delete(expect(Outcome.Deleted.class, outcome));
        });
    }

    @Override
    public void txn(TxnRequest request, StreamObserver<TxnResponse> observer) {
        answer(observer, RequestChecks.of(request, Limits.DEFAULT.txnOperations()), () -> {
            Operation.Txn txn = Requests.operation(request);
            Outcome outcome = write(txn);
            return responses(outcome).txn(txn, expect(Outcome.Txn.class, outcome));
        });
    }

    @Override
    public void compact(CompactionRequest request, StreamObserver<CompactionResponse> observer) {
        answer(observer, null, () -> {
            Outcome outcome = write(Requests.operation(request));
            return responses(outcome).compaction(expect(Outcome.Compacted.class, outcome));
        });
    }

    private Responses responses(Outcome outcome) {
        return new Responses(new Values(client, outcome.revision())::of, headers);
    }

    private interface Answer<T> {
        T make() throws NotVerifiedException;
    }

    private <T> void answer(StreamObserver<T> observer, @Nullable EtcdError error, Answer<T> answer) {
        if (error != null) {
            observer.onError(error.exception());
            return;
        }
        if (!calls.tryAcquire()) {
            observer.onError(EtcdError.TOO_MANY_REQUESTS.exception());
            return;
        }
        T response;
        try {
            response = answer.make();
        } catch (NotVerifiedException e) {
            refusals.saw(e.attempts());
            observer.onError(Unanswered.status(e).asRuntimeException());
            return;
        } catch (RefusedCallException e) {
            observer.onError(e.status().asRuntimeException());
            return;
        } catch (GoneException e) {
            observer.onError(EtcdError.COMPACTED.exception());
            return;
        } finally {
            calls.release();
        }
        observer.onNext(response);
        observer.onCompleted();
    }

    /** Checks what no state would accept, so that it costs no replica anything. */
    private Outcome write(Operation operation) throws NotVerifiedException {
        Validation.check(operation, Limits.DEFAULT).ifPresent(error -> {
            throw RefusedCallException.of(EtcdError.of(error));
        });
        try {
            return writes.write(operation);
        } catch (AnswerLostException e) {
            throw new RefusedCallException(Status.UNKNOWN.withDescription("etcdserver: " + e.getMessage()));
        } catch (WrongClockException e) {
            throw new RefusedCallException(
                    EtcdError.WRITE_OUT_OF_TIME.status().withDescription("etcdserver: " + e.getMessage()));
        }
    }

    private <O extends Outcome> O expect(Class<O> kind, Outcome outcome) {
        if (kind.isInstance(outcome)) {
            return kind.cast(outcome);
        }
        if (outcome instanceof Outcome.Failed failed) {
            throw refusal(failed.error());
        }
        throw new AssertionError("an outcome of another kind: " + outcome);
    }

    /** Where it is guarded, with who it is that may not write there alone. */
    private RefusedCallException refusal(KvError error) {
        return error == KvError.GUARDED && writes.signer().isPresent()
                ? new RefusedCallException(EtcdError.GUARDED
                        .status()
                        .withDescription("etcdserver: " + writes.signer().get().name()
                                + " alone may not write there: it needs a signed change; see cairn guard explain"))
                : RefusedCallException.of(EtcdError.of(error));
    }
}
