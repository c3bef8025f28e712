package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.codec.Ed25519;
import dev.cairn.codec.Ed25519Authenticator;
import dev.cairn.codec.Ed25519Signer;
import dev.cairn.codec.MessageCodec;
import dev.cairn.proto.v1.PeerMessage;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.Timeouts;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.View;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real links over mutual TLS on the loopback. */
class PeerLinksTest {
    private static final NodeConfig.Bounds BOUNDS =
            new NodeConfig.Bounds(100, 1 << 20, 4 << 20, 64 << 20, 16 << 20, 64 << 20, 1);

    @TempDir
    private Path directory;

    private final List<End> ends = new ArrayList<>();

    @AfterEach
    void closeAll() {
        ends.forEach(End::close);
    }

    /** The largest of messages that hold keys: asked from a place in a key of zeros, which is as large as a request. */
    @Test
    void aPieceOfTheLargestKeyFitsAFrame() {
        Parameters parameters = Parameters.DEFAULT;
        int largest = parameters.maxRequestBytes();
        Bytes place = Bytes.wrap(new byte[2 * (largest + 1) + 2 + Long.BYTES]);
        Bytes split = Bytes.wrap(new byte[Message.SnapshotOffer.MAX_SPLIT_BYTES]);
        Bytes pieceAndProof = Bytes.wrap(new byte[largest + (64 << 10)]);
        PeerMessage chunk =
                MessageCodec.encode(new Message.Chunk(Digest.ZERO, place, Optional.of(split), pieceAndProof));
        assertThat(chunk.getSerializedSize() + SendLanes.FRAME_BYTES).isLessThan(PeerLinks.maxFrameBytes(parameters));
    }

    /** One replica's links and what they told its event loop, which takes nothing by itself. */
    private final class End {
        final int index;
        final List<Input> inputs = new CopyOnWriteArrayList<>();
        final SimpleMeterRegistry registry = new SimpleMeterRegistry();
        final Ed25519Signer signer;
        final PeerLinks links;

        End(TestCluster cluster, int index, KeyMaterial keys) throws BootException {
            this.index = index;
            Ed25519 ed25519 = Ed25519.fastest();
            signer = new Ed25519Signer(ed25519, keys.voteSeed());
            NodeConfig config = cluster.config(index);
            links = PeerLinks.open(
                    new NodeConfig(
                            config.self(),
                            directory,
                            new InetSocketAddress(
                                    InetAddress.getLoopbackAddress(),
                                    cluster.peers.get(index).port()),
                            config.peers(),
                            Timeouts.DEFAULT,
                            BOUNDS,
                            NodeConfig.ALL_BLOCKS),
                    cluster.genesis,
                    keys,
                    new Ed25519Authenticator(ed25519, cluster.genesis),
                    new InboundFilter(4, 3, cluster.genesis.parameters(), View.ZERO, null, Height.GENESIS),
                    inputs::add,
                    new NodeMetrics(registry));
            ends.add(this);
            links.start();
        }

        void send(int to, Message message) {
            links.send(new ReplicaId(to), message);
            links.flush();
        }

        boolean has(Input input) {
            return inputs.contains(input);
        }

        void awaitLink(int peer, boolean up) {
            Await.until(
                    "link from " + index + " to " + peer + (up ? " is up" : " is down"),
                    () -> has(new Input.LinkChanged(new ReplicaId(peer), up)));
        }

        /** What has come in from {@code peer}, in order. */
        List<Message> from(int peer) {
            List<Message> messages = new ArrayList<>();
            for (Input input : inputs) {
                if (input instanceof Input.FromPeer i && i.from().index() == peer) {
                    messages.add(i.message().message());
                }
            }
            return messages;
        }

        double violations() {
            return registry.counter("cairn_link_violations").count();
        }

        void close() {
            links.close();
        }
    }

    private End open(TestCluster cluster, int index) throws BootException {
        return new End(cluster, index, cluster.keys.get(index));
    }

    private static Message.ReadIndexQuery query(long number) {
        return new Message.ReadIndexQuery(number);
    }

    @Test
    void messagesArriveInOrderBothWays() throws BootException {
        TestCluster cluster = new TestCluster(directory, 4);
        End zero = open(cluster, 0);
        End one = open(cluster, 1);
        zero.awaitLink(1, true);
        one.awaitLink(0, true);
        List<Message> sent = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            sent.add(query(i));
            zero.send(1, query(i));
            one.send(0, query(i));
        }
        Await.until("all has arrived at 1", () -> one.from(0).size() == 500);
        Await.until("all has arrived at 0", () -> zero.from(1).size() == 500);
        assertThat(one.from(0)).isEqualTo(sent);
        assertThat(zero.from(1)).isEqualTo(sent);
    }

    @Test
    void aStrangersCertificateOpensNothing() throws BootException {
        TestCluster cluster = new TestCluster(directory, 4);
        End zero = open(cluster, 0);
        End impostor = new End(cluster, 1, TestCluster.newKeys(new SecureRandom(), "replica-1"));
        End two = open(cluster, 2);
        zero.awaitLink(2, true);
        two.awaitLink(0, true);
        impostor.send(0, query(1));
        two.send(0, query(2));
        Await.until("the honest message is here", () -> !zero.from(2).isEmpty());
        assertThat(zero.from(1)).isEmpty();
        assertThat(zero.has(new Input.LinkChanged(new ReplicaId(1), true))).isFalse();
        assertThat(impostor.inputs).noneMatch(i -> i instanceof Input.LinkChanged(ReplicaId _, boolean up) && up);
    }

    @Test
    void garbageOnThePortChangesNothing() throws BootException, IOException {
        TestCluster cluster = new TestCluster(directory, 4);
        End zero = open(cluster, 0);
        End one = open(cluster, 1);
        one.awaitLink(0, true);
        int port = cluster.peers.get(0).port();
        byte[] noise = new byte[5000];
        new Random(1).nextBytes(noise);
        for (byte[] bytes :
                List.of(noise, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII), new byte[0])) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.getOutputStream().write(bytes);
            }
        }
        one.send(0, query(5));
        Await.until("the link still works", () -> zero.from(1).contains(query(5)));
        assertThat(zero.violations()).isZero();
    }

    @Test
    void aPeerThatComesBackIsLinkedAgain() throws BootException {
        TestCluster cluster = new TestCluster(directory, 4);
        End zero = open(cluster, 0);
        End one = open(cluster, 1);
        zero.awaitLink(1, true);
        one.close();
        zero.awaitLink(1, false);
        zero.inputs.clear();
        End again = open(cluster, 1);
        zero.awaitLink(1, true);
        zero.send(1, query(9));
        Await.until("messages flow again", () -> again.from(0).contains(query(9)));
    }

    @Test
    void aFalseSignatureCostsItsSenderTheLink() throws BootException {
        TestCluster cluster = new TestCluster(directory, 4);
        End zero = open(cluster, 0);
        End one = open(cluster, 1);
        one.awaitLink(0, true);
        Ballot ballot = new Ballot(Epoch.ZERO, View.ZERO, new Height(1), Digest.ZERO);
        one.send(0, new Message.Prepare(ballot, new ReplicaId(1), new Signature(Bytes.wrap(new byte[64]))));
        one.awaitLink(0, false);
        assertThat(zero.violations()).isEqualTo(1);
        assertThat(zero.from(1)).isEmpty();
        one.inputs.clear();
        one.awaitLink(0, true);
    }

    @Test
    void aFloodHoldsUpItsSenderOnly() throws BootException {
        TestCluster cluster = new TestCluster(directory, 4);
        End zero = open(cluster, 0);
        End flooder = open(cluster, 1);
        End two = open(cluster, 2);
        flooder.awaitLink(0, true);
        two.awaitLink(0, true);
        int floodMessages = 100;
        for (int i = 0; i < floodMessages; i++) {
            flooder.send(0, forward(cluster, flooder.signer, i));
        }
        // Nothing is given back: the flood must come to a halt at its budget of 1 MiB, within a frame or two.
        Await.until("the flood has filled its budget", () -> bytesFrom(zero, 1) >= BOUNDS.inboundBytesPerPeer());
        two.send(0, query(3));
        Await.until("another peer is heard", () -> zero.from(2).contains(query(3)));
        assertThat(bytesFrom(zero, 1)).isLessThan(BOUNDS.inboundBytesPerPeer() + 2 * SendLanes.FRAME_BYTES);
        // As the event loop takes it, the rest comes.
        AtomicInteger taken = new AtomicInteger();
        Await.until("all of it has come", () -> {
            taken.set(giveBack(zero, taken.get()));
            return zero.from(1).size() == floodMessages;
        });
    }

    private static Message forward(TestCluster cluster, Ed25519Signer signer, int number) {
        RequestId id = new RequestId(new ClientId(1), 1, number);
        Request request = signer.sign(cluster.genesis.chainId(), id, Bytes.wrap(new byte[32_000]));
        return new Message.Forward(List.of(request), false);
    }

    private static int bytesFrom(End end, int peer) {
        int bytes = 0;
        for (Input input : end.inputs) {
            if (input instanceof Input.FromPeer i && i.from().index() == peer) {
                bytes += i.bytes();
            }
        }
        return bytes;
    }

    private static int giveBack(End end, int taken) {
        List<Input> inputs = List.copyOf(end.inputs);
        for (Input input : inputs.subList(taken, inputs.size())) {
            if (input instanceof Input.FromPeer i) {
                i.budget().giveBack(i.bytes());
            }
        }
        return inputs.size();
    }
}
