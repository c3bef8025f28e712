package dev.cairn.runtime;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.ExecutionId;
import dev.cairn.protocol.Replica;
import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.protocol.StateMachine;
import dev.cairn.protocol.Timeouts;
import dev.cairn.protocol.Transition;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns the core. A turn takes a fair part of what has come, steps the core through it, and performs
 * the effects: records go to storage once a turn, messages to the links once a turn, execution happens here at once.
 */
final class EventLoop<S> {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
    private static final long TICK_NANOS = Timeouts.TICK_MILLIS * 1_000_000L;

    private static final int FILTER_BEAT_TICKS = 5;

    /** Where messages go. */
    interface Network {
        void send(ReplicaId to, Message message);

        void broadcast(Message message);

        void flush();
    }

    /** Everything the loop drives. */
    record Parts<S>(
            Replica replica,
            StateMachine<S> machine,
            CommitListener<S> listener,
            EffectGate.Storage storage,
            StateSink<S> states,
            Network network,
            BlockSource blocks,
            SnapshotSource<S> snapshots,
            SnapshotSink incoming,
            InboundFilter filter,
            NodeMetrics metrics,
            Surroundings surroundings) {}

    /** Where committed states go to be written. */
    interface StateSink<S> {
        void persist(Block block, S state);
    }

    /** Who answers peers that fetch blocks that only the log still holds. */
    interface BlockSource {
        void serve(ReplicaId to, Height from);

        void serveBody(ReplicaId to, Digest block);
    }

    /** Who answers peers that fetch a state. {@code state} is the one that the question is about. */
    interface SnapshotSource<S> {
        void serve(Effect.ServeSnapshot asked, S state);

        void serveChunk(Effect.ServeChunk asked, S state);
    }

    /** Where a state that is being fetched is collected; what comes of it comes back as events. */
    interface SnapshotSink {
        void begin(Header anchor);

        void store(Effect.StoreChunk chunk);

        void complete(Digest anchor);

        void abandon();
    }

    private final Parts<S> parts;
    private final Mailbox<Input> mailbox;
    private final AtomicInteger clientInputs;
    private final Consumer<Ending> onEnd;
    private final EffectGate gate;
    private final Map<ExecutionId, S> states = new HashMap<>();
    private final ArrayDeque<Event> answers = new ArrayDeque<>();
    private final Thread thread;
    private final CompletableFuture<Boolean> up = new CompletableFuture<>();
    private volatile boolean closing;
    private boolean ended;
    private volatile ReplicaStatus status;
    private final Backlog backlog = new Backlog();
    private ArrayDeque<Input> spare = new ArrayDeque<>();
    private long nextTickNanos;
    private int beat;

    /**
     * {@code clientInputs} counts what clients have put into {@code mailbox}; the loop counts down. {@code onEnd} is called
     * once, on the loop's thread, when it ends by itself.
     */
    EventLoop(String name, Parts<S> parts, Mailbox<Input> mailbox, AtomicInteger clientInputs, Consumer<Ending> onEnd) {
        this.parts = parts;
        this.mailbox = mailbox;
        this.clientInputs = clientInputs;
        this.onEnd = onEnd;
        this.gate = new EffectGate(parts.storage(), this::performOutward);
        this.status = parts.replica().status();
        this.states.put(ExecutionId.HEAD_AT_START, parts.machine().committed());
        this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
    }

    /** Returns when the core has come up, so that {@link #status} is its own. */
    void start() {
        thread.start();
        var _ = up.join();
    }

    ReplicaStatus status() {
        return status;
    }

    /** Ends the loop after its turn; effects that still wait for the disk are dropped, as in a crash. */
    void close() {
        closing = true;
        mailbox.put(new Input.Wake());
        Threads.join(thread);
    }

    private void run() {
        try {
            nextTickNanos = System.nanoTime();
            perform(parts.replica().start());
            performAnswers();
            endTurn();
            up.complete(true);
            while (!closing) {
                turn();
            }
        } catch (Throwable t) {
            end(new Ending.Failed(t));
        } finally {
            up.complete(false);
        }
    }

    /** The first reason counts. */
    private void end(Ending ending) {
        if (!ended) {
            ended = true;
            closing = true;
            onEnd.accept(ending);
        }
    }

    private void turn() throws InterruptedException {
        ArrayDeque<Input> fetched = mailbox.takeAll(spare, backlog.isEmpty() ? nextTickNanos - System.nanoTime() : 0);
        long start = System.nanoTime();
        backlog.addAll(fetched);
        spare = fetched;
        backlog.takeTurn(this::take);
        if (System.nanoTime() - nextTickNanos >= 0) {
            tick();
        }
        endTurn();
        parts.metrics().turned(System.nanoTime() - start);
    }

    private void endTurn() {
        gate.flush();
        parts.network().flush();
        status = parts.replica().status();
    }

    private void take(Input input) {
        switch (input) {
            case Input.FromPeer i -> {
                i.budget().giveBack(i.bytes());
                step(new Event.Received(i.from(), i.message()));
            }
            case Input.FromClient i -> {
                clientInputs.decrementAndGet();
                step(new Event.Submitted(i.request()));
            }
            case Input.ReadWanted i -> {
                clientInputs.decrementAndGet();
                step(i.read());
            }
            case Input.HandOverWanted i -> {
                clientInputs.decrementAndGet();
                step(new Event.HandOverWanted(i.heir()));
            }
            case Input.LinkChanged i -> step(i.up() ? new Event.LinkUp(i.peer()) : new Event.LinkDown(i.peer()));
            case Input.Durable i -> gate.durable(i.ticket());
            case Input.Answered i -> step(i.event());
            case Input.Task i -> i.task().run();
            case Input.Wake _ -> {}
            case Input.Failed i -> throw new FatalException(messageOf(i.cause()), i.cause());
        }
    }

    private static String messageOf(Throwable cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    /** A loop that is late catches up by one tick at most, so that a pause does not use up every patience at once. */
    private void tick() {
        Instant now = parts.surroundings().clock().instant();
        long wallNanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        nextTickNanos = Math.max(nextTickNanos + TICK_NANOS, System.nanoTime() - TICK_NANOS);
        beat++;
        if (beat % FILTER_BEAT_TICKS == 0) {
            parts.filter().forgetVotes();
        }
        boolean waitsForTime = parts.machine().waitsForTime(parts.machine().committed());
        step(new Event.Ticked(wallNanos, waitsForTime));
    }

    private void step(Event event) {
        stepOnce(event);
        performAnswers();
    }

    private void stepOnce(Event event) {
        perform(parts.surroundings().conduct().step(event, parts.replica()::step));
    }

    /** Executions are answered before any other event, in the order they were asked for. */
    private void performAnswers() {
        for (Event answer = answers.poll(); answer != null; answer = answers.poll()) {
            stepOnce(answer);
        }
    }

    private void perform(List<Effect> effects) {
        for (Effect effect : effects) {
            switch (effect) {
                case Effect.Persist e -> gate.persist(e.record());
                case Effect.Outward e -> gate.outward(e);
                case Effect.Inward e -> performInward(e);
            }
        }
    }

    private void performOutward(Effect.Outward effect) {
        switch (effect) {
            case Effect.Send e -> parts.network().send(e.to(), e.message());
            case Effect.Broadcast e -> parts.network().broadcast(e.message());
            case Effect.Commit e -> commit(e);
            case Effect.ReadReady e -> parts.listener().readReady(e.readId(), e.testimony());
            case Effect.ServeBlocks e -> parts.blocks().serve(e.to(), e.from());
            case Effect.ServeBody e -> parts.blocks().serveBody(e.to(), e.block());
            case Effect.Discard e -> states.remove(e.execution());
            case Effect.Pin e -> parts.machine().pin(state(e.execution()));
            case Effect.Unpin e -> parts.machine().unpin(state(e.execution()));
            case Effect.ServeSnapshot e -> parts.snapshots().serve(e, state(e.execution()));
            case Effect.ServeChunk e -> parts.snapshots().serveChunk(e, state(e.execution()));
            case Effect.Restart e -> renew(e);
        }
    }

    private void renew(Effect.Restart effect) {
        Replica.Unanswered left = parts.replica().unanswered();
        end(new Ending.Renewed(effect.anchor().height(), left.requests(), left.reads()));
    }

    private void commit(Effect.Commit effect) {
        S state = state(effect.execution());
        parts.machine().commit(state, effect.block());
        parts.listener().committed(effect.block(), state, effect.proof());
        parts.states().persist(effect.block(), state);
        parts.metrics().committed(effect.block().requests().size());
    }

    private void performInward(Effect.Inward effect) {
        switch (effect) {
            case Effect.Execute e -> execute(e);
            case Effect.Refuse e -> parts.listener().refused(e.request(), e.reason());
            case Effect.Reject e -> {
                parts.metrics().rejected(e.reason());
                LOG.debug("refused from {}: {} ({})", e.from(), e.reason(), e.detail());
            }
            case Effect.Accuse e -> {
                parts.metrics().accused();
                LOG.warn("a replica lies, and the proof is kept: {}", e.evidence());
            }
            case Effect.Note e -> note(e.transition());
            case Effect.BeginSnapshot e -> parts.incoming().begin(e.anchor());
            case Effect.StoreChunk e -> parts.incoming().store(e);
            case Effect.CompleteSnapshot e -> parts.incoming().complete(e.anchor());
            case Effect.AbandonSnapshot _ -> parts.incoming().abandon();
            case Effect.Halt e -> throw new FatalException("this replica must stop: " + e.reason());
        }
    }

    private void execute(Effect.Execute effect) {
        long start = System.nanoTime();
        S state = parts.machine().execute(state(effect.parent()), effect.proposal());
        states.put(effect.execution(), state);
        answers.add(new Event.Executed(effect.execution(), parts.machine().roots(state)));
        parts.metrics().executed(System.nanoTime() - start);
    }

    private S state(ExecutionId execution) {
        S state = states.get(execution);
        if (state == null) {
            throw new IllegalStateException("the state of " + execution + " was discarded");
        }
        return state;
    }

    private void note(Transition transition) {
        parts.filter().onTransition(transition);
        parts.metrics().noted(transition);
        TransitionLog.tell(transition);
    }
}
