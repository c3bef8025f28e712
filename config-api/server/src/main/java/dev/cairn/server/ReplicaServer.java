package dev.cairn.server;

import dev.cairn.genesis.GenesisFile;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.KvState;
import dev.cairn.kv.KvStateMachine;
import dev.cairn.kv.Limits;
import dev.cairn.kv.store.StoreException;
import dev.cairn.protocol.Timeouts;
import dev.cairn.protocol.model.Height;
import dev.cairn.runtime.BootException;
import dev.cairn.runtime.Ending;
import dev.cairn.runtime.KeyMaterial;
import dev.cairn.runtime.Listening;
import dev.cairn.runtime.NodeConfig;
import dev.cairn.runtime.PeerAddress;
import dev.cairn.runtime.ReplicaNode;
import dev.cairn.runtime.StorageException;
import dev.cairn.runtime.Surroundings;
import dev.cairn.server.auth.TokenKeys;
import dev.cairn.server.auth.Tokens;
import dev.cairn.server.config.KeyFiles;
import dev.cairn.server.config.ServerConfig;
import dev.cairn.server.config.StartupException;
import dev.cairn.server.etcd.ClusterIdentity;
import dev.cairn.server.net.PlainPort;
import dev.cairn.server.net.PortTls;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** One running replica: the state on disk, the node, and what clients see of them. */
public final class ReplicaServer implements Supervisor.Life {
    /** Where old blocks are dropped anyway, those that a replica missed are worth no more than this many checkpoints. */
    private static final int FAR_CHECKPOINTS = 16;
    /** A request's name, signature and list header. */
    private static final int REQUEST_OVERHEAD_BYTES = 256;

    private final KvStateMachine machine;
    private final ReplicaNode<KvState> node;
    private final Frontend frontend;
    private final CompletableFuture<Ending> terminated;
    private boolean closed;

    private ReplicaServer(
            KvStateMachine machine,
            ReplicaNode<KvState> node,
            Frontend frontend,
            CompletableFuture<StoreException> damage) {
        this.machine = machine;
        this.node = node;
        this.frontend = frontend;
        this.terminated =
                damage.<Ending>thenApply(Ending.Failed::new).applyToEither(node.terminated(), ending -> ending);
    }

    /** Opens the state, joins the cluster and serves clients; or leaves nothing running and says what is in the way. */
    public static ReplicaServer start(ServerConfig config) throws StartupException {
        return start(config, Surroundings.REAL);
    }

    /** As {@link #start(ServerConfig)}, in a test's surroundings. */
    public static ReplicaServer start(ServerConfig config, Surroundings surroundings) throws StartupException {
        config.keyUse().requireLogIfUsed();
        Optional<PortTls> tls = tls(config);
        KvStateMachine machine = open(config);
        CompletableFuture<StoreException> damage = new CompletableFuture<>();
        NodeConsensus consensus = new NodeConsensus();
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Gauge.builder("cairn_damaged_states", StateDirectory.in(config.data()), StateDirectory::damagedStates)
                .strongReference(true)
                .description("States that were found damaged, were made anew, and lie there for people to look at.")
                .register(metrics);
        Frontend frontend = new Frontend(
                settings(config, tls),
                consensus,
                new CommittedStore(machine, damage::complete),
                metrics,
                machine.limits());
        ReplicaNode<KvState> node;
        try {
            node = ReplicaNode.start(
                    nodeConfig(config),
                    config.genesis().genesis(),
                    machine,
                    keys(config.keys()),
                    metrics,
                    frontend,
                    surroundings);
        } catch (BootException e) {
            frontend.close();
            machine.close();
            throw new StartupException(line(e), e);
        }
        consensus.use(node);
        ReplicaServer server = new ReplicaServer(machine, node, frontend, damage);
        try {
            config.keyUse().note();
            frontend.open();
        } catch (StartupException e) {
            server.close();
            throw e;
        } catch (StorageException e) {
            server.close();
            throw new StartupException(line(e), e);
        } catch (PlainPort.UnusableException e) {
            server.close();
            throw new StartupException("metrics-listen in " + config.file() + ": " + line(e), e);
        } catch (IOException e) {
            server.close();
            throw new StartupException(
                    "cannot listen for clients on " + config.clientListen() + " (" + Listening.reason(e)
                            + "); stop what uses that port, or change client-listen in " + config.file(),
                    e);
        }
        return server;
    }

    private static String line(Throwable failure) {
        return Optional.ofNullable(failure.getMessage()).orElse(failure.toString());
    }

    private static KvStateMachine open(ServerConfig config) throws StartupException {
        try {
            return KvStateMachine.open(
                    StateDirectory.in(config.data()).path(),
                    config.genesis().chainId(),
                    config.genesis().governance(),
                    Limits.DEFAULT.with(
                            config.genesis().limits().maxTxnOperations(),
                            config.genesis().limits().quotaBytes()));
        } catch (StoreException e) {
            throw new StartupException(line(e), e);
        }
    }

    private static NodeConfig nodeConfig(ServerConfig config) {
        List<PeerAddress> peers = config.genesis().replicas().stream()
                .map(member ->
                        new PeerAddress(member.peer().host(), member.peer().port(), member.tlsFingerprint()))
                .toList();
        boolean keepsAll = config.retainedBlocks() == NodeConfig.ALL_BLOCKS;
        return new NodeConfig(
                config.self(),
                config.data(),
                address(config.peerListen()),
                peers,
                keepsAll ? Timeouts.DEFAULT : Timeouts.DEFAULT.withFarCheckpoints(FAR_CHECKPOINTS),
                NodeConfig.Bounds.DEFAULT,
                config.retainedBlocks());
    }

    private static KeyMaterial keys(KeyFiles files) {
        return new KeyMaterial(files.voteSeed(), files.tlsKey(), files.tlsCertificate());
    }

    private static Optional<PortTls> tls(ServerConfig config) throws StartupException {
        try {
            return config.clientTls().isPresent()
                    ? Optional.of(new PortTls(config.clientTls().get()))
                    : Optional.empty();
        } catch (IOException e) {
            throw new StartupException(line(e), e);
        }
    }

    private static FrontendSettings settings(ServerConfig config, Optional<PortTls> tls) {
        // Replicas are set up alike: a client that finds TLS at one looks for it at all.
        String scheme = tls.isPresent() ? "https://" : "http://";
        List<GenesisFile.Member> replicas = config.genesis().replicas();
        List<ClusterIdentity.Member> members = IntStream.range(0, replicas.size())
                .mapToObj(index -> new ClusterIdentity.Member(
                        "replica-" + index,
                        List.of("https://" + replicas.get(index).peer()),
                        List.of(scheme + replicas.get(index).client())))
                .toList();
        return new FrontendSettings(
                address(config.clientListen()),
                tls,
                config.metricsListen().map(ReplicaServer::address),
                new ClusterIdentity(config.genesis().chainId(), config.self(), members),
                config.genesis().parameters().maxRequestBytes() - REQUEST_OVERHEAD_BYTES,
                config.genesis().limits().maxRequestBytes(),
                config.genesis().parameters().maxFutureNanos(),
                version(),
                config.data().resolve("snapshots"),
                tokens(config),
                FrontendSettings.PROGRESS_INTERVAL);
    }

    private static Tokens tokens(ServerConfig config) {
        TokenKeys keys =
                new TokenKeys(config.genesis(), config.self(), config.keys().voteSeed());
        return new Tokens(config.tokens(), keys, () -> Instant.now().getEpochSecond());
    }

    private static String version() {
        return Optional.ofNullable(ReplicaServer.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    private static InetSocketAddress address(HostPort address) {
        return new InetSocketAddress(address.host(), address.port());
    }

    /** Done when the node has ended, or must; with the reason. This object is still to be closed then. */
    @Override
    public CompletableFuture<Ending> terminated() {
        return terminated.copy();
    }

    @Override
    public Height committed() {
        return node.status().committed();
    }

    /** Ends clients' connections, then the node, then the state. Returns when all is on disk. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            frontend.close();
            node.close();
            machine.close();
        }
    }
}
