package dev.cairn.simulator;

import dev.cairn.protocol.Event;
import dev.cairn.protocol.model.ReplicaId;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * Makes the world's faults happen, and ends them. Faults after which a replica is of no use for ever share the f of the
 * protocol with the replicas that are Byzantine from the start: once f are used up, they spare whomever they would hit.
 */
final class Mishaps {
    private static final long HAND_OVER_MICROS = 400_000;

    private final World world;
    private final Agenda agenda;
    private final SplittableRandom random;
    private final List<SimReplica> replicas;
    private final SimNetwork network;
    private final Workload workload;
    private final Trace trace;
    private final Counters counters;

    /** Those that count against f. */
    private final Set<Integer> faulty = new TreeSet<>();

    private boolean over;

    Mishaps(
            World world,
            Agenda agenda,
            SplittableRandom random,
            List<SimReplica> replicas,
            SimNetwork network,
            Workload workload,
            Trace trace,
            Counters counters) {
        this.world = world;
        this.agenda = agenda;
        this.random = random;
        this.replicas = replicas;
        this.network = network;
        this.workload = workload;
        this.trace = trace;
        this.counters = counters;
        world.byzantine().forEach(traits -> faulty.add(traits.replica()));
    }

    void plan() {
        for (Fault fault : world.faults()) {
            agenda.at(fault.atMillis() * 1000L, () -> begin(fault));
            agenda.at((fault.atMillis() + fault.lastsMillis()) * 1000L, () -> end(fault));
        }
    }

    /** Ends all faults; every replica that can comes up. */
    void end() {
        over = true;
        trace.add(agenda.nowMicros(), "all faults end");
        network.calm();
        replicas.forEach(this::heal);
    }

    private void begin(Fault fault) {
        if (over) {
            return;
        }
        trace.add(agenda.nowMicros(), fault + " begins");
        if (!fault.kind().usesUpF()) {
            counters.count("fault " + fault.kind());
        }
        network.begin(fault);
        replicas.stream().filter(replica -> fault.hits(replica.id.index())).forEach(replica -> strike(replica, fault));
    }

    private void strike(SimReplica victim, Fault fault) {
        switch (fault.kind()) {
            case CRASH -> crash(victim);
            case TORN_WRITE -> tear(victim);
            case STALL_DISK -> victim.stallDiskUntil(agenda.nowMicros() + fault.lastsMillis() * 1000L);
            case DISK_FULL -> victim.disk.setFull(true);
            case FSYNC_ERROR -> victim.disk.setFailing(true);
            case BIT_ROT, ROLLBACK, CORRUPT_STATE -> spoil(victim, fault.kind());
            case HAND_OVER -> askToHandOverTo(victim.id, fault);
            case PARTITION, MUTE, DEAFEN, BLIND_TO_VIEWS, RESET, SLOW_LINKS -> {}
        }
    }

    /** Everyone is asked: only the primary heeds it. */
    private void askToHandOverTo(ReplicaId heir, Fault fault) {
        long endMicros = (fault.atMillis() + fault.lastsMillis()) * 1000L;
        if (!over && agenda.nowMicros() <= endMicros) {
            replicas.forEach(replica -> replica.step(new Event.HandOverWanted(heir)));
            agenda.after(random.nextLong(HAND_OVER_MICROS), () -> askToHandOverTo(heir, fault));
        }
    }

    private void spoil(SimReplica victim, Fault.Kind kind) {
        int index = victim.id.index();
        if (!faulty.contains(index) && faulty.size() == world.faulty()) {
            return;
        }
        if (spoils(victim, kind)) {
            faulty.add(index);
            counters.count("fault " + kind);
            trace.add(agenda.nowMicros(), victim.id, kind);
        }
    }

    private boolean spoils(SimReplica victim, Fault.Kind kind) {
        if (kind == Fault.Kind.CORRUPT_STATE) {
            return victim.corruptState();
        }
        crash(victim);
        return kind == Fault.Kind.BIT_ROT ? victim.disk.rot(random) : victim.rollBack();
    }

    private void end(Fault fault) {
        if (over) {
            return;
        }
        trace.add(agenda.nowMicros(), fault + " ends");
        network.end(fault);
        if (fault.kind().stopsReplicas()) {
            replicas.stream().filter(replica -> fault.hits(replica.id.index())).forEach(this::heal);
        }
    }

    private void heal(SimReplica victim) {
        victim.disk.setFull(false);
        victim.disk.setFailing(false);
        if (!victim.isUp()) {
            restart(victim);
        }
    }

    private void restart(SimReplica victim) {
        if (victim.start()) {
            network.started(victim.id.index());
        } else {
            counters.count("damaged log refused");
            trace.add(agenda.nowMicros(), victim.id, "finds its log damaged and stays down");
        }
    }

    // How replicas stop.

    private void crash(SimReplica victim) {
        if (victim.isUp()) {
            stop(victim, "crashes");
            victim.disk.crash(random);
        }
    }

    private void tear(SimReplica victim) {
        if (victim.isUp()) {
            stop(victim, "crashes in the middle of a write");
            if (victim.disk.tear(random)) {
                counters.count("record cut short");
            }
        }
    }

    /** What was to be written may be there or not. */
    void diskFailed(SimReplica victim) {
        counters.count("stopped by its disk");
        stop(victim, "stops: its disk fails");
        victim.disk.crash(random);
    }

    private void stop(SimReplica victim, String how) {
        trace.add(agenda.nowMicros(), victim.id, how);
        victim.stop();
        workload.onCrashed(victim);
        network.stopped(victim.id.index());
    }
}
