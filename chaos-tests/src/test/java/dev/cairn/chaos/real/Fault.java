package dev.cairn.chaos.real;

import java.util.Set;

/** What the nemesis does to a running cluster, for a while. */
sealed interface Fault {
    /** The kinds, for drawing. */
    enum Kind {
        KILL,
        KILL_ALL,
        PAUSE,
        CLOCK,
        FULL_DISK,
        PARTITION,
        DELAY
    }

    /** {@code kill -9}; started again afterwards. */
    record Kill(int replica) implements Fault {}

    /** {@code kill -9} to all of them; started again at once. */
    record KillAll() implements Fault {}

    /** SIGSTOP, then SIGCONT. */
    record Pause(int replica) implements Fault {}

    record ClockJump(int replica, long millis) implements Fault {}

    /**
     * {@code kill -9}, and started again with this much room on its disk: it must end itself when it needs more. Started
     * once more when there is room.
     */
    record FullDisk(int replica, int roomKilobytes) implements Fault {}

    /** These replicas reach each other and nobody else. */
    record Partition(Set<Integer> island) implements Fault {}

    /** All messages between replicas take this much longer. */
    record Delay(long millis) implements Fault {}
}
