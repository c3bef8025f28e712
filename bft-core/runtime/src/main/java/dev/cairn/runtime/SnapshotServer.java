package dev.cairn.runtime;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.StateMachine;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads states, whole or in chunks, for peers that fetch one. Each is pinned for as long as it is read. */
final class SnapshotServer<S> implements EventLoop.SnapshotSource<S> {
    /** With what the core pins itself, fewer than a state machine must be able to pin. */
    private static final int MAX_STATES = 4;

    private final StateMachine<S> machine;
    private final RocksLog log;
    private final AnswerThread thread;
    private final Consumer<Runnable> loop;
    private final NodeMetrics metrics;

    /** How many questions about each state are under way. Of the event loop alone. */
    private final Map<Digest, Integer> underWay = new HashMap<>();

    /** {@code loop} runs what belongs on the event loop. */
    SnapshotServer(
            StateMachine<S> machine, RocksLog log, AnswerThread thread, Consumer<Runnable> loop, NodeMetrics metrics) {
        this.machine = machine;
        this.log = log;
        this.thread = thread;
        this.loop = loop;
        this.metrics = metrics;
    }

    @Override
    public void serve(Effect.ServeSnapshot asked, S state) {
        answer(asked.to(), asked.anchor().digest(), state, () -> {
            Optional<List<Header>> link = link(asked);
            return link.map(headers -> new Message.SnapshotOffer(
                    asked.anchor(),
                    asked.history(),
                    headers,
                    asked.proof(),
                    machine.splits(state, Message.SnapshotOffer.MAX_SPLITS + 1)));
        });
    }

    /** From the log; where the anchor came in by a snapshot, the headers above it came with it. */
    private Optional<List<Header>> link(Effect.ServeSnapshot asked) throws StorageException {
        Optional<List<Header>> link = log.link(asked.anchor().height(), asked.proof());
        return link.isPresent()
                ? link
                : log.snapshot()
                        .filter(installed -> installed.anchor().equals(asked.anchor()))
                        .filter(installed -> installed.proof().equals(asked.proof()))
                        .map(LogRecord.SnapshotInstalled::link);
    }

    @Override
    public void serveChunk(Effect.ServeChunk asked, S state) {
        answer(asked.to(), asked.anchor(), state, () -> {
            Bytes content = machine.chunk(state, asked.from(), asked.until(), Message.Chunk.TARGET_BYTES);
            if (content.isEmpty()) {
                return Optional.of(new Message.NoSnapshot(asked.anchor()));
            }
            metrics.chunkServed(content.size());
            return Optional.of(new Message.Chunk(asked.anchor(), asked.from(), asked.until(), content));
        });
    }

    /** Silence where too much is asked already: the peer asks again, or another. */
    private void answer(ReplicaId to, Digest anchor, S state, AnswerThread.Question question) {
        if (!underWay.containsKey(anchor) && underWay.size() >= MAX_STATES) {
            return;
        }
        pin(anchor, state);
        if (!thread.ask(to, question, () -> loop.accept(() -> unpin(anchor, state)))) {
            unpin(anchor, state);
        }
    }

    private void pin(Digest anchor, S state) {
        machine.pin(state);
        underWay.merge(anchor, 1, Integer::sum);
    }

    private void unpin(Digest anchor, S state) {
        machine.unpin(state);
        underWay.computeIfPresent(anchor, (_, questions) -> questions == 1 ? null : questions - 1);
    }
}
