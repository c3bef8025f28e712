package dev.cairn.server.gateway;

import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.server.Consensus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries the operations of many concurrent calls in few signed requests. With nothing on its way an operation leaves
 * at once; otherwise it waits until as many wait as are on their way, and leaves together with them. So batches grow
 * with the load, an idle gateway adds no delay, and at most {@link Limits#outstanding} requests are on their way,
 * and {@link Limits#outstandingAlone} of calls that share none.
 *
 * <p>Each request is made once: consensus sends it again as often as needed, and the session's window makes it execute
 * once. A call that was not answered in time fails; its operation may still happen, and it is never sent again. Only
 * the calls of a request that surely did nothing, for its session was gone, go out anew in another session.
 */
public final class Gateway {
    /**
     * A gateway's bounds.
     *
     * @param outstanding requests on their way at a time, beside those of calls that travel alone
     * @param outstandingAlone requests of calls that travel alone, likewise: they cannot wait for one another's company
     * @param batchOperations operations in one request at most
     * @param batchBytes a request takes no further operation beyond this
     * @param waitingCalls calls that may wait to be sent
     * @param waitingBytes what they may hold
     * @param patienceNanos how long a call may take
     */
    public record Limits(
            int outstanding,
            int outstandingAlone,
            int batchOperations,
            int batchBytes,
            int waitingCalls,
            long waitingBytes,
            long patienceNanos) {
        public static final Limits DEFAULT = new Limits(4, 16, 4096, 1 << 20, 16_384, 64 << 20, 7_000_000_000L);
    }

    /** What one request carries; opening a session carries no calls. */
    private record Batch(RequestId id, List<Operation> operations, List<PendingCall> calls) {
        boolean isOpening() {
            return calls.isEmpty();
        }

        boolean isAlone() {
            return !calls.isEmpty() && calls.getFirst().call.travelsAlone();
        }
    }

    private final ClientId self;
    private final Consensus consensus;
    private final LongSupplier sessionNames;
    private final LongSupplier committedHeight;
    private final Executor answering;
    private final LongSupplier nanoTime;
    private final Limits limits;

    private final ArrayDeque<PendingCall> waiting = new ArrayDeque<>();
    private final Map<RequestId, Batch> outstanding = new HashMap<>();
    private long waitingBytes;
    private int operationsOnTheirWay;
    private int aloneOnTheirWay;
    private boolean open;
    private boolean opening;
    private long session;
    private long sequence;
    private boolean stopped;

    /**
     * Sends nothing before {@link #start}.
     *
     * @param sessionNames names for sessions, none given twice, not even after a restart
     * @param committedHeight of the newest state that is known to be committed
     * @param answering runs what a committed request's calls are told; never this replica's event loop
     */
    public Gateway(
            ClientId self,
            Consensus consensus,
            LongSupplier sessionNames,
            LongSupplier committedHeight,
            Executor answering,
            LongSupplier nanoTime,
            Limits limits) {
        this.self = self;
        this.consensus = consensus;
        this.sessionNames = sessionNames;
        this.committedHeight = committedHeight;
        this.answering = answering;
        this.nanoTime = nanoTime;
        this.limits = limits;
    }

    /** Opens the first session. */
    public void start() {
        sendWhatMayLeave();
    }

    /** Carries a call's operation, which has passed validation; or refuses the call at once. */
    public void submit(Call call) {
        @Nullable Refusal refusal = admit(call);
        if (refusal == null) {
            sendWhatMayLeave();
        } else {
            call.refused(refusal);
        }
    }

    private synchronized @Nullable Refusal admit(Call call) {
        if (stopped) {
            return Refusal.STOPPED;
        }
        if (waiting.size() >= limits.waitingCalls() || waitingBytes + call.sizeBytes() > limits.waitingBytes()) {
            return Refusal.TOO_MANY_REQUESTS;
        }
        waiting.add(new PendingCall(call, nanoTime.getAsLong()));
        waitingBytes += call.sizeBytes();
        return null;
    }

    private void sendWhatMayLeave() {
        for (Batch batch = nextBatch(); batch != null; batch = nextBatch()) {
            if (!consensus.submit(consensus.sign(batch.id(), OperationCodec.encode(batch.operations())))) {
                refused(batch.id());
            }
        }
    }

    private synchronized @Nullable Batch nextBatch() {
        if (stopped) {
            return null;
        }
        if (!open) {
            return openingBatch();
        }
        dropThoseGone();
        if (!isWorthARequest()) {
            return null;
        }
        List<PendingCall> calls = new ArrayList<>();
        List<Operation> operations = new ArrayList<>();
        int bytes = 0;
        while (!waiting.isEmpty()
                && operations.size() < limits.batchOperations()
                && (operations.isEmpty() || mayJoin(waiting.element().call, calls, bytes))) {
            PendingCall next = waiting.remove();
            waitingBytes -= next.call.sizeBytes();
            if (!next.isAnswered() && !next.call.isAbandoned()) {
                bytes += next.call.sizeBytes();
                calls.add(next);
                operations.add(next.call.operation());
            }
        }
        return operations.isEmpty() ? null : track(nextId(), operations, calls);
    }

    /** So that the first that waits is one that leaves. */
    private void dropThoseGone() {
        while (!waiting.isEmpty()
                && (waiting.element().isAnswered() || waiting.element().call.isAbandoned())) {
            waitingBytes -= waiting.remove().call.sizeBytes();
        }
    }

    private boolean mayJoin(Call next, List<PendingCall> calls, int bytes) {
        return bytes + next.sizeBytes() <= limits.batchBytes()
                && !next.travelsAlone()
                && !calls.getFirst().call.travelsAlone();
    }

    private boolean isWorthARequest() {
        if (!waiting.isEmpty() && waiting.element().call.travelsAlone()) {
            return aloneOnTheirWay < limits.outstandingAlone();
        }
        int enough = Math.min(operationsOnTheirWay - aloneOnTheirWay, limits.batchOperations());
        return outstanding.size() - aloneOnTheirWay < limits.outstanding()
                && (waiting.size() >= enough || waitingBytes >= limits.batchBytes());
    }

    /** The only request that may leave while no session is open. */
    private @Nullable Batch openingBatch() {
        if (opening) {
            return null;
        }
        opening = true;
        session = sessionNames.getAsLong();
        sequence = 0;
        return track(nextId(), List.of(new Operation.OpenSession(committedHeight.getAsLong())), List.of());
    }

    private RequestId nextId() {
        return new RequestId(self, session, ++sequence);
    }

    private Batch track(RequestId id, List<Operation> operations, List<PendingCall> calls) {
        Batch batch = new Batch(id, operations, calls);
        calls.forEach(call -> call.call.carriedBy(id));
        outstanding.put(id, batch);
        operationsOnTheirWay += batch.calls().size();
        aloneOnTheirWay += batch.isAlone() ? 1 : 0;
        return batch;
    }

    private synchronized @Nullable Batch untrack(RequestId id) {
        Batch batch = outstanding.remove(id);
        if (batch != null) {
            operationsOnTheirWay -= batch.calls().size();
            aloneOnTheirWay -= batch.isAlone() ? 1 : 0;
        }
        return batch;
    }

    /** Whether {@code id} names a request whose execution this gateway waits for. */
    public synchronized boolean awaits(RequestId id) {
        return outstanding.containsKey(id);
    }

    /** A request that this gateway awaited was committed. Called on the event loop; its calls are told elsewhere. */
    public void committed(RequestId id, RequestOutcome outcome) {
        Batch batch = untrack(id);
        if (batch != null) {
            answering.execute(() -> finish(batch, outcome));
        }
    }

    private void finish(Batch batch, RequestOutcome outcome) {
        switch (outcome) {
            case RequestOutcome.Executed(List<Outcome> outcomes) -> {
                if (batch.isOpening()) {
                    opened();
                }
                sendWhatMayLeave();
                for (int i = 0; i < batch.calls().size(); i++) {
                    batch.calls().get(i).complete(outcomes.get(i));
                }
            }
            case RequestOutcome.Refused(KvError error) -> {
                if (error == KvError.NO_SESSION) {
                    sendAgain(batch);
                } else if (batch.isOpening()) {
                    reopenAfter(batch);
                }
                sendWhatMayLeave();
                if (error != KvError.NO_SESSION) {
                    batch.calls().forEach(call -> call.complete(new Outcome.Failed(0, error)));
                }
            }
        }
    }

    private synchronized void opened() {
        opening = false;
        open = true;
    }

    /** Nothing of {@code batch} was executed: its calls go first in the next session. */
    private synchronized void sendAgain(Batch batch) {
        reopenAfter(batch);
        for (PendingCall call : batch.calls().reversed()) {
            waiting.addFirst(call);
            waitingBytes += call.call.sizeBytes();
        }
    }

    /** Makes sure that a new session is opened if {@code batch} was of the present one, or was to open one. */
    private synchronized void reopenAfter(Batch batch) {
        if (batch.isOpening()) {
            opening = false;
        } else if (batch.id().session() == session) {
            open = false;
        }
    }

    /** The replica did not take a request; nothing of it was or will be done. Never blocks. */
    public void refused(RequestId id) {
        Batch batch = untrack(id);
        if (batch != null) {
            answering.execute(() -> {
                batch.calls().forEach(call -> call.refuse(Refusal.TOO_MANY_REQUESTS));
                if (batch.isOpening()) {
                    reopenAfter(batch);
                } else {
                    sendWhatMayLeave();
                }
            });
        }
    }

    /** Refuses what has taken too long, and tries again what could not leave; called now and then. */
    public void expire() {
        refuse(Refusal.TIMED_OUT, nanoTime.getAsLong() - limits.patienceNanos());
        sendWhatMayLeave();
    }

    /** Refuses what waits now. */
    public void refuseWaiting(Refusal why) {
        refuse(why, nanoTime.getAsLong());
    }

    /** Refuses everything, now and from now on. */
    public void stop() {
        synchronized (this) {
            stopped = true;
        }
        refuse(Refusal.STOPPED, nanoTime.getAsLong());
    }

    private void refuse(Refusal why, long sinceAtMost) {
        List<PendingCall> late = new ArrayList<>();
        synchronized (this) {
            while (!waiting.isEmpty() && waiting.element().isSince(sinceAtMost)) {
                PendingCall call = waiting.remove();
                waitingBytes -= call.call.sizeBytes();
                late.add(call);
            }
            for (Batch batch : outstanding.values()) {
                for (PendingCall call : batch.calls()) {
                    if (call.isSince(sinceAtMost)) {
                        late.add(call);
                    }
                }
            }
        }
        late.forEach(call -> call.refuse(why));
    }

    /** Calls that wait to be sent. */
    public synchronized int waitingCalls() {
        return waiting.size();
    }

    /** Requests on their way. */
    public synchronized int outstandingRequests() {
        return outstanding.size();
    }
}
