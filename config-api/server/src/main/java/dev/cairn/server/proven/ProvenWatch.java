package dev.cairn.server.proven;

import dev.cairn.kv.Proof;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.proof.Question;
import dev.cairn.kv.store.StoreException;
import dev.cairn.proto.v1.HeadWanted;
import dev.cairn.proto.v1.WatchRequest;
import dev.cairn.proto.v1.WatchResponse;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.runtime.StorageException;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One watch: a row of proofs, each of all changes from where the last ended up to a newer head. What happens in many blocks
 * while the caller is slow goes into one proof, so nothing is queued.
 */
final class ProvenWatch {
    private static final Logger LOG = System.getLogger(ProvenWatch.class.getName());

    private static final long MIN_PROGRESS_MILLIS = 1000;
    private static final long DEFAULT_PROGRESS_MILLIS = 10_000;

    private final Answers answers;
    private final ProofSource proofs;
    private final Space space;
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

    /** How many revisions are tried in one proof: twice as many as went into the last. */
    private long reach = Long.MAX_VALUE;

    /** What is left of the span for the next revision, of which a part has been told; else the span. */
    private KeySpan rest;

    ProvenWatch(
            Answers answers,
            ProofSource proofs,
            WatchRequest request,
            Space space,
            KeySpan span,
            long after,
            ServerCallStreamObserver<WatchResponse> call) {
        this.answers = answers;
        this.proofs = proofs;
        this.space = space;
        this.span = span;
        this.rest = span;
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
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a watch has ended by a fault of this program", e);
            end(Status.INTERNAL.withDescription("this replica failed at the watch; try another"));
        } finally {
            looking.set(false);
        }
    }

    /** False if there is nothing to tell. */
    private boolean tellNext() throws StatusException, StorageException {
        CertifiedHead head = answers.newest();
        long newest = head.state().revision();
        boolean changed = begun && proofs.newestRevision(head.state(), space, span) > after;
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
        send(response.build());
        after = isWhole() ? response.getThroughRevision() : after;
        wanted = HeadWanted.newBuilder().setKnownHeight(head.height().value()).build();
        lastSentNanos = System.nanoTime();
        return true;
    }

    private boolean isWhole() {
        return rest.equals(span);
    }

    /**
     * As far as one proof may reach: half the way, and half of that, where it would become too large; and of one revision
     * alone as many keys as fit.
     */
    private void proveThrough(CertifiedHead head, long newest, WatchResponse.Builder response) throws StatusException {
        long through = isWhole() ? after + Math.min(newest - after, reach) : after + 1;
        Proof proof = prove(head, rest, through);
        while (proof instanceof Proof.TooLarge && through > after + 1) {
            reach = (through - after) / 2;
            through = after + reach;
            proof = prove(head, rest, through);
        }
        reach = Math.max(reach, 2 * reach);
        KeySpan part = rest;
        while (proof instanceof Proof.TooLarge large && large.until().isPresent()) {
            part = new KeySpan(part.from(), large.until());
            proof = prove(head, part, through);
        }
        response.setThroughRevision(through).setProof(StoreService.bytes(proof));
        if (part.until().equals(span.until())) {
            rest = span;
        } else {
            Bytes next = part.until().orElseThrow();
            response.setUntilKey(HeadOffers.bytes(next.shared()));
            rest = new KeySpan(next, span.until());
        }
    }

    private Proof prove(CertifiedHead head, KeySpan keys, long through) {
        return proofs.prove(head.state(), new Question.Changes(space, keys, after, through, false));
    }

    /** The call takes one thing at a time, and nothing behind its end; whoever ends a watch is another thread. */
    private synchronized void send(WatchResponse response) {
        if (!over) {
            call.onNext(response);
        }
    }

    synchronized void end(Status why) {
        if (!over) {
            over = true;
            call.onError(why.asException());
        }
    }
}
