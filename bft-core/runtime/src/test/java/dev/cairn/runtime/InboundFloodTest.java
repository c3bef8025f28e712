package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.codec.Ed25519;
import dev.cairn.codec.Ed25519Authenticator;
import dev.cairn.codec.Ed25519Signer;
import dev.cairn.protocol.Timeouts;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.View;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica that floods loses its own budget and nothing else, whatever it does with its connections. */
class InboundFloodTest {
    private static final int BUDGET_BYTES = 1 << 20;
    private static final int REQUEST_BYTES = 32_000;

    /** Enough to fill the budget and what the transport holds besides. */
    private static final int FLOOD_MESSAGES = 100;

    private static final NodeConfig.Bounds BOUNDS =
            new NodeConfig.Bounds(100, BUDGET_BYTES, 4 << 20, 64 << 20, 16 << 20, 64 << 20, 1);

    @TempDir
    private Path directory;

    /** One replica's links, whose event loop takes nothing by itself. */
    private final class End implements AutoCloseable {
        final List<Input> inputs = new CopyOnWriteArrayList<>();
        final Ed25519Signer signer;
        final PeerLinks links;
        final InboundFilter filter;

        End(TestCluster cluster, int index) throws BootException {
            Ed25519 ed25519 = Ed25519.fastest();
            KeyMaterial keys = cluster.keys.get(index);
            NodeConfig config = cluster.config(index);
            signer = new Ed25519Signer(ed25519, keys.voteSeed());
            filter = new InboundFilter(4, 3, cluster.genesis.parameters(), View.ZERO, null, Height.GENESIS);
            links = PeerLinks.open(
                    new NodeConfig(
                            config.self(),
                            directory,
                            config.peerListen(),
                            config.peers(),
                            Timeouts.DEFAULT,
                            BOUNDS,
                            NodeConfig.ALL_BLOCKS),
                    cluster.genesis,
                    keys,
                    new Ed25519Authenticator(ed25519, cluster.genesis),
                    filter,
                    inputs::add,
                    new NodeMetrics(new SimpleMeterRegistry()));
            links.start();
        }

        void awaitLink(int peer) {
            Await.until("the link is up", () -> inputs.contains(new Input.LinkChanged(new ReplicaId(peer), true)));
        }

        List<Input.FromPeer> from(int peer) {
            return inputs.stream()
                    .filter(Input.FromPeer.class::isInstance)
                    .map(Input.FromPeer.class::cast)
                    .filter(i -> i.from().index() == peer)
                    .toList();
        }

        long bytesFrom(int peer) {
            return from(peer).stream().mapToLong(Input.FromPeer::bytes).sum();
        }

        @Override
        public void close() {
            links.close();
        }
    }

    private static void flood(TestCluster cluster, End from, int to, AtomicLong number) {
        for (int i = 0; i < FLOOD_MESSAGES; i++) {
            RequestId id = new RequestId(new ClientId(1), 1, number.incrementAndGet());
            Request request = from.signer.sign(cluster.genesis.chainId(), id, Bytes.wrap(new byte[REQUEST_BYTES]));
            from.links.send(new ReplicaId(to), new Message.Forward(List.of(request), false));
        }
        from.links.flush();
    }

    @Test
    void aNewConnectionBringsNoNewBudget() throws BootException {
        TestCluster cluster = new TestCluster(directory, 4);
        AtomicLong number = new AtomicLong();
        int connections = 4;
        try (End victim = new End(cluster, 0)) {
            for (int c = 0; c < connections; c++) {
                try (End flooder = new End(cluster, 1)) {
                    flooder.awaitLink(0);
                    victim.filter.forgetVotes(); // a new beat: what is tested here is the budget of bytes
                    flood(cluster, flooder, 0, number);
                    Await.until("the budget is full", () -> victim.bytesFrom(1) >= BUDGET_BYTES);
                    // A sign on the same thread, after all that was read of the flood.
                    try (End honest = new End(cluster, 2)) {
                        honest.awaitLink(0);
                        int before = victim.from(2).size();
                        honest.links.send(new ReplicaId(0), new Message.ReadIndexQuery(c));
                        honest.links.flush();
                        Await.until(
                                "another peer is heard", () -> victim.from(2).size() > before);
                    }
                }
            }
            assertThat(victim.bytesFrom(1)).isLessThan(BUDGET_BYTES + 2L * SendLanes.FRAME_BYTES);
            // What is given back lets the last connection, if any, read on: no budget is lost with a connection.
            victim.from(1).forEach(i -> i.budget().giveBack(i.bytes()));
            long taken = victim.bytesFrom(1);
            try (End again = new End(cluster, 1)) {
                again.awaitLink(0);
                victim.filter.forgetVotes();
                flood(cluster, again, 0, number);
                Await.until("it is read again", () -> victim.bytesFrom(1) >= taken + BUDGET_BYTES);
            }
        }
    }
}
