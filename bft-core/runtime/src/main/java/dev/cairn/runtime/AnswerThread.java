package dev.cairn.runtime;

import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Consumer;

/**
 * Makes answers that need the disk, beside the event loop, on one thread that ends when it is not needed. Few questions
 * of one peer may wait, so that none is crowded out by another; one that finds no place is asked again, or asked of
 * another.
 */
final class AnswerThread implements AutoCloseable {
    private static final int MAX_WAITING_PER_PEER = 4;

    /** Where the answers go. */
    interface Out {
        void send(ReplicaId to, Message message);
    }

    /** What a peer wants to know. Asked on this thread. */
    interface Question {
        Optional<? extends Message> answer() throws StorageException;
    }

    private final Out out;
    private final Consumer<Throwable> onFailure;
    private final ThreadPoolExecutor thread;
    private final Map<ReplicaId, Semaphore> places = new ConcurrentHashMap<>();

    AnswerThread(String name, Out out, Consumer<Throwable> onFailure) {
        this.out = out;
        this.onFailure = onFailure;
        this.thread = Threads.onDemand(name); // its queue holds no more than the places of all peers
    }

    /** Sends {@code to} the answer, if there is one; {@code afterwards} runs in any case. False if nothing will happen. */
    boolean ask(ReplicaId to, Question question, Runnable afterwards) {
        Semaphore place = places.computeIfAbsent(to, _ -> new Semaphore(MAX_WAITING_PER_PEER));
        if (!place.tryAcquire()) {
            return false;
        }
        try {
            thread.execute(() -> {
                place.release();
                try {
                    question.answer().ifPresent(message -> out.send(to, message));
                } catch (StorageException | RuntimeException e) {
                    onFailure.accept(e);
                } finally {
                    afterwards.run();
                }
            });
            return true;
        } catch (RejectedExecutionException e) {
            place.release(); // the node ends
            return false;
        }
    }

    /** Ends the thread; no question is asked afterwards. */
    @Override
    public void close() {
        Threads.end(thread);
    }
}
