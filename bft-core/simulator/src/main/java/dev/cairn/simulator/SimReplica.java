package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.ExecutionId;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.Recovery;
import dev.cairn.protocol.Replica;
import dev.cairn.protocol.Verified;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.RequestId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The shell of a simulated replica: the real core, a simulated disk, and the effect rule kept to the letter. An
 * incarnation is one life between two crashes; what an earlier one had under way never reaches a later one.
 */
final class SimReplica {
    private record Waiting(int needsDurable, Effect.Outward effect) {}

    final ReplicaId id;
    private final Simulation world;
    private final Optional<Rewriter> rewriter;
    private final SimDisk disk = new SimDisk();
    private final LogFold log;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private final Map<ExecutionId, LedgerMachine.State> states = new HashMap<>();
    private @Nullable Replica core;
    private LedgerMachine.State committed = LedgerMachine.GENESIS;
    private Height committedHeight = Height.GENESIS;
    private int incarnation;
    private boolean syncing;
    private long executionsDoneAt;

    SimReplica(ReplicaId id, Simulation world, Optional<Rewriter> rewriter) {
        this.id = id;
        this.world = world;
        this.rewriter = rewriter;
        this.log = new LogFold(world.genesis());
    }

    boolean isUp() {
        return core != null;
    }

    boolean isHonest() {
        return rewriter.isEmpty();
    }

    int incarnation() {
        return incarnation;
    }

    Height committedHeight() {
        return committedHeight;
    }

    boolean hasExecuted(RequestId request) {
        return committed.executed().contains(request);
    }

    Optional<Replica> core() {
        return Optional.ofNullable(core);
    }

    // Lives.

    void start() {
        incarnation++;
        LogFold fold = LogFold.of(world.genesis(), disk.contents());
        Recovery recovery = fold.recovery();
        states.clear();
        waiting.clear();
        syncing = false;
        committed = world.stateAfter(fold.chain());
        committedHeight = recovery.head().height();
        states.put(ExecutionId.HEAD_AT_START, committed);
        world.started(this, fold.chain());
        Replica fresh = new Replica(
                id, world.genesis(), world.world().timeouts(), statement -> SimCrypto.sign(id, statement), recovery);
        core = fresh;
        perform(fresh.start());
    }

    void crash() {
        core = null;
        incarnation++;
        disk.crash(world.random());
    }

    // Events and effects.

    void step(Event event) {
        if (core != null) {
            perform(core.step(event));
        }
    }

    /** A message off the network: checked as in production, then stepped. */
    void receive(ReplicaId from, Message message) {
        if (core == null || !core.mayMatter(message)) {
            return;
        }
        Optional<Verified<Message>> verified = world.crypto().verify(message);
        if (verified.isPresent()) {
            step(new Event.Received(from, verified.get()));
        }
    }

    private void perform(List<Effect> effects) {
        for (Effect effect : effects) {
            List<Effect> actual = rewriter.map(r -> r.rewrite(effect)).orElse(List.of(effect));
            for (Effect each : actual) {
                switch (each) {
                    case Effect.Persist e -> persist(e.record());
                    case Effect.Inward e -> performInward(e);
                    case Effect.Outward e -> {
                        waiting.add(new Waiting(disk.appended(), e));
                        releaseDurable();
                    }
                }
            }
        }
    }

    private void persist(LogRecord record) {
        disk.append(record);
        log.add(record);
        if (!syncing) {
            startSync();
        }
    }

    private void startSync() {
        syncing = true;
        int length = disk.appended();
        int life = incarnation;
        world.after(world.syncMicros(), () -> {
            if (life == incarnation) {
                disk.sync(length);
                syncing = false;
                if (disk.appended() > length) {
                    startSync();
                }
                releaseDurable();
            }
        });
    }

    private void releaseDurable() {
        for (Waiting next = waiting.peek();
                next != null && next.needsDurable() <= disk.durable();
                next = waiting.peek()) {
            waiting.remove();
            performOutward(next.effect());
        }
    }

    private void performOutward(Effect.Outward effect) {
        switch (effect) {
            case Effect.Send e -> world.send(this, e.to(), e.message());
            case Effect.Broadcast e -> world.peersOf(id).forEach(peer -> world.send(this, peer, e.message()));
            case Effect.Commit e -> commit(e);
            case Effect.ReadReady e -> world.readReleased(this, e.readId());
            case Effect.ServeBlocks e -> serve(e);
            case Effect.ServeBody e ->
                log.body(e.block()).ifPresent(block -> world.send(this, e.to(), new Message.Body(block)));
            case Effect.Discard e -> states.remove(e.execution());
        }
    }

    private void performInward(Effect.Inward effect) {
        switch (effect) {
            case Effect.Execute e -> execute(e);
            case Effect.Refuse e -> world.refused(this, e.request());
            case Effect.Reject e -> world.counters().count("rejected " + e.reason());
            case Effect.Accuse e -> world.accused(this, e);
            case Effect.Note e -> world.note(this, e.transition());
            case Effect.Halt e -> world.halted(this, e.reason());
        }
    }

    /** Takes a random while, but executions end in the order in which they began. */
    private void execute(Effect.Execute e) {
        LedgerMachine.State parent = states.get(e.parent());
        if (parent == null) {
            throw new IllegalStateException(id + ": the parent of " + e.execution() + " was discarded");
        }
        LedgerMachine.State result = LedgerMachine.execute(parent, e.proposal());
        states.put(e.execution(), result);
        int life = incarnation;
        executionsDoneAt =
                Math.max(executionsDoneAt, world.nowMicros() + world.random().nextInt(50));
        world.after(executionsDoneAt - world.nowMicros(), () -> {
            if (life == incarnation) {
                step(new Event.Executed(e.execution(), result.roots()));
            }
        });
    }

    private void commit(Effect.Commit e) {
        LedgerMachine.State state = states.get(e.execution());
        if (state == null) {
            throw new IllegalStateException(id + ": no state for " + e.block());
        }
        committed = state;
        committedHeight = e.block().height();
        world.committed(this, e.block(), e.proof(), state);
    }

    private void serve(Effect.ServeBlocks request) {
        List<Block> chain = log.chain();
        int from = (int) request.from().value() - 1;
        if (from >= chain.size()) {
            return;
        }
        int to = Math.min(chain.size(), from + world.world().window());
        Block last = chain.get(to - 1);
        QuorumCertificate proof = log.proofAt(last.height()).orElseThrow();
        int certified = (int) proof.height().value();
        if (certified > chain.size()) {
            return; // the certified descendant is not committed here yet; the peer asks again
        }
        List<Header> link = new ArrayList<>();
        chain.subList(to, certified).forEach(block -> link.add(block.header()));
        world.send(this, request.to(), new Message.Blocks(chain.subList(from, to), link, proof));
    }
}
