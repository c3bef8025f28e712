package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.Membership;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.Transition;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Runs one {@link World}: the real protocol, n replicas in one thread, with network, clock and disks made from one
 * seed. First everything goes wrong that the world says; then all faults end, and what was asked for must come to pass.
 */
public final class Simulation {
    /** After faults end, everything must be committed everywhere within this time. */
    public static final long RECOVERY_MILLIS = 60_000;

    private static final long TICK_MICROS = 10_000;
    private static final long EPOCH_NANOS = 1_700_000_000_000_000_000L;

    private record Scheduled(long atMicros, long order, Runnable action) implements Comparable<Scheduled> {
        @Override
        public int compareTo(Scheduled other) {
            int byTime = Long.compare(atMicros, other.atMicros);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private record PendingRead(ReplicaId reader, int incarnation, Height mustSee) {}

    private final World world;
    private final SplittableRandom random;
    private final Genesis genesis;
    private final SimCrypto crypto;
    private final Checker checker;
    private final Trace trace = new Trace();
    private final Counters counters = new Counters();
    private final List<SimReplica> replicas = new ArrayList<>();
    private final PriorityQueue<Scheduled> agenda = new PriorityQueue<>();
    private final Map<Digest, LedgerMachine.State> stateAfterBlock = new HashMap<>();
    private final Map<RequestId, Request> submitted = new LinkedHashMap<>();
    private final Map<Long, PendingRead> reads = new LinkedHashMap<>();
    private final Set<Integer> cutOff = new LinkedHashSet<>();
    private Height acknowledged = Height.GENESIS;
    private long nowMicros;
    private long order;
    private long nextSequence;
    private long nextRead;
    private boolean chaos = true;

    private Simulation(World world) {
        this.world = world;
        this.random = new SplittableRandom(world.seed());
        List<Bytes> keys = new ArrayList<>();
        for (int i = 0; i < world.replicas(); i++) {
            keys.add(Bytes.utf8("replica " + i));
        }
        this.genesis = new Genesis(
                Hashing.sha256(new byte[] {7}),
                new Membership(Epoch.ZERO, keys),
                world.parameters(),
                EPOCH_NANOS,
                1,
                LedgerMachine.GENESIS.roots());
        this.crypto = new SimCrypto(genesis);
        this.checker = new Checker(genesis, crypto);
        this.stateAfterBlock.put(genesis.block().digest(), LedgerMachine.GENESIS);
        int firstByzantine = world.replicas() - world.byzantine().size();
        for (int i = 0; i < world.replicas(); i++) {
            ReplicaId id = new ReplicaId((i + Math.floorMod(world.seed(), world.replicas())) % world.replicas());
            Optional<Rewriter> rewriter = i >= firstByzantine
                    ? Optional.of(new Rewriter(world.byzantine().get(i - firstByzantine), id, this))
                    : Optional.empty();
            replicas.add(new SimReplica(id, this, rewriter));
        }
        replicas.sort((a, b) -> a.id.compareTo(b.id));
    }

    /** What a run showed. {@code violation} is the first broken invariant. */
    public record Outcome(World world, Optional<String> violation, Trace trace, Counters counters) {

        /** Seed, story and the command that shows it again. */
        public String report() {
            return violation.orElse("no violation") + "\n" + world + "\nreplay: mvn -q -pl chaos-tests -am test"
                    + " -Dtest=ReplayTest -Dsurefire.failIfNoSpecifiedTests=false -Dcairn.seed=" + world.seed()
                    + (world.byzantine().isEmpty() ? "" : " -Dcairn.hostile=true") + "\nthe last of the story:\n"
                    + trace.last(60);
        }
    }

    public static Outcome run(World world) {
        Simulation simulation = new Simulation(world);
        try {
            simulation.live();
            return new Outcome(world, Optional.empty(), simulation.trace, simulation.counters);
        } catch (Violation violation) {
            return new Outcome(world, Optional.of(violation.what()), simulation.trace, simulation.counters);
        } catch (IllegalStateException | IllegalArgumentException broken) {
            String what = "an assertion of the core failed: " + broken + " at " + broken.getStackTrace()[0];
            return new Outcome(world, Optional.of(what), simulation.trace, simulation.counters);
        }
    }

    // The course of a world.

    private void live() {
        replicas.forEach(SimReplica::start);
        replicas.forEach(replica -> tickAt(random.nextLong(TICK_MICROS), replica));
        planRequests();
        planCrashes();
        planPartitions();
        runUntil(world.chaosMillis() * 1000L, false);
        endFaults();
        runUntil(nowMicros + RECOVERY_MILLIS * 1000, true);
        if (!isDone()) {
            throw new Violation("Progress", nowMicros + ": " + unfinished());
        }
    }

    private void runUntil(long endMicros, boolean untilDone) {
        while (!agenda.isEmpty() && agenda.peek().atMicros() <= endMicros) {
            Scheduled next = agenda.remove();
            nowMicros = next.atMicros();
            next.action().run();
            if (untilDone && (order & 63) == 0 && isDone()) {
                return;
            }
        }
        nowMicros = Math.max(nowMicros, endMicros);
    }

    private boolean isDone() {
        Height highest = highestCommitted();
        return honest().allMatch(replica ->
                        replica.isUp() && replica.committedHeight().equals(highest))
                && unexecuted() == 0
                && reads.isEmpty();
    }

    private long unexecuted() {
        return submitted.keySet().stream()
                .filter(request -> isOwedTo(request) && honest().anyMatch(replica -> !replica.hasExecuted(request)))
                .count();
    }

    /** A request given to a replica that crashed before it could pass it on, or that lies, may be lost: nobody was told it was not. */
    private boolean isOwedTo(RequestId request) {
        SimReplica gateway = replicas.get(request.client().number());
        return gateway.isHonest() && gateway.incarnation() == request.session();
    }

    private String unfinished() {
        StringBuilder text = new StringBuilder("not everything was committed everywhere " + RECOVERY_MILLIS
                + " ms after all faults ended: " + unexecuted() + " requests and " + reads.size() + " reads open;");
        for (SimReplica replica : replicas) {
            text.append(' ')
                    .append(replica.id)
                    .append(replica.isHonest() ? "" : "!")
                    .append(' ');
            text.append(replica.core().map(core -> core.status().toString()).orElse("down"))
                    .append(';');
        }
        return text.toString();
    }

    private java.util.stream.Stream<SimReplica> honest() {
        return replicas.stream().filter(SimReplica::isHonest);
    }

    private Height highestCommitted() {
        return honest().map(SimReplica::committedHeight).max(Height::compareTo).orElse(Height.GENESIS);
    }

    // Clients.

    private void planRequests() {
        for (int i = 0; i < world.requests(); i++) {
            at(random.nextLong(world.chaosMillis() * 1000L), this::submit);
        }
        for (int i = 0; i < world.requests() / 4; i++) {
            at(random.nextLong(world.chaosMillis() * 1000L), this::read);
        }
    }

    private void submit() {
        SimReplica gateway = anyReplica();
        if (!gateway.isUp()) {
            return;
        }
        RequestId id = new RequestId(new ClientId(gateway.id.index()), gateway.incarnation(), nextSequence++);
        Request unsigned = new Request(id, Bytes.utf8("request " + id.sequence()), new Signature(Bytes.EMPTY));
        Request request = new Request(id, unsigned.operations(), SimCrypto.sign(unsigned));
        submitted.put(id, request);
        checker.onSubmitted(request);
        gateway.step(new Event.Submitted(request));
    }

    private void read() {
        SimReplica reader = anyReplica();
        if (reader.isUp() && reader.isHonest()) {
            long id = nextRead++;
            reads.put(id, new PendingRead(reader.id, reader.incarnation(), acknowledged));
            reader.step(new Event.ReadRequested(id));
        }
    }

    private SimReplica anyReplica() {
        return replicas.get(random.nextInt(replicas.size()));
    }

    // Faults.

    private void planCrashes() {
        for (int i = 0; i < world.crashes(); i++) {
            at(random.nextLong(world.chaosMillis() * 1000L), () -> {
                int victims = random.nextInt(5) == 0 ? replicas.size() : 1 + random.nextInt(2);
                for (int v = 0; v < victims; v++) {
                    crash(anyReplica());
                }
            });
        }
    }

    private void crash(SimReplica victim) {
        if (!victim.isUp()) {
            return;
        }
        trace.add(nowMicros, victim.id, "crashes");
        counters.count("crash");
        victim.crash();
        reads.values().removeIf(read -> read.reader().equals(victim.id));
        for (SimReplica other : replicas) {
            if (other != victim && random.nextInt(4) > 0) {
                after(random.nextInt(2000), () -> other.step(new Event.LinkDown(victim.id)));
            }
        }
        after(1000 + random.nextLong(800_000), () -> restart(victim));
    }

    private void restart(SimReplica victim) {
        if (victim.isUp()) {
            return;
        }
        trace.add(nowMicros, victim.id, "restarts");
        counters.count("restart");
        victim.start();
        for (SimReplica other : replicas) {
            if (other != victim) {
                after(random.nextInt(3000), () -> other.step(new Event.LinkUp(victim.id)));
            }
        }
    }

    private void planPartitions() {
        for (int i = 0; i < world.partitions(); i++) {
            at(random.nextLong(world.chaosMillis() * 1000L), () -> {
                counters.count("partition");
                cutOff.clear();
                for (int r = 0; r < replicas.size(); r++) {
                    if (random.nextBoolean()) {
                        cutOff.add(r);
                    }
                }
                trace.add(nowMicros, new ReplicaId(0), "partition: " + cutOff + " from the rest");
                after(random.nextLong(600_000), cutOff::clear);
            });
        }
    }

    private void endFaults() {
        chaos = false;
        cutOff.clear();
        trace.add(nowMicros, new ReplicaId(0), "all faults end");
        replicas.forEach(this::restart);
    }

    // The network.

    void send(SimReplica from, ReplicaId to, Message message) {
        if (from.isHonest()) {
            checker.onSent(from.id, message);
        }
        boolean cut = cutOff.contains(from.id.index()) != cutOff.contains(to.index());
        if (chaos && (cut || random.nextInt(100) < world.lossPercent())) {
            counters.count("message lost");
            return;
        }
        deliver(from, to, message);
        if (chaos && random.nextInt(100) < world.duplicatePercent()) {
            deliver(from, to, message);
        }
    }

    private void deliver(SimReplica from, ReplicaId to, Message message) {
        SimReplica receiver = replicas.get(to.index());
        int life = receiver.incarnation();
        int bound = chaos ? world.maxDelayMicros() : Math.min(2000, world.maxDelayMicros());
        after(100 + random.nextLong(bound), () -> {
            if (receiver.incarnation() == life) {
                receiver.receive(from.id, message);
                if ((order & 63) == 0) {
                    checker.onBounds(receiver, world);
                }
            }
        });
    }

    // What replicas report.

    void started(SimReplica replica, List<Block> chain) {
        if (replica.isHonest()) {
            checker.onStarted(replica, chain);
        }
    }

    void committed(SimReplica replica, Block block, QuorumCertificate proof, LedgerMachine.State state) {
        trace.add(nowMicros, replica.id, "commits " + block);
        stateAfterBlock.putIfAbsent(block.digest(), state);
        if (!replica.isHonest()) {
            return;
        }
        checker.onCommitted(replica, block, proof, state);
        boolean answersAClient = block.requests().stream()
                .anyMatch(request -> request.id().client().number() == replica.id.index());
        if (answersAClient && block.height().isAbove(acknowledged)) {
            acknowledged = block.height();
        }
    }

    void readReleased(SimReplica replica, long readId) {
        PendingRead read = reads.remove(readId);
        if (read != null) {
            counters.count("read released");
            checker.onRead(replica, read.mustSee());
        }
    }

    void refused(SimReplica replica, Request request) {
        trace.add(nowMicros, replica.id, "refuses " + request.id());
        submitted.remove(request.id());
    }

    void accused(SimReplica accuser, Effect.Accuse accusation) {
        counters.count("accusation");
        if (accuser.isHonest() && replicas.get(accusation.culprit().index()).isHonest()) {
            throw new Violation(
                    "NoFalseAccusation",
                    accuser.id + " accuses the honest " + accusation.culprit() + ": " + accusation.first() + " and "
                            + accusation.second());
        }
    }

    void halted(SimReplica replica, String reason) {
        if (replica.isHonest()) {
            throw new Violation("NoHalt", replica.id + " halts: " + reason);
        }
    }

    void note(SimReplica replica, Transition transition) {
        counters.count(transition.getClass().getSimpleName());
        trace.add(nowMicros, replica.id, transition);
    }

    // Services for replicas.

    /** The state after a chain of committed blocks: looked up where it was computed before. */
    LedgerMachine.State stateAfter(List<Block> chain) {
        LedgerMachine.State state = LedgerMachine.GENESIS;
        for (Block block : chain) {
            LedgerMachine.State known = stateAfterBlock.get(block.digest());
            state = known != null
                    ? known
                    : LedgerMachine.execute(
                            state, new Proposal(block.height(), block.header().timeNanos(), block.requests()));
            stateAfterBlock.put(block.digest(), state);
        }
        return state;
    }

    List<ReplicaId> peersOf(ReplicaId self) {
        return genesis.membership().quorums().members().stream()
                .filter(peer -> !peer.equals(self))
                .toList();
    }

    private void tickAt(long delayMicros, SimReplica replica) {
        after(delayMicros, () -> {
            replica.step(new Event.Ticked(EPOCH_NANOS + nowMicros * 1000));
            tickAt(TICK_MICROS, replica);
        });
    }

    void after(long delayMicros, Runnable action) {
        at(nowMicros + delayMicros, action);
    }

    private void at(long micros, Runnable action) {
        agenda.add(new Scheduled(micros, order++, action));
    }

    long syncMicros() {
        return 50 + random.nextLong(chaos ? 3000 : 500);
    }

    long nowMicros() {
        return nowMicros;
    }

    SplittableRandom random() {
        return random;
    }

    World world() {
        return world;
    }

    Genesis genesis() {
        return genesis;
    }

    SimCrypto crypto() {
        return crypto;
    }

    Counters counters() {
        return counters;
    }
}
