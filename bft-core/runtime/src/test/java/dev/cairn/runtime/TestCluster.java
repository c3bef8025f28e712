package dev.cairn.runtime;

import dev.cairn.codec.Ed25519;
import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.Membership;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.Timeouts;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Testimony;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.math.BigInteger;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** Nodes in one process with real keys, links on the loopback and logs under one directory. */
final class TestCluster implements AutoCloseable {
    final Genesis genesis;
    final List<PeerAddress> peers = new ArrayList<>();
    final List<KeyMaterial> keys = new ArrayList<>();
    final List<ToyMachine.Disk> disks = new ArrayList<>();
    final List<Heard> heard = new ArrayList<>();

    /** Of each node's last start. */
    final List<MeterRegistry> meters = new ArrayList<>();

    /** For nodes that start from now on. */
    long retainedBlocks = NodeConfig.ALL_BLOCKS;

    private final Path directory;
    private final List<@Nullable ReplicaNode<ToyMachine.State>> nodes = new ArrayList<>();
    private final AtomicLong sequence = new AtomicLong();

    /** What one node told its server. */
    static final class Heard implements CommitListener<ToyMachine.State> {
        final List<Block> blocks = new CopyOnWriteArrayList<>();
        final Set<RequestId> requests = ConcurrentHashMap.newKeySet();
        final Set<Long> reads = ConcurrentHashMap.newKeySet();

        @Override
        public void committed(Block block, ToyMachine.State state, QuorumCertificate proof) {
            blocks.add(block);
            block.requests().forEach(r -> requests.add(r.id()));
        }

        @Override
        public void readReady(long readId, Optional<Testimony> testimony) {
            reads.add(readId);
        }

        @Override
        public void refused(Request request, String reason) {}
    }

    TestCluster(Path directory, int n) {
        this(directory, n, Parameters.DEFAULT);
    }

    TestCluster(Path directory, int n, Parameters parameters) {
        this.directory = directory;
        List<Bytes> voteKeys = new ArrayList<>();
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < n; i++) {
            KeyMaterial key = newKeys(random, "replica-" + i);
            keys.add(key);
            voteKeys.add(Ed25519.reference().signingKey(key.voteSeed()).publicKey());
            peers.add(new PeerAddress("127.0.0.1", freePort(), fingerprint(key.tlsCertificate())));
            disks.add(new ToyMachine.Disk());
            heard.add(new Heard());
            nodes.add(null);
            meters.add(new SimpleMeterRegistry());
        }
        genesis = new Genesis(
                Hashing.sha256(new byte[] {1, 2, 3}),
                new Membership(Epoch.ZERO, voteKeys),
                parameters,
                1,
                1,
                ToyMachine.State.EMPTY.roots());
    }

    static dev.cairn.protocol.model.Digest fingerprint(X509Certificate certificate) {
        try {
            return Hashing.sha256(certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static KeyMaterial newKeys(SecureRandom random, String name) {
        try {
            byte[] seed = new byte[32];
            random.nextBytes(seed);
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            KeyPair pair = generator.generateKeyPair();
            X500Principal subject = new X500Principal("CN=" + name);
            X509Certificate certificate = new JcaX509CertificateConverter()
                    .getCertificate(new JcaX509v3CertificateBuilder(
                                    subject,
                                    new BigInteger(64, random),
                                    Date.from(Instant.EPOCH),
                                    Date.from(Instant.parse("2100-01-01T00:00:00Z")),
                                    subject,
                                    pair.getPublic())
                            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
            return new KeyMaterial(Bytes.wrap(seed), pair.getPrivate(), certificate);
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new AssertionError(e);
        }
    }

    /** Not one that the system may give to an outgoing connection while a replica is down (from 32,768 up on Linux). */
    private int freePort() {
        for (int tries = 0; tries < 100; tries++) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 32_768);
            if (peers.stream().anyMatch(peer -> peer.port() == port)) {
                continue;
            }
            try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (BindException e) {
                // taken: the loop tries another
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        throw new AssertionError("no free port");
    }

    NodeConfig config(int i) {
        return new NodeConfig(
                new ReplicaId(i),
                directory.resolve("r" + i),
                new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), peers.get(i).port()),
                peers,
                Timeouts.DEFAULT,
                NodeConfig.Bounds.DEFAULT,
                retainedBlocks);
    }

    void startAll() throws BootException {
        for (int i = 0; i < nodes.size(); i++) {
            start(i);
        }
    }

    ReplicaNode<ToyMachine.State> start(int i) throws BootException {
        meters.set(i, new SimpleMeterRegistry());
        ReplicaNode<ToyMachine.State> node = ReplicaNode.start(
                config(i),
                genesis,
                new ToyMachine(disks.get(i)),
                keys.get(i),
                meters.get(i),
                heard.get(i),
                Surroundings.REAL);
        nodes.set(i, node);
        return node;
    }

    void stop(int i) {
        node(i).close();
        nodes.set(i, null);
    }

    ReplicaNode<ToyMachine.State> node(int i) {
        ReplicaNode<ToyMachine.State> node = nodes.get(i);
        if (node == null) {
            throw new IllegalStateException("node " + i + " does not run");
        }
        return node;
    }

    /** Signs and submits one request through node {@code gateway}. */
    RequestId submit(int gateway) {
        RequestId id = new RequestId(new ClientId(gateway), 1, sequence.incrementAndGet());
        Request request = node(gateway).signRequest(id, Bytes.utf8("operation " + id.sequence()));
        if (!node(gateway).submit(request)) {
            throw new IllegalStateException("the queue is full");
        }
        return id;
    }

    @Override
    public void close() {
        for (ReplicaNode<ToyMachine.State> node : nodes) {
            if (node != null) {
                node.close();
            }
        }
    }
}
