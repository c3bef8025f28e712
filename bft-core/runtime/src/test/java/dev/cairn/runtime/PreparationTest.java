package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.codec.Ed25519;
import dev.cairn.codec.Ed25519Authenticator;
import dev.cairn.codec.Ed25519Signer;
import dev.cairn.protocol.Authenticator;
import dev.cairn.protocol.Verified;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whoever sends costly requests waits for their preparation, and nobody else does for long. */
class PreparationTest {
    private static final Bytes COSTLY = Bytes.utf8("costly");

    private final TestCluster cluster = new TestCluster(Path.of("unused"), 4);
    private final Authenticator authenticator = new Ed25519Authenticator(Ed25519.reference(), cluster.genesis);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<Request> prepared = new ArrayList<>();
    private final List<Input> onward = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final Preparation preparation = new Preparation(
            tasks::add,
            new Preparation.Work(request -> request.operations().equals(COSTLY), prepared::add),
            onward::add,
            failures::add,
            new NodeMetrics(registry));
    private long sequence;

    private Request request(int peer, Bytes operations) {
        Ed25519Signer signer =
                new Ed25519Signer(Ed25519.reference(), cluster.keys.get(peer).voteSeed());
        return signer.sign(cluster.genesis.chainId(), new RequestId(new ClientId(peer), 1, sequence++), operations);
    }

    private Input.FromPeer forward(int peer, int costly, int others) {
        List<Request> requests = new ArrayList<>();
        IntStream.range(0, costly).forEach(_ -> requests.add(request(peer, COSTLY)));
        IntStream.range(0, others).forEach(_ -> requests.add(request(peer, Bytes.utf8("a put"))));
        return from(peer, new Message.Forward(requests, false));
    }

    private Input.FromPeer from(int peer, Message message) {
        Verified<Message> verified = authenticator.verify(message).orElseThrow();
        return new Input.FromPeer(new ReplicaId(peer), verified, new InboundBudget(1 << 20, () -> {}), 1);
    }

    private void take(Input.FromPeer... messages) {
        List.of(messages).forEach(preparation::take);
    }

    private void runAll() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        assertThat(failures).isEmpty();
        assertThat(preparation.waitingRequests()).isZero();
    }

    private double passedOver() {
        return registry.get("cairn_requests_unprepared").counter().count();
    }

    @Test
    void whatCostsNothingGoesOnAtOnce() {
        Input.FromPeer puts = forward(1, 0, 5);
        take(puts);
        assertThat(onward).containsExactly(puts);
        assertThat(tasks).isEmpty();
    }

    @Test
    void aMessageGoesOnWhenItsCostlyRequestsAreDone() {
        Input.FromPeer mixed = forward(1, 3, 2);
        take(mixed);
        assertThat(onward).isEmpty();
        assertThat(preparation.waitingRequests()).isEqualTo(3);
        runAll();
        assertThat(onward).containsExactly(mixed);
        assertThat(prepared).hasSize(3);
        assertThat(passedOver()).isZero();
    }

    @Test
    void noRequestOvertakesAnotherOfItsPeerAndAllElseDoes() {
        Input.FromPeer costly = forward(1, 2, 0);
        Input.FromPeer puts = forward(1, 0, 1);
        Input.FromPeer query = from(1, new Message.ReadIndexQuery(7));
        take(costly, puts, query);
        assertThat(onward).containsExactly(query);
        runAll();
        assertThat(onward).containsExactly(query, costly, puts);
    }

    @Test
    void aPeerWaitsForOneRequestOfEachOther() {
        take(forward(1, Preparation.REQUESTS_PER_PEER, 0));
        Input.FromPeer honest = forward(2, 1, 0);
        take(honest);
        for (int turns = 0; turns < 2; turns++) {
            tasks.remove().run();
        }
        assertThat(onward).containsExactly(honest);
        runAll();
    }

    @Test
    void whatIsBeyondAPeersBoundIsPassedOverAndKeepsItsPlace() {
        Input.FromPeer first = forward(1, Preparation.REQUESTS_PER_PEER - 1, 0);
        Input.FromPeer second = forward(1, 3, 0);
        Input.FromPeer third = forward(1, 4, 0);
        Input.FromPeer another = forward(2, 1, 0);
        take(first, second, third, another);
        assertThat(preparation.waitingRequests()).isEqualTo(Preparation.REQUESTS_PER_PEER + 1);
        assertThat(passedOver()).isEqualTo(6);
        runAll();
        assertThat(prepared).hasSize(Preparation.REQUESTS_PER_PEER + 1);
        assertThat(onward).containsExactly(another, first, second, third);
        take(forward(1, 1, 0));
        runAll();
        assertThat(passedOver()).as("there is room again").isEqualTo(6);
    }
}
