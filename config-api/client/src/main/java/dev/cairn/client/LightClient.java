package dev.cairn.client;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Testimony;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Follows the headers of one chain, from the genesis document on, and never goes back. It asks nobody and knows no clock:
 * whoever uses it carries questions to replicas and brings their offers. Thread-safe.
 *
 * <p>A head that comes from nowhere but an old file, or from the genesis document, may be far behind, and a replica that
 * lies could keep it there. So a head of any age will do only within the trusting period after the last one that was proven
 * to be new.
 */
public final class LightClient {
    /** How long after a head was proven to be new one of any age will do, by default. */
    public static final Duration TRUSTING_PERIOD = Duration.ofDays(14);

    private final HeadVerifier verifier;
    private final HeadStore store;
    private final Duration trustingPeriod;

    /** How far a header's time may be ahead of an honest clock. */
    private final Duration maxAhead;

    private TrustedHead head;
    private Instant confirmed;
    private Optional<ForkEvidence> fork = Optional.empty();

    private LightClient(
            Pin pin,
            HeadVerifier verifier,
            HeadStore store,
            Duration trustingPeriod,
            TrustedHead head,
            Instant confirmed) {
        this.verifier = verifier;
        this.store = store;
        this.trustingPeriod = trustingPeriod;
        this.maxAhead = Duration.ofNanos(pin.genesis().parameters().maxFutureNanos());
        this.head = head;
        this.confirmed = confirmed;
    }

    /**
     * Begins with the head that {@code store} kept, or with the genesis block.
     *
     * @throws IOException if the store cannot be read, or holds what does not belong to the pinned chain
     */
    public static LightClient open(Pin pin, HeadStore store, Duration trustingPeriod) throws IOException {
        HeadVerifier verifier = new HeadVerifier(pin);
        Optional<SavedHead> saved = store.load();
        if (saved.isEmpty()) {
            return new LightClient(pin, verifier, store, trustingPeriod, pin.genesisHead(), Instant.EPOCH);
        }
        try {
            TrustedHead head = verifier.restore(pin.genesisHead(), saved.get());
            return new LightClient(
                    pin, verifier, store, trustingPeriod, head, saved.get().confirmed());
        } catch (RefusedException e) {
            throw new IOException(
                    "the head that was kept cannot be used (" + e.getMessage()
                            + "); if this is the right genesis document, remove it: the next head must then be proven to be new",
                    e);
        }
    }

    /**
     * A question as it goes out: answers to it must lead on from {@code base}.
     *
     * @param freshness absent where the answer shows by itself whether it is new enough
     * @param nonce drawn for this question alone; absent where freshness needs none
     */
    public record Question(TrustedHead base, Optional<Freshness> freshness, Optional<Digest> nonce, Instant asked) {}

    /** The newest head that was verified. */
    public synchronized TrustedHead head() {
        return head;
    }

    /** Two certified blocks at one height, once they were seen; from then on every answer is refused. */
    public synchronized Optional<ForkEvidence> fork() {
        return fork;
    }

    /**
     * What to ask, from the newest head on.
     *
     * @param nonce 32 bytes that nobody could foresee
     * @throws RefusedException if no answer with this freshness could be believed
     */
    public synchronized Question ask(Freshness freshness, Digest nonce, Instant now) throws RefusedException {
        requireNoFork();
        switch (freshness) {
            case Freshness.Any _ -> requireEstablished(now);
            case Freshness.Bounded _, Freshness.Linearizable _ -> {}
        }
        boolean challenges = freshness instanceof Freshness.Linearizable;
        return new Question(head, Optional.of(freshness), challenges ? Optional.of(nonce) : Optional.empty(), now);
    }

    /** Of any age: for answers that only go forward. What comes must lead on from {@code base}. */
    synchronized Question follow(TrustedHead base, Instant now) throws RefusedException {
        requireNoFork();
        return new Question(base, Optional.empty(), Optional.empty(), now);
    }

    HeadVerifier verifier() {
        return verifier;
    }

    private void requireEstablished(Instant now) throws RefusedException {
        if (confirmed.equals(Instant.EPOCH)) {
            throw new RefusedException(new Refusal.NotEstablished("none was proven to be new yet"));
        }
        if (confirmed.plus(trustingPeriod).isBefore(now)) {
            throw new RefusedException(
                    new Refusal.NotEstablished("the last that was proven to be new is of " + confirmed));
        }
    }

    /**
     * Verifies an offered head: certified, a descendant of the question's or itself, and as new as was asked for. It becomes
     * the newest unless a higher one has meanwhile.
     *
     * @throws RefusedException if it is not so; nothing changes then, but that a fork is remembered
     */
    public TrustedHead accept(Question question, OfferedHead offered, Instant now) throws RefusedException {
        try {
            TrustedHead verified = verifier.verify(question.base(), offered);
            Optional<Instant> newest = newestAt(question, verified, offered.testimony(), now);
            adopt(verified, newest);
            return verified;
        } catch (RefusedException e) {
            if (e.refusal() instanceof Refusal.Forked(ForkEvidence evidence)) {
                remember(evidence);
            }
            throw e;
        }
    }

    /** When this head was the newest for certain; nothing where that was not asked. */
    private Optional<Instant> newestAt(Question question, TrustedHead verified, Bytes testimony, Instant now)
            throws RefusedException {
        if (question.freshness().isEmpty()) {
            return Optional.empty();
        }
        return switch (question.freshness().get()) {
            case Freshness.Any _ -> Optional.empty();
            case Freshness.Bounded(Duration maxAge) -> {
                Instant proposed = verified.time().minus(maxAhead);
                Instant newest =
                        testimony.isEmpty() ? proposed : later(proposed, testified(question, verified, testimony));
                Duration age = Duration.between(newest, now);
                if (age.compareTo(maxAge) > 0) {
                    throw new RefusedException(new Refusal.NotFresh(age, maxAge));
                }
                yield Optional.of(newest);
            }
            case Freshness.Linearizable _ -> {
                if (testimony.isEmpty()) {
                    throw new RefusedException(new Refusal.NotLinearizable("no replica testifies to it"));
                }
                var _ = testified(question, verified, testimony);
                yield Optional.of(question.asked());
            }
        };
    }

    private Instant testified(Question question, TrustedHead verified, Bytes bytes) throws RefusedException {
        Testimony testimony;
        try {
            testimony = Testimony.decode(bytes.shared());
        } catch (IllegalArgumentException e) {
            throw new RefusedException(new Refusal.Malformed("testimony", String.valueOf(e.getMessage())));
        }
        if (!verifier.isValid(testimony, question.nonce())) {
            throw new RefusedException(
                    new Refusal.NotLinearizable("the testimony is not a quorum's answer to this question"));
        }
        if (!testimony.isMetBy(verified.height(), verified.ballot())) {
            throw new RefusedException(
                    new Refusal.NotLinearizable("a replica knows of a block above " + verified.height()));
        }
        return Instant.ofEpochSecond(0, testimony.oldestNanos());
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    /** Of answers that overlap the highest head stays, whichever comes last: what was returned is not gone back behind. */
    private synchronized void adopt(TrustedHead verified, Optional<Instant> newest) throws RefusedException {
        requireNoFork();
        requireNoFork(verified);
        boolean isHigher = verified.height().isAbove(head.height());
        boolean confirms = newest.filter(confirmed::isBefore).isPresent();
        if (isHigher) {
            head = verified;
        }
        if (confirms) {
            confirmed = newest.get();
        }
        if (isHigher || confirms) {
            save();
        }
    }

    private void requireNoFork() throws RefusedException {
        if (fork.isPresent()) {
            throw new RefusedException(new Refusal.Forked(fork.get()));
        }
    }

    /** Another answer, from the same base, may have brought another block for the same height. */
    private void requireNoFork(TrustedHead verified) throws RefusedException {
        if (verified.height().equals(head.height()) && !verified.header().equals(head.header())) {
            throw new RefusedException(new Refusal.Forked(new ForkEvidence(
                    head.header(),
                    head.certificate().orElseThrow(),
                    verified.header(),
                    verified.certificate().orElseThrow())));
        }
    }

    private synchronized void remember(ForkEvidence evidence) throws RefusedException {
        if (fork.isEmpty()) {
            fork = Optional.of(evidence);
            try {
                store.keep(evidence);
            } catch (IOException e) {
                throw unsaved(e);
            }
        }
    }

    private void save() throws RefusedException {
        try {
            store.save(SavedHead.of(head, confirmed));
        } catch (IOException e) {
            throw unsaved(e);
        }
    }

    private static RefusedException unsaved(IOException e) {
        return new RefusedException(new Refusal.NotKept(String.valueOf(e.getMessage())));
    }
}
