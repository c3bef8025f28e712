package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.StateMachine.Verdict;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.ReplicaId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class SnapshotReceiverTest {
    private final List<Event> answers = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    @Test
    void aChunkOfAStateThatIsNotBeingReceivedIsRefused() {
        NodeMetrics metrics = new NodeMetrics(new SimpleMeterRegistry());
        Effect.StoreChunk chunk =
                new Effect.StoreChunk(new ReplicaId(1), Digest.ZERO, Bytes.EMPTY, Bytes.utf8("a chunk"));
        try (SnapshotReceiver receiver = new SnapshotReceiver(
                "test-incoming", 4, new ToyMachine(new ToyMachine.Disk()), answers::add, failures::add, metrics)) {
            receiver.store(chunk);
            receiver.begin(LogSamples.GENESIS.block().header());
            receiver.abandon();
            receiver.store(chunk);
            receiver.complete(Digest.ZERO);
            Await.until("all are answered", () -> answers.size() == 3 || !failures.isEmpty());
        }
        assertThat(failures).isEmpty();
        assertThat(answers.subList(0, 2))
                .allSatisfy(answer ->
                        assertThat(((Event.ChunkJudged) answer).verdict()).isInstanceOf(Verdict.Refused.class));
        assertThat(answers.getLast()).isEqualTo(new Event.SnapshotCompleted(Digest.ZERO, false));
    }
}
