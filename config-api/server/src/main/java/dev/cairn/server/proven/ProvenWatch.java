package dev.cairn.server.proven;

import dev.cairn.kv.Proof;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.proof.Question;
import dev.cairn.kv.store.StoreException;
import dev.cairn.proto.v1.HeadWanted;
import dev.cairn.proto.v1.WatchRequest;
import dev.cairn.proto.v1.WatchResponse;
import dev.cairn.runtime.StorageException;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One watch: a row of proofs, each of all changes from where the last ended up to a newer head. What happens in many blocks
 * while the caller is slow goes into one proof, so nothing is queued.
 */
final class ProvenWatch {
    private static final long MIN_PROGRESS_MILLIS = 1000;
    private static final long DEFAULT_PROGRESS_MILLIS = 10_000;

    private final Answers answers;
    private final ProofSource proofs;
    private final KeySpan span;
    private final long progressNanos;
    private final ServerCallStreamObserver<WatchResponse> call;

    /** A look is under way or about to be. */
    private final AtomicBoolean looking = new AtomicBoolean();

    /** Something may have happened since the look under way began. */
    private final AtomicBoolean again = new AtomicBoolean();

    private volatile boolean over;

    // Of the look under way alone.
    private HeadWanted wanted;
    private long after;
    private boolean begun;
    private long lastSentNanos = System.nanoTime();

    ProvenWatch(
            Answers answers,
            ProofSource proofs,
            WatchRequest request,
            KeySpan span,
            long after,
            ServerCallStreamObserver<WatchResponse> call) {
        this.answers = answers;
        this.proofs = proofs;
        this.span = span;
        this.after = after;
        this.begun = after != 0;
        this.wanted = HeadWanted.newBuilder()
                .setKnownHeight(request.getHead().getKnownHeight())
                .build();
        this.progressNanos = TimeUnit.MILLISECONDS.toNanos(
                request.getProgressMillis() == 0
                        ? DEFAULT_PROGRESS_MILLIS
                        : Math.max(MIN_PROGRESS_MILLIS, Integer.toUnsignedLong(request.getProgressMillis())));
        this.call = call;
    }

    boolean isOver() {
        return over || call.isCancelled();
    }

    /** Looks, beside this thread, whether there is something to tell. Never blocks. */
    void look() {
        if (!isOver() && !answers.later(this::lookHere)) {
            again.set(true); // the next round through all watches tries again
        }
    }

    /** As {@link #look}, on this thread; if another looks already, it looks once more. */
    void lookHere() {
        again.set(true);
        while (again.get() && looking.compareAndSet(false, true)) {
            run();
        }
    }

    private void run() {
        again.set(false);
        try {
            while (!isOver() && call.isReady() && tellNext()) {
                // until all is told, or the caller takes no more
            }
        } catch (StatusException e) {
            end(e.getStatus());
        } catch (StorageException | StoreException e) {
            end(Answers.unreadable(e).getStatus());
        } finally {
            looking.set(false);
        }
    }

    /** False if there is nothing to tell. */
    private boolean tellNext() throws StatusException, StorageException {
        CertifiedHead head = answers.newest();
        long newest = head.state().revision();
        boolean changed = begun && proofs.newestRevision(head.state(), span) > after;
        boolean due = System.nanoTime() - lastSentNanos >= progressNanos;
        if (begun && !changed && !(due && newest >= after)) {
            return false;
        }
        WatchResponse.Builder response =
                WatchResponse.newBuilder().setHead(answers.offer(head, wanted, Optional.empty()));
        if (begun) {
            proveThrough(head, newest, response);
        } else {
            begun = true;
            response.setThroughRevision(newest);
        }
        call.onNext(response.build());
        after = response.getThroughRevision();
        wanted = HeadWanted.newBuilder().setKnownHeight(head.height().value()).build();
        lastSentNanos = System.nanoTime();
        return true;
    }

    /** As far as one proof may reach: half the way, and half of that, where it would become too large. */
    private void proveThrough(CertifiedHead head, long newest, WatchResponse.Builder response) throws StatusException {
        long through = newest;
        Proof proof = proofs.prove(head.state(), new Question.Changes(span, after, through, false));
        while (proof instanceof Proof.Failed(KvError error) && error == KvError.TOO_COSTLY && through > after + 1) {
            through = after + (through - after) / 2;
            proof = proofs.prove(head.state(), new Question.Changes(span, after, through, false));
        }
        response.setThroughRevision(through).setProof(StoreService.bytes(proof));
    }

    synchronized void end(Status why) {
        if (!over) {
            over = true;
            call.onError(why.asException());
        }
    }
}
