package dev.cairn.chaos.real;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Draws faults from a seed and does one after the other. At most one honest replica at a time is harmed by itself, the
 * liar lies all the time; so now and then less than a quorum is left, and nothing can be written until the fault ends.
 */
final class Nemesis {
    private static final long SHORTEST_MILLIS = 500;
    private static final long LONGEST_MILLIS = 3_000;
    /** What a process may need before it writes anything. */
    private static final long START_MILLIS = 4_000;

    private static final long LONGEST_DELAY_MILLIS = 150;
    private static final long LONGEST_JUMP_MILLIS = Duration.ofHours(1).toMillis();
    private static final int MOST_ROOM_KILOBYTES = 128;

    private final SplittableRandom random;
    private final ChaosCluster cluster;
    private final List<Fault.Kind> deck = new ArrayList<>();
    private final Map<Fault.Kind, Integer> done = new EnumMap<>(Fault.Kind.class);

    Nemesis(long seed, ChaosCluster cluster) {
        this.random = new SplittableRandom(seed);
        this.cluster = cluster;
    }

    /** How often each kind of fault was done. */
    Map<Fault.Kind, Integer> done() {
        return done;
    }

    /** One fault from its beginning to its end. */
    void goOn() throws IOException, InterruptedException {
        Fault.Kind kind = nextKind();
        Fault fault = draw(kind);
        done.merge(kind, 1, Integer::sum);
        long millis =
                random.nextLong(SHORTEST_MILLIS, LONGEST_MILLIS) + (fault instanceof Fault.FullDisk ? START_MILLIS : 0);
        System.out.println("nemesis: " + fault + " for " + millis + " ms");
        begin(fault);
        Thread.sleep(millis);
        end(fault);
        cluster.requireHonestRun();
    }

    /** In a random order, but each before any comes again. */
    private Fault.Kind nextKind() {
        if (deck.isEmpty()) {
            deck.addAll(List.of(Fault.Kind.values()));
            if (cluster.smallDisk().isEmpty()) {
                deck.remove(Fault.Kind.FULL_DISK);
            }
        }
        return deck.remove(random.nextInt(deck.size()));
    }

    private Fault draw(Fault.Kind kind) {
        int victim = cluster.honest().get(random.nextInt(cluster.honest().size()));
        return switch (kind) {
            case KILL -> new Fault.Kill(victim);
            case KILL_ALL -> new Fault.KillAll();
            case PAUSE -> new Fault.Pause(victim);
            case CLOCK -> new Fault.ClockJump(victim, random.nextLong(-LONGEST_JUMP_MILLIS, LONGEST_JUMP_MILLIS));
            case FULL_DISK -> new Fault.FullDisk(cluster.replicaWithSmallDisk(), random.nextInt(MOST_ROOM_KILOBYTES));
            case PARTITION -> new Fault.Partition(island(victim));
            case DELAY -> new Fault.Delay(random.nextLong(1, LONGEST_DELAY_MILLIS));
        };
    }

    private Set<Integer> island(int victim) {
        int companion = random.nextInt(RealCluster.REPLICAS);
        return Set.copyOf(random.nextBoolean() ? List.of(victim) : List.of(victim, companion));
    }

    private void begin(Fault fault) throws IOException, InterruptedException {
        switch (fault) {
            case Fault.Kill(int replica) -> cluster.replicas().kill(replica);
            case Fault.KillAll _ -> cluster.killAll();
            case Fault.Pause(int replica) -> cluster.replicas().signal(replica, "STOP");
            case Fault.ClockJump(int replica, long millis) -> cluster.setClock(replica, millis);
            case Fault.FullDisk(int replica, int room) -> fillDisk(replica, room);
            case Fault.Partition(Set<Integer> island) ->
                cluster.network().cut(PeerNetwork.around(island, RealCluster.REPLICAS));
            case Fault.Delay(long millis) -> cluster.network().delay(millis);
        }
    }

    private void end(Fault fault) throws IOException, InterruptedException {
        switch (fault) {
            case Fault.Kill(int replica) -> cluster.start(replica);
            case Fault.KillAll _ -> cluster.startAll();
            case Fault.Pause(int replica) -> cluster.replicas().signal(replica, "CONT");
            case Fault.ClockJump(int replica, long _) -> cluster.setClock(replica, 0);
            case Fault.FullDisk(int replica, int _) -> emptyDisk(replica);
            case Fault.Partition _ -> cluster.network().cut(Set.of());
            case Fault.Delay _ -> cluster.network().delay(0);
        }
    }

    private void fillDisk(int replica, int roomKilobytes) throws IOException {
        cluster.replicas().kill(replica);
        cluster.smallDisk().orElseThrow().fillUpTo(roomKilobytes);
        cluster.start(replica);
    }

    /** While nobody can write, it may not have needed the room. */
    private void emptyDisk(int replica) throws IOException {
        if (cluster.replicas().isRunning(replica)) {
            System.out.println("nemesis: the room on the disk of replica " + replica + " sufficed");
            cluster.replicas().kill(replica);
        } else {
            System.out.println("nemesis: for want of room " + cluster.replicas().lastLine(replica));
        }
        cluster.smallDisk().orElseThrow().empty();
        cluster.start(replica);
    }
}
