package dev.cairn.server;

import dev.cairn.genesis.StoreLimits;
import dev.cairn.kv.KvStateMachine;
import dev.cairn.kv.Limits;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.runtime.StorageException;
import dev.cairn.server.auth.TokenKeys;
import dev.cairn.server.auth.Tokens;
import dev.cairn.server.etcd.ClusterIdentity;
import dev.cairn.server.net.PortTls;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** A store behind the real client side, on a free port of this machine. */
final class ServedStore implements AutoCloseable {
    static final Digest CHAIN = Digest.parse("00112233445566778899aabbccddeeff".repeat(2));
    static final ClusterIdentity CLUSTER = new ClusterIdentity(
            CHAIN,
            new ReplicaId(0),
            List.of(new ClusterIdentity.Member(
                    "r0", List.of("https://127.0.0.1:7100"), List.of("http://127.0.0.1:7000"))));

    /** What tokens take for the time. */
    volatile LongSupplier nowSeconds = () -> Instant.now().getEpochSecond();

    final Tokens tokens;
    final SoloChain chain = new SoloChain("served");
    final KvStateMachine machine;
    final SoloNode node;
    final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    final ManagedChannel channel;
    private final Frontend frontend;
    private boolean serves = true;

    ServedStore(Path directory) throws IOException, StorageException {
        this(directory, Duration.ofMinutes(10));
    }

    ServedStore(Path directory, Duration progressInterval) throws IOException, StorageException {
        this(directory, progressInterval, Governance.OPEN);
    }

    ServedStore(Path directory, Duration progressInterval, Governance governance) throws IOException, StorageException {
        this(directory, progressInterval, governance, Limits.DEFAULT, Optional.empty(), Tokens.Settings.DEFAULT);
    }

    ServedStore(Path directory, Governance governance, Limits limits) throws IOException, StorageException {
        this(directory, Duration.ofMinutes(10), governance, limits, Optional.empty(), Tokens.Settings.DEFAULT);
    }

    ServedStore(Path directory, Duration progressInterval, Governance governance, Optional<PortTls> tls)
            throws IOException, StorageException {
        this(directory, progressInterval, governance, Limits.DEFAULT, tls, Tokens.Settings.DEFAULT);
    }

    ServedStore(
            Path directory,
            Duration progressInterval,
            Governance governance,
            Optional<PortTls> tls,
            Tokens.Settings tokenSettings)
            throws IOException, StorageException {
        this(directory, progressInterval, governance, Limits.DEFAULT, tls, tokenSettings);
    }

    private ServedStore(
            Path directory,
            Duration progressInterval,
            Governance governance,
            Limits limits,
            Optional<PortTls> tls,
            Tokens.Settings tokenSettings)
            throws IOException, StorageException {
        tokens = new Tokens(
                tokenSettings,
                new TokenKeys(chain.document(), new ReplicaId(0), SoloChain.seed(0)),
                () -> nowSeconds.getAsLong());
        machine = KvStateMachine.open(directory, CHAIN, governance, limits);
        node = new SoloNode(machine, chain);
        frontend = new Frontend(
                new FrontendSettings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        tls,
                        Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                        CLUSTER,
                        2 << 20,
                        StoreLimits.DEFAULT.maxRequestBytes(),
                        chain.document().genesis().parameters().maxFutureNanos(),
                        "0.1.0",
                        directory.resolveSibling("snapshots"),
                        tokens,
                        progressInterval),
                node,
                new CommittedStore(machine, damage -> {}),
                registry,
                machine.limits());
        node.tell(frontend);
        frontend.open();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", port())
                .usePlaintext()
                .maxInboundMessageSize(64 << 20)
                .build();
    }

    int port() {
        return frontend.port();
    }

    int metricsPort() {
        return frontend.metricsPort();
    }

    /** As when the replica is stopped, seen by clients that stay. */
    void stopServing() {
        if (serves) {
            serves = false;
            frontend.close();
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
        stopServing();
        node.close();
        machine.close();
    }
}
