package dev.cairn.server.proven;

import dev.cairn.kv.store.StoreException;
import dev.cairn.proto.v1.HeadWanted;
import dev.cairn.proto.v1.ProvenHead;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Testimony;
import dev.cairn.runtime.StorageException;
import dev.cairn.server.Background;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The way of every question that has one answer: the head it wants, perhaps a quorum's testimony to it, and then the
 * answer itself, made beside the transport's threads. A call that nobody waits for any more is dropped on the way.
 */
final class Answers {
    private static final Logger LOG = System.getLogger(Answers.class.getName());

    private static final Status BUSY =
            Status.RESOURCE_EXHAUSTED.withDescription("too many reads wait; try again later");
    private static final Status NO_TESTIMONY =
            Status.UNAVAILABLE.withDescription("no quorum testified to the newest head in time; try another replica");
    private static final Status BEHIND =
            Status.UNAVAILABLE.withDescription("this replica is behind the head that you know; try another");
    private static final Status NO_HEAD = Status.UNAVAILABLE.withDescription(
            "this replica's newest block has no certificate of its own until the next one follows; try another");

    /** What is made of a head. On a background thread; may read from disk. */
    interface Answer<T> {
        T make(CertifiedHead head, ProvenHead offer) throws StatusException, StorageException;
    }

    private final CertifiedHeads heads;
    private final HeadOffers offers;
    private final Testimonies testimonies;
    private final Background background;
    private final Supplier<Digest> challenges;
    private final LongSupplier wallNanos;
    private final long maxFutureNanos;

    /** The last that was given; a bounded read takes it again while it is young enough. */
    private volatile Optional<Testimony> last = Optional.empty();

    /**
     * @param challenges 32 bytes that nobody can foresee, for testimonies to which no caller has brought a nonce
     * @param wallNanos this machine's clock, nanoseconds since 1970: decides what is worth offering, and nothing else
     * @param maxFutureNanos how far a block's time may be ahead of an honest clock: clients subtract that from it
     */
    Answers(
            CertifiedHeads heads,
            HeadOffers offers,
            Testimonies testimonies,
            Background background,
            Supplier<Digest> challenges,
            LongSupplier wallNanos,
            long maxFutureNanos) {
        this.heads = heads;
        this.offers = offers;
        this.testimonies = testimonies;
        this.background = background;
        this.challenges = challenges;
        this.wallNanos = wallNanos;
        this.maxFutureNanos = maxFutureNanos;
    }

    <T> void answer(HeadWanted wanted, StreamObserver<T> observer, Answer<T> answer) {
        ServerCallStreamObserver<T> call = (ServerCallStreamObserver<T>) observer;
        call.setOnCancelHandler(() -> {}); // looked at before each step that costs
        try {
            switch (wanted.getFreshnessCase()) {
                case FRESHNESS_NOT_SET -> later(call, wanted, Optional.empty(), answer);
                case BOUNDED_MILLIS -> bounded(call, wanted, answer);
                case NONCE -> testified(call, wanted, nonce(wanted), answer);
            }
        } catch (StatusException e) {
            call.onError(e);
        }
    }

    private static Digest nonce(HeadWanted wanted) throws StatusException {
        if (wanted.getNonce().size() != Digest.BYTES) {
            throw Status.INVALID_ARGUMENT
                    .withDescription(
                            "a nonce has 32 bytes, not " + wanted.getNonce().size())
                    .asException();
        }
        return Digest.of(wanted.getNonce().toByteArray());
    }

    /** Half of the bound is left for the way to the caller and for its clock. */
    private <T> void bounded(ServerCallStreamObserver<T> call, HeadWanted wanted, Answer<T> answer)
            throws StatusException {
        long since = wallNanos.getAsLong() - Integer.toUnsignedLong(wanted.getBoundedMillis()) * 1_000_000L / 2;
        CertifiedHead head = newest();
        Optional<Testimony> young = last.filter(testimony -> testimony.oldestNanos() >= since);
        if (head.header().timeNanos() - maxFutureNanos >= since) {
            later(call, wanted, Optional.empty(), answer);
        } else if (young.isPresent() && young.get().isMetBy(head.height(), head.ballot())) {
            later(call, wanted, young, answer);
        } else {
            testified(call, wanted, challenges.get(), answer);
        }
    }

    private <T> void testified(ServerCallStreamObserver<T> call, HeadWanted wanted, Digest challenge, Answer<T> answer)
            throws StatusException {
        boolean asked = testimonies.ask(challenge, testimony -> {
            if (testimony.isPresent()) {
                last = testimony;
                later(call, wanted, testimony, answer);
            } else {
                call.onError(NO_TESTIMONY.asException());
            }
        });
        if (!asked) {
            throw BUSY.asException();
        }
    }

    private <T> void later(
            ServerCallStreamObserver<T> call, HeadWanted wanted, Optional<Testimony> testimony, Answer<T> answer) {
        if (!later(() -> now(call, wanted, testimony, answer))) {
            call.onError(BUSY.asException());
        }
    }

    /** Runs {@code task} where it may block; false if too much waits there. */
    boolean later(Runnable task) {
        return background.offer(task);
    }

    private <T> void now(
            ServerCallStreamObserver<T> call, HeadWanted wanted, Optional<Testimony> testimony, Answer<T> answer) {
        if (call.isCancelled()) {
            return;
        }
        try {
            CertifiedHead head = newest();
            if (testimony.isPresent() && !testimony.get().isMetBy(head.height(), head.ballot())) {
                throw NO_TESTIMONY.asException();
            }
            T message = answer.make(head, offer(head, wanted, testimony));
            if (!call.isCancelled()) {
                call.onNext(message);
                call.onCompleted();
            }
        } catch (StatusException e) {
            call.onError(e);
        } catch (StorageException | StoreException e) {
            call.onError(unreadable(e));
        } catch (RuntimeException e) {
            call.onError(unreadable(e));
            throw e;
        }
    }

    static StatusException unreadable(Exception e) {
        LOG.log(Level.WARNING, "an answer could not be proven: what it needs cannot be read", e);
        return Status.INTERNAL
                .withDescription("what the proof needs cannot be read here; try another replica")
                .asException();
    }

    CertifiedHead newest() throws StatusException {
        return heads.newest().orElseThrow(NO_HEAD::asException);
    }

    ProvenHead offer(CertifiedHead head, HeadWanted wanted, Optional<Testimony> testimony)
            throws StatusException, StorageException {
        if (wanted.getKnownHeight() < 0) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("no height is above 2^63")
                    .asException();
        }
        Height known = new Height(wanted.getKnownHeight());
        if (known.isAbove(head.height())) {
            throw BEHIND.asException();
        }
        return offers.offer(head, known, testimony);
    }
}
