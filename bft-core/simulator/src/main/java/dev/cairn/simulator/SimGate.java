package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.SplittableRandom;

/**
 * The effect rule, kept to the letter on a simulated disk: what goes outward waits, in order, until every record that was
 * appended before it is durable. One sync at a time, each of all that was appended when it began.
 */
final class SimGate {
    private static final int LEAST_SYNC_MICROS = 50;

    /** The replica whose disk it is. */
    interface Owner {
        void performOutward(Effect.Outward effect);

        /** Runs {@code work} at that time, if the process is still the same then. */
        void inThisLife(long atMicros, Runnable work);

        /** The disk failed to sync, and the replica must stop. */
        void diskFailed();

        int maxSyncMicros();
    }

    private record Waiting(int needsDurable, Effect.Outward effect) {}

    private final SimDisk disk;
    private final Agenda agenda;
    private final SplittableRandom random;
    private final Owner owner;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private boolean syncing;
    private long stalledUntil;

    SimGate(SimDisk disk, Agenda agenda, SplittableRandom random, Owner owner) {
        this.disk = disk;
        this.agenda = agenda;
        this.random = random;
        this.owner = owner;
    }

    /** A new life: nothing of the last one is under way. */
    void begin() {
        waiting.clear();
        syncing = false;
    }

    void clear() {
        waiting.clear();
    }

    void add(Effect.Outward effect) {
        waiting.add(new Waiting(disk.appended(), effect));
        releaseDurable();
    }

    /** The disk holds a record more than it did. */
    void onAppended() {
        if (!syncing) {
            startSync();
        }
    }

    /** No sync ends before. */
    void stallUntil(long micros) {
        stalledUntil = Math.max(stalledUntil, micros);
    }

    private void startSync() {
        syncing = true;
        int length = disk.appended();
        long done = agenda.nowMicros() + LEAST_SYNC_MICROS + random.nextInt(owner.maxSyncMicros());
        owner.inThisLife(Math.max(done, stalledUntil), () -> onSynced(length));
    }

    private void onSynced(int length) {
        if (!disk.sync(length)) {
            owner.diskFailed();
            return;
        }
        syncing = false;
        if (disk.appended() > length) {
            startSync();
        }
        releaseDurable();
    }

    private void releaseDurable() {
        for (Waiting next = waiting.peek();
                next != null && next.needsDurable() <= disk.durable();
                next = waiting.peek()) {
            waiting.remove();
            owner.performOutward(next.effect());
        }
    }
}
