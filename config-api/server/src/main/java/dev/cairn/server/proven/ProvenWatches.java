package dev.cairn.server.proven;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Space;
import dev.cairn.proto.v1.WatchRequest;
import dev.cairn.proto.v1.WatchResponse;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** The open watches, at most {@value #MAX_WATCHES}: each looks at every new head, and at the clock. */
public final class ProvenWatches {
    static final int MAX_WATCHES = 4096;

    private final Answers answers;
    private final ProofSource proofs;
    private final Set<ProvenWatch> open = ConcurrentHashMap.newKeySet();

    /** A round through all watches is under way or about to be. */
    private final AtomicBoolean sweeping = new AtomicBoolean();

    /** Something may have happened since it began. */
    private final AtomicBoolean again = new AtomicBoolean();

    ProvenWatches(Answers answers, ProofSource proofs) {
        this.answers = answers;
        this.proofs = proofs;
    }

    void open(WatchRequest request, Space space, KeySpan span, long after, ServerCallStreamObserver<WatchResponse> call)
            throws StatusException {
        if (open.size() >= MAX_WATCHES) {
            throw Status.RESOURCE_EXHAUSTED
                    .withDescription("this replica carries as many watches as it may; try another")
                    .asException();
        }
        ProvenWatch watch = new ProvenWatch(answers, proofs, request, space, span, after, call);
        open.add(watch);
        call.setOnCancelHandler(() -> open.remove(watch));
        call.setOnReadyHandler(watch::look);
        watch.look();
    }

    /** There is a new head, or time has passed. Never blocks. */
    public void look() {
        again.set(true);
        if (!open.isEmpty() && sweeping.compareAndSet(false, true) && !answers.later(this::sweep)) {
            sweeping.set(false); // the next beat tries again
        }
    }

    private void sweep() {
        again.set(false);
        try {
            open.forEach(ProvenWatch::lookHere);
            open.removeIf(ProvenWatch::isOver);
        } finally {
            sweeping.set(false);
        }
        if (again.get()) {
            look();
        }
    }

    /** Ends all of them. */
    public void end(Status why) {
        open.forEach(watch -> watch.end(why));
        open.removeIf(ProvenWatch::isOver);
    }

    public int count() {
        return open.size();
    }
}
