package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.codec.Ed25519;
import dev.cairn.codec.Ed25519Authenticator;
import dev.cairn.codec.Ed25519Signer;
import dev.cairn.protocol.Authenticator;
import dev.cairn.protocol.Verified;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.View;
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
    private static final Bytes BREAKING = Bytes.utf8("costly, and what prepares it breaks");
    private static final Bytes PUT = Bytes.utf8("a put");

    private final TestCluster cluster = new TestCluster(Path.of("unused"), 4);
    private final Authenticator authenticator = new Ed25519Authenticator(Ed25519.reference(), cluster.genesis);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<Request> prepared = new ArrayList<>();
    private final List<Input> onward = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final Preparation preparation = new Preparation(
            tasks::add,
            new Preparation.Work(request -> !request.operations().equals(PUT), this::prepare),
            onward::add,
            failures::add,
            new NodeMetrics(registry));
    private long sequence;

    private void prepare(Request request) {
        if (request.operations().equals(BREAKING)) {
            throw new IllegalStateException("a fault in what prepares");
        }
        prepared.add(request);
    }

    private Ed25519Signer signer(int peer) {
        return new Ed25519Signer(Ed25519.reference(), cluster.keys.get(peer).voteSeed());
    }

    private Request request(int peer, Bytes operations) {
        return signer(peer)
                .sign(cluster.genesis.chainId(), new RequestId(new ClientId(peer), 1, sequence++), operations);
    }

    private Input.FromPeer forward(int peer, int costly, int others) {
        List<Request> requests = new ArrayList<>(requests(peer, costly, COSTLY));
        requests.addAll(requests(peer, others, PUT));
        return from(peer, new Message.Forward(requests, false));
    }

    private List<Request> requests(int peer, int count, Bytes operations) {
        return IntStream.range(0, count)
                .mapToObj(_ -> request(peer, operations))
                .toList();
    }

    /** As the primary of the view of its own number. */
    private Input.FromPeer proposal(int peer, List<Request> requests) {
        Header first = cluster.genesis.block().header();
        Header header = new Header(
                first.formatVersion(),
                first.chainId(),
                first.epoch(),
                first.height().next(),
                first.digest(),
                first.timeNanos(),
                Block.requestsRoot(first.chainId(), requests),
                first.roots(),
                first.historyRoot(),
                first.validators(),
                first.nextValidators(),
                first.parameters(),
                first.applicationVersion());
        Message.PrePrepare unsigned = new Message.PrePrepare(
                new View(peer), new Block(header, requests), new ReplicaId(peer), new Signature(Bytes.EMPTY));
        Statement statement = Statement.of(Statement.Kind.PRE_PREPARE, first.chainId(), unsigned.ballot());
        return from(
                peer,
                new Message.PrePrepare(
                        unsigned.view(),
                        unsigned.block(),
                        unsigned.primary(),
                        signer(peer).sign(statement)));
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

    private double count(String counter) {
        return registry.get(counter).counter().count();
    }

    private double dropped() {
        return count("cairn_forwarded_requests_dropped");
    }

    private List<Message> messagesOnward() {
        return onward.stream()
                .map(input -> ((Input.FromPeer) input).message().message())
                .toList();
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
        assertThat(dropped()).isZero();
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
    void anEmptyProposalDoesNotOvertakeAFullOne() {
        Input.FromPeer full = proposal(1, requests(2, 2, COSTLY));
        Input.FromPeer empty = proposal(1, List.of());
        take(full, empty);
        assertThat(onward).isEmpty();
        runAll();
        assertThat(onward).containsExactly(full, empty);
        take(empty);
        assertThat(onward).as("with nothing before it, it goes on at once").containsExactly(full, empty, empty);
    }

    @Test
    void aProposalIsPreparedWholeHoweverMuchItHolds() {
        List<Request> many = requests(2, 3 * Preparation.REQUESTS_PER_PEER, COSTLY);
        Input.FromPeer proposal = proposal(1, many);
        Input.FromPeer next = proposal(1, requests(3, 1, COSTLY));
        take(proposal, next);
        assertThat(preparation.waitingRequests()).isEqualTo(many.size() + 1);
        for (int turns = 0; turns < many.size() - 1; turns++) {
            tasks.remove().run();
        }
        assertThat(onward).isEmpty();
        runAll();
        assertThat(onward).containsExactly(proposal, next);
        assertThat(prepared).hasSize(many.size() + 1).startsWith(many.toArray(Request[]::new));
        assertThat(dropped()).isZero();
    }

    @Test
    void whatIsForwardedBeyondAPeersBoundIsDroppedAndTheRestKeepsItsPlace() {
        Input.FromPeer first = forward(1, Preparation.REQUESTS_PER_PEER - 1, 0);
        Input.FromPeer second = forward(1, 3, 2);
        Input.FromPeer third = forward(1, 4, 0);
        Input.FromPeer another = forward(2, 1, 0);
        take(first, second, third, another);
        assertThat(preparation.waitingRequests()).isEqualTo(Preparation.REQUESTS_PER_PEER + 1);
        assertThat(dropped()).isEqualTo(6);
        runAll();
        List<Request> ofSecond = ((Message.Forward) second.message().message()).requests();
        assertThat(messagesOnward())
                .containsExactly(
                        another.message().message(),
                        first.message().message(),
                        new Message.Forward(List.of(ofSecond.get(0), ofSecond.get(3), ofSecond.get(4)), false),
                        new Message.Forward(List.of(), false));
        assertThat(prepared)
                .as("no costly request goes on unprepared")
                .containsAll(messagesOnward().stream()
                        .flatMap(message -> ((Message.Forward) message).requests().stream())
                        .filter(request -> request.operations().equals(COSTLY))
                        .toList());
        take(forward(1, 1, 0));
        runAll();
        assertThat(dropped()).as("there is room again").isEqualTo(6);
    }

    @Test
    void whatWaitsOfAPeersBlocksLeavesItsForwardsNoRoom() {
        Input.FromPeer proposal = proposal(1, requests(2, 2 * Preparation.REQUESTS_PER_PEER, COSTLY));
        take(proposal, forward(1, 1, 1));
        assertThat(dropped()).isEqualTo(1);
        runAll();
        assertThat(prepared).hasSize(2 * Preparation.REQUESTS_PER_PEER);
    }

    /** Each message's budget goes with it: the event loop gives back as much as was taken. */
    @Test
    void aForwardThatLostRequestsStillHoldsItsWholeBudget() {
        Input.FromPeer first = forward(1, Preparation.REQUESTS_PER_PEER, 0);
        Input.FromPeer second = forward(1, 1, 0);
        take(first, second);
        runAll();
        assertThat(onward)
                .map(input -> ((Input.FromPeer) input).budget())
                .containsExactly(first.budget(), second.budget());
        assertThat(onward).map(input -> ((Input.FromPeer) input).bytes()).containsExactly(1, 1);
    }

    @Test
    void aFaultInPreparingHoldsNothingUp() {
        Input.FromPeer broken = from(
                1, new Message.Forward(List.of(request(1, BREAKING), request(1, COSTLY), request(1, BREAKING)), false));
        Input.FromPeer next = forward(1, 1, 0);
        take(broken, next);
        runAll();
        assertThat(onward).containsExactly(broken, next);
        assertThat(prepared).hasSize(2);
        assertThat(count("cairn_preparations_failed")).isEqualTo(2);
    }
}
