package dev.cairn.runtime;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.StateMachine;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has the state machine check and store the chunks of a state that is being fetched, in order, on one thread beside the
 * event loop. The core hands in one chunk of each peer at a time, so little waits.
 */
final class SnapshotReceiver implements EventLoop.SnapshotSink, AutoCloseable {
    private final StateMachine<?> machine;
    private final Consumer<Event> answers;
    private final Consumer<Throwable> onFailure;
    private final NodeMetrics metrics;
    private final ThreadPoolExecutor thread;
    private volatile Optional<TransferProgress> progress = Optional.empty();

    // Of the thread alone.
    private StateMachine.@Nullable Incoming incoming;

    SnapshotReceiver(
            String name,
            int replicas,
            StateMachine<?> machine,
            Consumer<Event> answers,
            Consumer<Throwable> onFailure,
            NodeMetrics metrics) {
        this.machine = machine;
        this.answers = answers;
        this.onFailure = onFailure;
        this.metrics = metrics;
        this.thread = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(16 + 4 * replicas),
                Thread.ofPlatform().name(name).daemon(true).factory());
    }

    @Override
    public void begin(Header anchor) {
        progress = Optional.of(new TransferProgress(anchor.height(), 0, 0));
        run(() -> {
            letGo();
            incoming = machine.receive(anchor);
        });
    }

    @Override
    public void store(Effect.StoreChunk chunk) {
        run(() -> {
            long start = System.nanoTime();
            StateMachine.Verdict verdict = incoming == null
                    ? new StateMachine.Verdict.Refused("no state is being received")
                    : incoming.add(chunk.from(), chunk.content());
            metrics.chunkJudged(System.nanoTime() - start);
            if (verdict instanceof StateMachine.Verdict.Accepted) {
                progress = progress.map(before -> before.plus(chunk.content().size()));
            }
            answers.accept(new Event.ChunkJudged(chunk.source(), chunk.anchor(), chunk.from(), verdict));
        });
    }

    @Override
    public void complete(Digest anchor) {
        run(() -> answers.accept(new Event.SnapshotCompleted(anchor, incoming != null && incoming.complete())));
    }

    @Override
    public void abandon() {
        progress = Optional.empty();
        run(this::letGo);
    }

    /** What is being fetched now. */
    Optional<TransferProgress> progress() {
        return progress;
    }

    private void letGo() {
        if (incoming != null) {
            incoming.close();
            incoming = null;
        }
    }

    private void run(Runnable task) {
        try {
            thread.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    onFailure.accept(e);
                }
            });
        } catch (RejectedExecutionException e) {
            if (!thread.isShutdown()) {
                throw new IllegalStateException("more chunks at a time than there are peers", e);
            }
        }
    }

    /** Ends the thread, and lets go of what was being received. */
    @Override
    public void close() {
        Threads.end(thread);
        letGo();
    }
}
