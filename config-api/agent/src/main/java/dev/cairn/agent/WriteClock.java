package dev.cairn.agent;

import dev.cairn.client.NotVerifiedException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * Dates signed writes, each later than the one before, and none so far ahead that the cluster would refuse it as too early: it does
 * not use up such a write, so whoever kept it could have it done when its time comes, over what is newer. One that is too old is dead
 * for good, and refused here only for the sake of its sentence. Callers take turns.
 */
final class WriteClock {
    /**
     * The cluster takes in what is within five minutes of the block's time. A block may be dated 30 s before the clocks of the replicas
     * that vote for it, and their clocks differ a little.
     */
    static final Duration MOST_APART = Duration.ofMinutes(4);

    private static final long MOST_APART_MICROS = MOST_APART.toNanos() / 1000;

    private final InstantSource clock;
    private final ClusterTime cluster;

    /** Of what may have been sent. */
    private long lastMicros;

    WriteClock(InstantSource clock, ClusterTime cluster) {
        this.clock = clock;
        this.cluster = cluster;
    }

    /** What is proven of the cluster's time. */
    interface ClusterTime {
        /** Of the newest block that was verified: all that come are later. Asks nobody. */
        Instant newestBlock();

        /**
         * Whether some head was the newest within {@code maxAge} before now, by this machine's clock.
         *
         * @throws NotVerifiedException if no answer says whether it is so
         */
        boolean isWithin(Duration maxAge) throws NotVerifiedException;
    }

    /**
     * The time of the next write, in microseconds since 1970.
     *
     * @throws WrongClockException if the cluster's time is another; nothing is used up then
     */
    long next() throws NotVerifiedException, WrongClockException {
        long micros = Math.max(lastMicros + 1, nowMicros());
        if (micros > micros(cluster.newestBlock()) + MOST_APART_MICROS && !isProvenNear(micros)) {
            throw new WrongClockException("ahead of");
        }
        if (micros < micros(cluster.newestBlock()) - MOST_APART_MICROS) {
            throw new WrongClockException("behind");
        }
        lastMicros = micros;
        return micros;
    }

    private boolean isProvenNear(long micros) throws NotVerifiedException {
        long leadMicros = micros - nowMicros();
        if (leadMicros > MOST_APART_MICROS) {
            return false;
        }
        Duration maxAge = MOST_APART.minus(leadMicros, ChronoUnit.MICROS);
        // The age is by the clock at the answer, which must not have been set back since the question.
        return cluster.isWithin(maxAge) && micros - nowMicros() <= leadMicros;
    }

    private long nowMicros() {
        return micros(clock.instant());
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
