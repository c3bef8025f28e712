package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What peers ask while the disk is slow does not pile up, and none takes another's place. */
class AnswerThreadTest {
    private static final Message ANSWER = new Message.NoSnapshot(Digest.ZERO);

    private final Semaphore disk = new Semaphore(0);
    private final List<ReplicaId> answered = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger done = new AtomicInteger();

    private AnswerThread thread(int questionsPerPeer) {
        return new AnswerThread("test-answers", questionsPerPeer, (to, _) -> answered.add(to), failures::add);
    }

    private boolean ask(AnswerThread thread, int peer) {
        return thread.ask(new ReplicaId(peer), this::slowAnswer, done::incrementAndGet);
    }

    private Optional<Message> slowAnswer() {
        disk.acquireUninterruptibly();
        return Optional.of(ANSWER);
    }

    @Test
    void aPeerHasOneQuestionWaitingOrUnderWayAndItsPlaceAgainWithTheAnswer() {
        try (AnswerThread thread = thread(1)) {
            assertThat(ask(thread, 1)).isTrue();
            Await.until("the first is under way", disk::hasQueuedThreads);
            for (int i = 0; i < 100; i++) {
                assertThat(ask(thread, 1)).isFalse();
            }
            assertThat(ask(thread, 2)).as("another peer").isTrue();
            assertThat(ask(thread, 2)).isFalse();
            disk.release(2);
            Await.until("both are answered", () -> done.get() == 2);
            assertThat(answered).containsExactly(new ReplicaId(1), new ReplicaId(2));
            assertThat(ask(thread, 1)).isTrue();
            disk.release();
            Await.until("it is answered again", () -> done.get() == 3);
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void aQuestionThatFailsGivesItsPlaceBackAndIsTold() {
        AnswerThread.Question failing = () -> {
            throw new StorageException("the disk is gone");
        };
        try (AnswerThread thread = thread(1)) {
            assertThat(thread.ask(new ReplicaId(1), failing, done::incrementAndGet))
                    .isTrue();
            Await.until("it has failed", () -> done.get() == 1);
            assertThat(failures).hasSize(1).first().isInstanceOf(StorageException.class);
            assertThat(thread.ask(new ReplicaId(1), Optional::empty, done::incrementAndGet))
                    .isTrue();
            Await.until("the next is asked", () -> done.get() == 2);
        }
        assertThat(answered).isEmpty();
    }
}
