package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.Occupancy;
import dev.cairn.protocol.Recovery;
import dev.cairn.protocol.Replica;
import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.protocol.Transition;
import dev.cairn.protocol.Verified;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The shell of a simulated replica: the real core, a simulated disk, and the effect rule kept to the letter. Its life
 * is counted up at each start and each crash; what was under way in one life never reaches another.
 */
final class SimReplica implements SimStates.Owner, SimGate.Owner {
    private static final int CALM_SYNC_MICROS = 500;
    private static final int EXECUTION_MICROS = 50;

    /** The world as its replicas see it. */
    interface Surroundings {
        void send(SimReplica from, ReplicaId to, Envelope envelope);

        void durable(SimReplica replica, LogRecord entry);

        void started(SimReplica replica, Block head, List<Block> chain, LedgerMachine.State state);

        void committed(SimReplica replica, Block block, QuorumCertificate proof, LedgerMachine.State state);

        void readReleased(SimReplica replica, Effect.ReadReady released);

        void refused(SimReplica replica, Request request);

        void rejected(SimReplica replica, Effect.Reject rejection);

        void accused(SimReplica replica, Effect.Accuse accusation);

        void noted(SimReplica replica, Transition transition);

        void halted(SimReplica replica, String reason);

        /** The replica could not make something durable, and must stop. */
        void diskFailed(SimReplica replica);

        /** A new core took the retired one's place in the same process. */
        void restarted(SimReplica replica);

        /** The state after committed blocks, executed one after the other on {@code base}. */
        LedgerMachine.State stateAfter(LedgerMachine.State base, List<Block> blocks);

        boolean isCalm();
    }

    final ReplicaId id;
    private final Setting setting;
    private final Agenda agenda;
    private final SplittableRandom random;
    private final Surroundings surroundings;
    private final Conspiracy conspiracy;
    private final Optional<Malice> malice;
    final SimDisk disk;
    private final List<ReplicaId> peers;
    private final SimGate gate;
    private final SimStates states;
    private LogFold log;
    private @Nullable Replica core;
    private LedgerMachine.State committed = LedgerMachine.GENESIS;
    private Height committedHeight = Height.GENESIS;
    private boolean rolledBack;
    private int life;
    private int session;
    private long executionsDoneAt;
    private long transfersDoneAt;

    SimReplica(
            ReplicaId id,
            Setting setting,
            Agenda agenda,
            SplittableRandom random,
            Surroundings surroundings,
            Optional<World.Traits> traits,
            Conspiracy conspiracy,
            Counters counters) {
        this.id = id;
        this.setting = setting;
        this.agenda = agenda;
        this.random = random;
        this.surroundings = surroundings;
        this.peers = setting.peersOf(id);
        this.disk = new SimDisk(entry -> surroundings.durable(this, entry));
        this.log = new LogFold(setting.genesis(), setting.retainedBlocks());
        this.gate = new SimGate(disk, agenda, random, this);
        this.states = new SimStates(this, setting.chunkBytes());
        this.conspiracy = conspiracy;
        SimInsider inside = inside();
        traits.ifPresent(_ -> conspiracy.join(inside));
        this.malice = traits.map(t -> new Malice(t.strategies(), inside, counters));
    }

    /** A second replica under a Byzantine one's key, with a disk of its own; {@code limits} is what it may say to whom. */
    private SimReplica(SimReplica original, EffectRewriter limits) {
        this.id = original.id;
        this.setting = original.setting;
        this.agenda = original.agenda;
        this.random = original.random;
        this.surroundings = original.surroundings;
        this.peers = original.peers;
        this.conspiracy = original.conspiracy;
        this.disk = new SimDisk(_ -> {});
        this.log = new LogFold(setting.genesis(), setting.retainedBlocks());
        this.gate = new SimGate(disk, agenda, random, this);
        this.states = new SimStates(this, setting.chunkBytes());
        this.malice = Optional.of(new Malice(Strategy.TWINS, limits, inside()));
    }

    @Override
    public ReplicaId id() {
        return id;
    }

    boolean isUp() {
        return core != null;
    }

    boolean isHonest() {
        return malice.isEmpty() && !rolledBack;
    }

    /** Whether it is to be counted on when all faults are over: it does not lie, and its log can be read. */
    boolean isSound() {
        return isHonest() && !disk.isRotten();
    }

    int life() {
        return life;
    }

    /** Counts the starts of its process, by which what clients asked of it is lost. */
    int session() {
        return session;
    }

    boolean waitsForTime() {
        return committed.waitsForTime();
    }

    Height committedHeight() {
        return committedHeight;
    }

    boolean hasExecuted(RequestId request) {
        return committed.executed().contains(request);
    }

    /** The committed blocks of its log, durable or not. */
    List<Block> chain() {
        return log.chain();
    }

    Optional<Occupancy> occupancy() {
        return Optional.ofNullable(core).map(Replica::occupancy);
    }

    Optional<ReplicaStatus> status() {
        return Optional.ofNullable(core).map(Replica::status);
    }

    // Lives.

    /** False if the log is damaged: the replica stays down. */
    boolean start() {
        Optional<List<LogRecord>> records = disk.read();
        session++;
        records.ifPresent(this::start);
        return records.isPresent();
    }

    private void start(List<LogRecord> records) {
        life++;
        log = LogFold.of(setting.genesis(), setting.retainedBlocks(), records);
        Recovery recovery = log.recovery();
        gate.begin();
        Optional<LedgerMachine.State> last = lastState();
        if (last.isEmpty()) {
            surroundings.halted(this, "its log goes on from a state that is not there");
            return;
        }
        committed = last.get();
        committedHeight = recovery.head().height();
        states.begin(committed);
        surroundings.started(this, recovery.head(), log.chain(), committed);
        Replica fresh = new Replica(
                id, setting.genesis(), setting.timeouts(), statement -> SimCrypto.sign(id, statement), recovery);
        core = fresh;
        perform(fresh.start());
    }

    /** Blocks are executed on the genesis state, or on the state of the last snapshot, if that was really made durable. */
    private Optional<LedgerMachine.State> lastState() {
        if (log.snapshot().isEmpty()) {
            return Optional.of(surroundings.stateAfter(LedgerMachine.GENESIS, log.chain()));
        }
        List<Block> aboveAnchor = log.chain().subList(1, log.chain().size());
        return states.taken(log.chain().getFirst().digest()).map(base -> surroundings.stateAfter(base, aboveAnchor));
    }

    /** A new core goes on from the log; the process and its clients stay. */
    private void restart() {
        Replica.Unanswered unanswered = Objects.requireNonNull(core).unanswered();
        stop();
        disk.read().ifPresent(this::start);
        surroundings.restarted(this);
        unanswered.requests().forEach(request -> step(new Event.Submitted(request)));
        unanswered.reads().forEach(this::step);
    }

    /** Whatever it holds in memory goes wrong; false if it holds nothing. */
    boolean corruptState() {
        states.corrupt();
        committed = committed.corrupted();
        return isUp();
    }

    /** Stops at once; what then becomes of the disk is for the caller to say. */
    void stop() {
        core = null;
        life++;
        gate.clear();
    }

    /** An old copy takes the log's place, and what was signed since is forgotten; false if there is no such copy. */
    boolean rollBack() {
        boolean done = disk.rollBack(random);
        rolledBack |= done;
        return done;
    }

    void stallDiskUntil(long micros) {
        gate.stallUntil(micros);
    }

    @Override
    public void inThisLife(long atMicros, Runnable work) {
        int begunIn = life;
        agenda.at(atMicros, () -> {
            if (begunIn == life) {
                work.run();
            }
        });
    }

    // Events and effects.

    @Override
    public void step(Event event) {
        Replica running = core;
        if (running == null) {
            return;
        }
        if (malice.isPresent()) {
            malice.get().provokedBy(event).forEach(this::performOne);
            if (malice.get().hides(event)) {
                return;
            }
        }
        perform(rolledBack ? stepOrHalt(running, event) : running.step(event));
    }

    /** One that has forgotten what it signed may well find itself in contradiction; the process ends then. */
    private List<Effect> stepOrHalt(Replica running, Event event) {
        try {
            return running.step(event);
        } catch (IllegalStateException contradiction) {
            return List.of(new Effect.Halt(String.valueOf(contradiction.getMessage())));
        }
    }

    /** A message off the network: checked as in production, then stepped. */
    void receive(ReplicaId from, Envelope envelope) {
        if (core == null || !core.mayMatter(envelope.message)) {
            return;
        }
        Optional<Verified<Message>> verified = envelope.open(setting.crypto());
        if (verified.isPresent()) {
            step(new Event.Received(from, verified.get()));
        }
    }

    private void perform(List<Effect> effects) {
        int begunIn = life;
        for (Effect effect : effects) {
            List<Effect> rewritten = malice.isPresent() ? malice.get().rewrite(effect) : List.of(effect);
            for (Effect each : rewritten) {
                if (begunIn == life) { // else the disk has just failed
                    performOne(each);
                }
            }
        }
    }

    private void performOne(Effect effect) {
        switch (effect) {
            case Effect.Persist e -> persist(e.record());
            case Effect.Inward e -> performInward(e);
            case Effect.Outward e -> gate.add(e);
        }
    }

    @Override
    public void diskFailed() {
        surroundings.diskFailed(this);
    }

    /** How long a sync may take. */
    @Override
    public int maxSyncMicros() {
        return surroundings.isCalm() ? CALM_SYNC_MICROS : setting.maxSyncMicros();
    }

    private void persist(LogRecord entry) {
        if (!disk.append(entry)) {
            surroundings.diskFailed(this);
            return;
        }
        log.add(entry);
        gate.onAppended();
    }

    @Override
    public void performOutward(Effect.Outward effect) {
        switch (effect) {
            case Effect.Send e -> surroundings.send(this, e.to(), new Envelope(e.message()));
            case Effect.Broadcast e -> {
                Envelope envelope = new Envelope(e.message());
                peers.forEach(peer -> surroundings.send(this, peer, envelope));
            }
            case Effect.Commit e -> commit(e);
            case Effect.ReadReady e -> surroundings.readReleased(this, e);
            case Effect.ServeBlocks e -> serveBlocks(e);
            case Effect.ServeBody e -> log.body(e.block()).ifPresent(block -> serve(e.to(), new Message.Body(block)));
            case Effect.Discard e -> states.discard(e.execution());
            case Effect.Pin e -> states.pin(e.execution());
            case Effect.Unpin e -> states.unpin(e.execution());
            case Effect.ServeSnapshot e -> states.offer(e, log);
            case Effect.ServeChunk e -> states.give(e);
            case Effect.Restart _ -> restart();
        }
    }

    private void serveBlocks(Effect.ServeBlocks e) {
        if (log.isGone(e.from())) {
            beside(() -> step(new Event.BlocksNotHeld(e.to(), e.from())));
        } else {
            log.answerFrom(e.from()).ifPresent(blocks -> serve(e.to(), blocks));
        }
    }

    @Override
    public void beside(Runnable work) {
        long takes = 1 + random.nextLong(setting.maxTransferMicros());
        transfersDoneAt = Math.max(transfersDoneAt, agenda.nowMicros()) + takes;
        inThisLife(transfersDoneAt, work);
    }

    /** What is read from the log passes the strategies of a Byzantine replica like everything else that it says. */
    @Override
    public void serve(ReplicaId to, Message answer) {
        if (malice.isPresent()) {
            malice.get().rewrite(new Effect.Send(to, answer)).forEach(this::performOne);
        } else {
            surroundings.send(this, to, new Envelope(answer));
        }
    }

    private void performInward(Effect.Inward effect) {
        switch (effect) {
            case Effect.Execute e -> execute(e);
            case Effect.Refuse e -> surroundings.refused(this, e.request());
            case Effect.Reject e -> surroundings.rejected(this, e);
            case Effect.Accuse e -> surroundings.accused(this, e);
            case Effect.Note e -> surroundings.noted(this, e.transition());
            case Effect.BeginSnapshot e -> states.take(e);
            case Effect.StoreChunk e -> states.take(e);
            case Effect.CompleteSnapshot e -> states.take(e);
            case Effect.AbandonSnapshot e -> states.abandon(e);
            case Effect.Halt e -> {
                surroundings.halted(this, e.reason());
                core = null;
            }
        }
    }

    /** Takes a random while, often none, but executions end in the order in which they began. */
    private void execute(Effect.Execute e) {
        LedgerMachine.State result = LedgerMachine.execute(states.of(e.parent()), e.proposal());
        states.put(e.execution(), result);
        long takes = random.nextBoolean() ? 0 : random.nextInt(EXECUTION_MICROS);
        executionsDoneAt = Math.max(executionsDoneAt, agenda.nowMicros() + takes);
        inThisLife(executionsDoneAt, () -> step(new Event.Executed(e.execution(), result.roots())));
    }

    private void commit(Effect.Commit e) {
        committed = states.of(e.execution());
        committedHeight = e.block().height();
        surroundings.committed(this, e.block(), e.proof(), committed);
    }

    /** The insider of this replica's malice. */
    private SimInsider inside() {
        return new SimInsider(id, peers, setting.genesis(), random, conspiracy, new SimInsider.Replicas() {
            @Override
            public Consumer<Event> copy(EffectRewriter limits) {
                SimReplica copy = new SimReplica(SimReplica.this, limits);
                copy.start();
                return copy::step;
            }

            @Override
            public void later(long micros, Effect effect) {
                inThisLife(agenda.nowMicros() + micros, () -> performOne(effect));
            }
        });
    }
}
