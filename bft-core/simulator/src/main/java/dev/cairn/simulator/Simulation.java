package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.Timeouts;
import dev.cairn.protocol.Transition;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Runs one {@link World}: the real protocol, n replicas in one thread, with network, clock and disks made from one
 * seed. First everything goes wrong that the world says; then all faults end, and what was asked for must come to pass.
 */
public final class Simulation implements SimReplica.Surroundings, SimNetwork.Ports {
    private static final long TICK_MICROS = Timeouts.TICK_MILLIS * 1000L;
    private static final int EVENTS_BETWEEN_LOOKS = 64;

    private final World world;
    private final SplittableRandom random;
    private final Setting setting;
    private final Counters counters = new Counters();
    private final Trace trace;
    private final Agenda agenda = new Agenda();
    private final Checker checker;
    private final SimNetwork network;
    private final Clients clients;
    private final Workload workload;
    private final Mishaps mishaps;
    private final List<SimReplica> replicas = new ArrayList<>();
    private final long[] skewNanos;
    private final Map<Digest, LedgerMachine.State> stateAfterBlock = new HashMap<>();
    private boolean calm;
    private long calmMicros;
    private Height highestCommitted = Height.GENESIS;

    /** When the cluster, and not one that was behind, committed a block. */
    private long lastGrowthMicros;

    private Simulation(World world, Judges judges, Clients clients, boolean keepsMessages) {
        this.world = world;
        this.trace = new Trace(keepsMessages);
        this.random = new SplittableRandom(world.seed());
        this.setting = Setting.of(world);
        this.checker = new Checker(setting, world, judges, new Coverage(counters));
        this.network = new SimNetwork(world, agenda, random, counters, this);
        this.skewNanos = new long[world.replicas()];
        Conspiracy conspiracy = new Conspiracy();
        for (int i = 0; i < world.replicas(); i++) {
            replicas.add(new SimReplica(
                    new ReplicaId(i), setting, agenda, random, this, world.traitsOf(i), conspiracy, counters));
            skewNanos[i] = random.nextLong(world.maxSkewMillis() * 1_000_000L + 1);
        }
        this.clients = clients;
        this.workload = new Workload(replicas, clients, agenda, random, checker, counters);
        this.mishaps = new Mishaps(world, agenda, random, replicas, network, workload, trace, counters);
        stateAfterBlock.put(setting.genesis().block().digest(), LedgerMachine.GENESIS);
    }

    /** Never throws: whatever goes wrong in the world is in the outcome. */
    public static Outcome run(World world) {
        return run(world, Judges.ALL);
    }

    /** The same run; only what {@code judges} find is a violation. */
    public static Outcome run(World world, Judges judges) {
        return run(world, judges, Clients.PLAIN);
    }

    /** The same run with other clients. */
    public static Outcome run(World world, Judges judges, Clients clients) {
        return run(new Simulation(world, judges, clients, false));
    }

    /** The same run, and its messages are kept for {@link StoryPage}. */
    public static Outcome show(World world) {
        return run(new Simulation(world, Judges.ALL, Clients.PLAIN, true));
    }

    private static Outcome run(Simulation simulation) {
        Optional<String> violation = Optional.empty();
        try {
            simulation.live();
        } catch (Violation broken) {
            violation = Optional.of(broken.what());
        } catch (RuntimeException broken) {
            violation = Optional.of("NoException: " + broken + " at " + broken.getStackTrace()[0]);
        }
        return new Outcome(simulation.world, violation, simulation.trace, simulation.counters);
    }

    // The course of a world.

    private void live() {
        for (SimReplica replica : replicas) {
            replica.start();
            network.started(replica.id.index());
            tickAfter(random.nextLong(TICK_MICROS), replica);
        }
        long chaosMicros = world.chaosMillis() * 1000L;
        workload.plan(world.requests(), chaosMicros);
        mishaps.plan();
        boolean going = true;
        while (going) {
            going = agenda.runNext(chaosMicros);
        }
        calm = true;
        calmMicros = agenda.nowMicros();
        mishaps.end();
        long ticks = ServiceInvariants.Progress.ticksToRecover(setting.timeouts(), world.faulty());
        long deadline = agenda.nowMicros() + ticks * TICK_MICROS;
        String open = open();
        for (int i = 0; !open.isEmpty() && agenda.runNext(deadline); i++) {
            open = i % EVENTS_BETWEEN_LOOKS == 0 ? open() : open;
        }
        List<List<Block>> chains = sound().stream().map(SimReplica::chain).toList();
        Observer.Ending ending = new Observer.Ending(chains, open());
        checker.tell(observer -> observer.onEnd(ending));
    }

    private void tickAfter(long delayMicros, SimReplica replica) {
        agenda.after(delayMicros, () -> {
            long skew = calm ? 0 : skewNanos[replica.id.index()];
            long wallNanos = Setting.START_NANOS + agenda.nowMicros() * 1000 + skew;
            replica.step(new Event.Ticked(wallNanos, replica.waitsForTime()));
            tickAfter(TICK_MICROS, replica);
        });
    }

    /** In words, what is not as it should be at the end of all; empty when nothing is. */
    private String open() {
        List<SimReplica> sound = sound();
        Height highest = sound.stream()
                .map(SimReplica::committedHeight)
                .max(Height::compareTo)
                .orElse(Height.GENESIS);
        boolean level = workload.acknowledged().isAtMost(highest)
                && sound.stream()
                        .allMatch(replica ->
                                replica.isUp() && replica.committedHeight().equals(highest));
        long missing = level ? workload.missingAt(sound.getFirst()) : -1;
        boolean timeGoesOn = !level || hasTimeGoneOn(sound);
        if (level && missing == 0 && workload.openReads() == 0 && timeGoesOn) {
            return "";
        }
        StringBuilder text = new StringBuilder(
                level ? missing + " requests" : "replicas at different heights, or below what was answered,");
        text.append(" and ").append(workload.openReads()).append(" reads are open;");
        text.append(timeGoesOn ? "" : " a state waits for time;");
        for (SimReplica replica : replicas) {
            String status = replica.status().map(Object::toString).orElse("down");
            text.append(' ')
                    .append(replica.id)
                    .append(replica.isSound() ? " " : "! ")
                    .append(status)
                    .append(';');
        }
        return text.toString();
    }

    /**
     * A state that waits for time gets a block also when all is calm and no request waits. Up to f replicas may hold a state
     * that went wrong, and wait for what the others know nothing of.
     */
    private boolean hasTimeGoneOn(List<SimReplica> sound) {
        long dueMicros = calmMicros + (long) setting.timeouts().timeTicks() * TICK_MICROS;
        long waiting = sound.stream().filter(SimReplica::waitsForTime).count();
        return waiting <= world.faulty() || lastGrowthMicros >= dueMicros;
    }

    private List<SimReplica> sound() {
        return replicas.stream().filter(SimReplica::isSound).toList();
    }

    // What the network does.

    @Override
    public void deliver(int from, int to, Envelope envelope) {
        SimReplica receiver = replicas.get(to);
        receiver.receive(new ReplicaId(from), envelope);
        if (receiver.isHonest() && random.nextInt(EVENTS_BETWEEN_LOOKS) == 0) {
            receiver.occupancy().ifPresent(held -> checker.tell(observer -> observer.onOccupied(receiver.id, held)));
        }
    }

    @Override
    public void linkUp(int at, int peer) {
        replicas.get(at).step(new Event.LinkUp(new ReplicaId(peer)));
    }

    @Override
    public void linkDown(int at, int peer) {
        counters.count("link down");
        replicas.get(at).step(new Event.LinkDown(new ReplicaId(peer)));
    }

    @Override
    public int life(int replica) {
        return replicas.get(replica).life();
    }

    // What replicas do.

    @Override
    public void send(SimReplica from, ReplicaId to, Envelope envelope) {
        trace.mark(agenda.nowMicros(), from.id, to, envelope.message);
        switch (envelope.message) {
            case Message.PrePrepare m -> seen(m.block().header());
            case Message.Body m -> seen(m.block().header());
            case Message.Blocks m -> {
                m.blocks().forEach(block -> seen(block.header()));
                m.link().forEach(this::seen);
            }
            case Message.SnapshotOffer m -> {
                seen(m.anchor().header());
                m.link().forEach(this::seen);
            }
            default -> {}
        }
        if (from.isHonest()) {
            checker.tell(observer -> observer.onSent(from.id, envelope.message));
        }
        network.send(from.id.index(), to.index(), envelope);
    }

    private void seen(Header header) {
        checker.tell(observer -> observer.onSeen(header));
    }

    @Override
    public void durable(SimReplica replica, LogRecord entry) {
        if (replica.isHonest()) {
            checker.tell(observer -> observer.onDurable(replica.id, entry));
        }
    }

    @Override
    public void started(SimReplica replica, Block head, List<Block> chain, LedgerMachine.State state) {
        trace.add(agenda.nowMicros(), replica.id, "starts at " + head);
        if (replica.isHonest()) {
            checker.tell(observer -> observer.onStarted(replica.id, replica.life(), head, chain));
            checker.tell(observer -> observer.onState(replica.id, head, state.roots()));
            clients.started(replica.id, head, chain);
        }
    }

    @Override
    public void restarted(SimReplica replica) {
        counters.count("snapshot restart");
        network.started(replica.id.index());
    }

    @Override
    public void committed(SimReplica replica, Block block, QuorumCertificate proof, LedgerMachine.State state) {
        if (state.ledger().root().equals(block.header().roots().stateRoot())) { // else memory is corrupt
            stateAfterBlock.putIfAbsent(block.digest(), state);
        }
        if (replica.isHonest()) {
            if (block.height().isAbove(highestCommitted)) {
                highestCommitted = block.height();
                lastGrowthMicros = agenda.nowMicros();
            }
            if (replica.waitsForTime() && block.requests().isEmpty()) {
                counters.count("block for a state that waits for time");
            }
            Observer.Decided decided = new Observer.Decided(
                    replica.id,
                    replica.life(),
                    block,
                    proof,
                    state.roots(),
                    state.executed().size(),
                    Setting.START_NANOS + agenda.nowMicros() * 1000 + world.maxSkewMillis() * 1_000_000L);
            checker.tell(observer -> observer.onDecided(decided));
            workload.onCommitted(replica, block);
        }
    }

    @Override
    public void readReleased(SimReplica replica, Effect.ReadReady released) {
        workload.onReleased(replica, released);
    }

    @Override
    public void refused(SimReplica replica, Request request) {
        trace.add(agenda.nowMicros(), replica.id, "refuses " + request.id());
        workload.onRefused(request);
    }

    @Override
    public void rejected(SimReplica replica, Effect.Reject rejection) {
        counters.count("rejected " + rejection.reason());
    }

    @Override
    public void accused(SimReplica replica, Effect.Accuse accusation) {
        counters.count("accusation");
        trace.add(agenda.nowMicros(), replica.id, accusation);
        if (replica.isHonest()) {
            boolean isFalse =
                    replicas.get(accusation.evidence().culprit().index()).isHonest();
            checker.tell(observer -> observer.onAccused(replica.id, accusation.evidence(), isFalse));
        }
    }

    @Override
    public void noted(SimReplica replica, Transition transition) {
        trace.add(agenda.nowMicros(), replica.id, transition);
        if (replica.isHonest()) {
            checker.tell(observer -> observer.onTransition(replica.id, transition));
        }
    }

    @Override
    public void halted(SimReplica replica, String reason) {
        trace.add(agenda.nowMicros(), replica.id, "halts: " + reason);
        if (replica.isHonest()) {
            checker.tell(observer -> observer.onHalted(replica.id, reason));
        }
    }

    @Override
    public void diskFailed(SimReplica replica) {
        mishaps.diskFailed(replica);
    }

    /** Looked up where it was computed before. */
    @Override
    public LedgerMachine.State stateAfter(LedgerMachine.State base, List<Block> blocks) {
        LedgerMachine.State state = base;
        for (Block block : blocks) {
            LedgerMachine.State before = state;
            state = stateAfterBlock.computeIfAbsent(
                    block.digest(),
                    _ -> LedgerMachine.execute(
                            before, new Proposal(block.height(), block.header().timeNanos(), block.requests())));
        }
        return state;
    }

    @Override
    public boolean isCalm() {
        return calm;
    }
}
