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
 * of one peer may wait or be under way, so that none is crowded out by another; one that finds no place is asked again,
 * or asked of another.
 */
final class AnswerThread implements AutoCloseable {
    /** Where the answers go. */
    interface Out {
        void send(ReplicaId to, Message message);
    }

    /** What a peer wants to know. Asked on this thread. */
    interface Question {
        Optional<? extends Message> answer() throws StorageException;
    }

    private final Out out;
    private final int questionsPerPeer;
    private final Consumer<Throwable> onFailure;
    private final ThreadPoolExecutor thread;
    private final Map<ReplicaId, Semaphore> places = new ConcurrentHashMap<>();

    AnswerThread(String name, int questionsPerPeer, Out out, Consumer<Throwable> onFailure) {
        this.questionsPerPeer = questionsPerPeer;
        this.out = out;
        this.onFailure = onFailure;
        this.thread = Threads.onDemand(name); // its queue holds no more than the places of all peers
    }

    /** Sends {@code to} the answer, if there is one; {@code afterwards} runs in any case. False if nothing will happen. */
    boolean ask(ReplicaId to, Question question, Runnable afterwards) {
        Semaphore place = places.computeIfAbsent(to, _ -> new Semaphore(questionsPerPeer));
        if (!place.tryAcquire()) {
            return false;
        }
        try {
            thread.execute(() -> {
                try {
                    Optional<? extends Message> answer = answer(question, place);
                    answer.ifPresent(message -> out.send(to, message));
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

    /** The place is free before the answer is sent, so that the peer may ask on at once. */
    private static Optional<? extends Message> answer(Question question, Semaphore place) throws StorageException {
        try {
            return question.answer();
        } finally {
            place.release();
        }
    }

    /** Ends the thread; no question is asked afterwards. */
    @Override
    public void close() {
        Threads.end(thread);
    }
}
