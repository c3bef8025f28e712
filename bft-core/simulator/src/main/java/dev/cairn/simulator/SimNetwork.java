package dev.cairn.simulator;

import dev.cairn.protocol.model.Message;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Carries messages between replicas: late, out of order, twice or not at all, as the world and the faults in force have
 * it. Also tells a replica of links that break and come back, as a transport would.
 */
final class SimNetwork {
    private static final int LEAST_DELAY_MICROS = 100;
    private static final int CALM_DELAY_MICROS = 2_000;
    private static final int SLOWDOWN = 20;

    /** What replicas are to the network. Addresses are indices. */
    interface Ports {
        void deliver(int from, int to, Envelope envelope);

        void linkUp(int at, int peer);

        void linkDown(int at, int peer);

        /** Counts a replica's starts and stops; what was sent to an earlier life is not for the later one. */
        int life(int replica);
    }

    private record Link(int at, int peer) {}

    private final World world;
    private final Agenda agenda;
    private final SplittableRandom random;
    private final Counters counters;
    private final Ports ports;
    private final List<Fault> faults = new ArrayList<>();
    private final Set<Link> down = new LinkedHashSet<>();
    private boolean calm;

    SimNetwork(World world, Agenda agenda, SplittableRandom random, Counters counters, Ports ports) {
        this.world = world;
        this.agenda = agenda;
        this.random = random;
        this.counters = counters;
        this.ports = ports;
    }

    void send(int from, int to, Envelope envelope) {
        if (isLost(from, to, envelope.message)) {
            counters.count("message lost");
            return;
        }
        carry(from, to, envelope);
        if (!calm && random.nextInt(100) < world.duplicatePercent()) {
            counters.count("message doubled");
            carry(from, to, envelope);
        }
    }

    private static boolean isAboutViews(Message message) {
        return message instanceof Message.Suspect
                || message instanceof Message.ViewChange
                || message instanceof Message.NewView;
    }

    private boolean isLost(int from, int to, Message message) {
        if (calm) {
            return false;
        }
        for (Fault fault : faults) {
            boolean lost = switch (fault.kind()) {
                case PARTITION, RESET -> fault.separates(from, to);
                case MUTE -> fault.hits(from);
                case DEAFEN -> fault.hits(to);
                case BLIND_TO_VIEWS -> fault.hits(to) && isAboutViews(message);
                case CRASH, SLOW_LINKS, STALL_DISK, TORN_WRITE, DISK_FULL, FSYNC_ERROR, HAND_OVER -> false;
                case BIT_ROT, ROLLBACK, CORRUPT_STATE -> false;
            };
            if (lost) {
                return true;
            }
        }
        return random.nextInt(100) < world.lossPercent();
    }

    private void carry(int from, int to, Envelope envelope) {
        int senderLife = ports.life(from);
        int receiverLife = ports.life(to);
        agenda.after(LEAST_DELAY_MICROS + random.nextLong(delayBound(from, to)), () -> {
            boolean stillSent = ports.life(from) == senderLife || random.nextBoolean();
            if (ports.life(to) == receiverLife && stillSent) {
                ports.deliver(from, to, envelope);
            }
        });
    }

    private long delayBound(int from, int to) {
        if (calm) {
            return Math.min(CALM_DELAY_MICROS, world.maxDelayMicros());
        }
        for (Fault fault : faults) {
            if (fault.kind() == Fault.Kind.SLOW_LINKS && (fault.hits(from) || fault.hits(to))) {
                return (long) SLOWDOWN * world.maxDelayMicros();
            }
        }
        return world.maxDelayMicros();
    }

    // Faults.

    void begin(Fault fault) {
        faults.add(fault);
        boolean noticed = switch (fault.kind()) {
            case RESET -> true;
            case PARTITION -> random.nextBoolean();
            case CRASH, MUTE, DEAFEN, BLIND_TO_VIEWS, SLOW_LINKS, HAND_OVER -> false;
            case STALL_DISK, TORN_WRITE, DISK_FULL, FSYNC_ERROR, BIT_ROT, ROLLBACK, CORRUPT_STATE -> false;
        };
        if (noticed) {
            forEachCut(fault, this::breakLink);
        }
    }

    void end(Fault fault) {
        faults.remove(fault);
        forEachCut(fault, (at, peer) -> {
            if (down.contains(new Link(at, peer))) {
                mendLink(at, peer);
            }
        });
    }

    /** From now on nothing is lost, doubled or slow, and every link comes up. */
    void calm() {
        calm = true;
        faults.clear();
        List.copyOf(down).forEach(link -> mendLink(link.at(), link.peer()));
    }

    private interface OnLink {
        void accept(int at, int peer);
    }

    private void forEachCut(Fault fault, OnLink action) {
        for (int at = 0; at < world.replicas(); at++) {
            for (int peer = 0; peer < world.replicas(); peer++) {
                if (at != peer && fault.separates(at, peer)) {
                    action.accept(at, peer);
                }
            }
        }
    }

    // Links.

    /** Most peers of a process that is gone notice it at once. */
    void stopped(int replica) {
        for (int other = 0; other < world.replicas(); other++) {
            if (other != replica && random.nextInt(4) > 0) {
                breakLink(other, replica);
            }
        }
    }

    void started(int replica) {
        for (int other = 0; other < world.replicas(); other++) {
            if (other != replica) {
                mendLink(other, replica);
                mendLink(replica, other);
            }
        }
    }

    private void breakLink(int at, int peer) {
        down.add(new Link(at, peer));
        agenda.after(random.nextInt(CALM_DELAY_MICROS), () -> {
            if (down.contains(new Link(at, peer))) {
                ports.linkDown(at, peer);
            }
        });
    }

    private void mendLink(int at, int peer) {
        agenda.after(random.nextInt(CALM_DELAY_MICROS), () -> {
            down.remove(new Link(at, peer));
            ports.linkUp(at, peer);
        });
    }
}
