package dev.cairn.server;

import dev.cairn.kv.KvState;
import dev.cairn.kv.Lease;
import dev.cairn.kv.Limits;
import dev.cairn.kv.guard.Right;
import dev.cairn.kv.model.Alarm;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Testimony;
import dev.cairn.runtime.CommitListener;
import dev.cairn.runtime.StorageException;
import dev.cairn.server.auth.Credentials;
import dev.cairn.server.auth.Passwords;
import dev.cairn.server.etcd.Access;
import dev.cairn.server.etcd.AccessGate;
import dev.cairn.server.etcd.AuthService;
import dev.cairn.server.etcd.ClusterIdentity;
import dev.cairn.server.etcd.ClusterService;
import dev.cairn.server.etcd.ElectionService;
import dev.cairn.server.etcd.EtcdError;
import dev.cairn.server.etcd.EtcdVersion;
import dev.cairn.server.etcd.Headers;
import dev.cairn.server.etcd.KeepAlives;
import dev.cairn.server.etcd.KvService;
import dev.cairn.server.etcd.LeaderGate;
import dev.cairn.server.etcd.LeaderMoves;
import dev.cairn.server.etcd.LeaseService;
import dev.cairn.server.etcd.LocalClient;
import dev.cairn.server.etcd.LockService;
import dev.cairn.server.etcd.MaintenanceService;
import dev.cairn.server.etcd.QuarantineGate;
import dev.cairn.server.etcd.RecipeCalls;
import dev.cairn.server.etcd.WatchService;
import dev.cairn.server.gateway.Gateway;
import dev.cairn.server.gateway.ReadIndex;
import dev.cairn.server.gateway.Refusal;
import dev.cairn.server.http.OperatorPages;
import dev.cairn.server.http.Site;
import dev.cairn.server.json.GatewayLoad;
import dev.cairn.server.json.JsonGateway;
import dev.cairn.server.metrics.CallCounter;
import dev.cairn.server.metrics.LeaseCounts;
import dev.cairn.server.metrics.ProcessGauges;
import dev.cairn.server.metrics.ReplicaMetrics;
import dev.cairn.server.net.HttpLoad;
import dev.cairn.server.net.HttpSide;
import dev.cairn.server.net.OnePort;
import dev.cairn.server.net.PlainPort;
import dev.cairn.server.net.PortTls;
import dev.cairn.server.proven.ProvenServices;
import dev.cairn.server.upkeep.SnapshotFiles;
import dev.cairn.server.upkeep.Upkeep;
import dev.cairn.server.watch.WatchHub;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * The client side of a replica: etcd's services, health, metrics and the replica's own status, on one port. Takes no
 * client before {@link #open}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's schedules run until its threads end.
final class Frontend implements CommitListener<KvState>, AutoCloseable {
    private static final int WORKER_THREADS = 2;
    private static final int BACKGROUND_THREADS = 2;
    private static final int MAX_BACKGROUND_TASKS = 8192;
    private static final int MAX_WAITING_READS = 65_536;
    private static final int MAX_WAITING_KEEPALIVES = 65_536;
    private static final int MAX_RECIPES = 16_384;
    /** As etcd's: a message somewhat too large is refused in etcd's words. */
    private static final int MESSAGE_SLACK_BYTES = 512 << 10;

    private static final int MAX_METADATA_BYTES = 64 << 10;
    private static final int MAX_JSON_CALLS = 16_384;
    private static final long MAX_JSON_BODY_BYTES = 64 << 20;
    private static final HttpLoad.Limits CLIENTS = new HttpLoad.Limits(16_384, 48 << 20, 75_000, 64 << 10);
    private static final HttpLoad.Limits PROBES = new HttpLoad.Limits(256, 8 << 20, 75_000, 64 << 10);
    private static final long SILENCE_MILLIS = 10_000;
    private static final long TICK_MILLIS = 100;

    /** How long whoever is told of the end may take to hear it. */
    private static final long LAST_ANSWERS_MILLIS = 500;

    private static final int TICKS_WITHOUT_LEADER = 30;
    private static final int TICKS_BETWEEN_REFRESHES = 100;

    private final Consensus consensus;
    private final CommittedStore store;
    private final ClientId self;
    private final OnePort port;
    private final Background background = new Background("background", BACKGROUND_THREADS, MAX_BACKGROUND_TASKS);
    private final Passwords passwords = new Passwords(new SecureRandom());
    private final OrderedThread watchLoop = new OrderedThread("watch");
    private final OrderedThread historyReader = new OrderedThread("watch-history");
    private final Gateway gateway;
    private final ReadIndex readIndex;
    private final ProvenServices proven;
    private final WatchHub hub;
    private final WatchService watches;
    private final SnapshotFiles snapshots;
    private final Upkeep upkeep;
    private final LeaseService leases;
    private final LeaseCounts leaseCounts;
    private final RecipeCalls recipes = new RecipeCalls(MAX_RECIPES);
    private final Server server;
    private final Server inProcess;
    private final ManagedChannel ownChannel;
    private final Optional<PlainPort> metricsPort;
    private final long progressMillis;
    private final HealthStatusManager health = new HealthStatusManager();
    private final Optional<PortTls> tls;
    private final LongAdder refusedRequests = new LongAdder();
    private int ticksWithoutLeader;
    private int ticksSinceRefresh;
    private boolean quarantined;

    Frontend(
            FrontendSettings settings,
            Consensus consensus,
            CommittedStore store,
            PrometheusMeterRegistry registry,
            Limits limits) {
        ClusterIdentity cluster = settings.cluster();
        this.consensus = consensus;
        this.self = new ClientId(cluster.self().index());
        this.store = store;
        this.tls = settings.tls();
        this.progressMillis = settings.progressInterval().toMillis();
        this.port = new OnePort(settings.tls(), WORKER_THREADS, SILENCE_MILLIS);
        EventLoop answering = port.workers().next();
        this.gateway = new Gateway(
                self,
                consensus,
                new SecureRandom()::nextLong,
                () -> consensus.status().committed().value(),
                answering,
                System::nanoTime,
                limits(settings));
        this.readIndex = new ReadIndex(
                consensus, answering, System::nanoTime, MAX_WAITING_READS, Gateway.Limits.DEFAULT.patienceNanos());
        Access access = new Access(store, settings.tokens());
        this.proven = new ProvenServices(
                consensus,
                store,
                access,
                store::fault,
                gateway,
                background,
                answering,
                limits,
                settings.maxRequestBytes(),
                settings.maxFutureNanos(),
                Gateway.Limits.DEFAULT.patienceNanos());
        this.hub = new WatchHub(store, watchLoop, historyReader, WatchHub.MAX_WAITING_COMMITS);
        Headers headers = new Headers(cluster, () -> consensus.status().view().number());
        this.watches = new WatchService(hub, headers, access);
        this.snapshots = new SnapshotFiles(settings.snapshots());
        this.upkeep = new Upkeep(
                store::hold, snapshots, cluster, () -> consensus.status().view().number());
        EventLoop timer = port.workers().next();
        KeepAlives keepAlives = new KeepAlives(
                gateway::submit,
                id -> store.committed()
                        .leases()
                        .find(id)
                        .map(Lease::grantedSeconds)
                        .orElse(0L),
                (millis, task) -> timer.schedule(task, millis, TimeUnit.MILLISECONDS),
                System::currentTimeMillis,
                MAX_WAITING_KEEPALIVES);
        LeaderMoves leaderMoves = new LeaderMoves(
                consensus,
                () -> store.needsSignatures(Right.MOVE_LEADER),
                cluster,
                (millis, task) -> timer.schedule(task, millis, TimeUnit.MILLISECONDS));
        SecureRandom random = new SecureRandom();
        LongSupplier leaseIds = () -> random.nextLong(1, Long.MAX_VALUE);
        this.leases =
                new LeaseService(gateway, readIndex, keepAlives, store, access, headers, background, limits, leaseIds);
        LocalClient local = new LocalClient(new LocalClient.Parts(
                gateway,
                readIndex,
                store,
                access,
                background,
                hub,
                headers,
                limits,
                leaseIds,
                settings.maxClientBytes()));
        this.leaseCounts = new LeaseCounts(store.state());
        ProcessGauges process = new ProcessGauges();
        ReplicaMetrics metrics = new ReplicaMetrics(registry, consensus);
        metrics.bind(store, process, EtcdVersion.SERVER, cluster.memberId(), limits.quotaBytes());
        metrics.bindRefusals(refusedRequests);
        metrics.bind(proven, background);
        metrics.bind(upkeep);
        metrics.bind(leaseCounts, keepAlives);
        metrics.bind(recipes);
        metrics.bind(leaderMoves);
        metrics.bind(passwords, settings.tokens());
        List<BindableService> services = new ArrayList<>(List.of(
                new KvService(
                        gateway,
                        readIndex,
                        store,
                        access,
                        headers,
                        background,
                        limits,
                        settings.maxClientBytes(),
                        settings.maxRequestBytes()),
                watches,
                new MaintenanceService(
                        consensus,
                        store,
                        store,
                        access,
                        cluster,
                        headers,
                        upkeep,
                        gateway,
                        readIndex,
                        leaderMoves,
                        background),
                new ClusterService(cluster, headers, readIndex::await),
                leases,
                new AuthService(gateway, readIndex, store, access, headers, background, passwords, settings.tokens()),
                new LockService(local, recipes),
                new ElectionService(local, recipes),
                new StatusService(consensus, store, gateway, process, cluster, settings.version()),
                health.getHealthService(),
                ProtoReflectionServiceV1.newInstance()));
        services.addAll(proven.services());
        CallCounter calls = new CallCounter(registry);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(settings.listen())
                .maxInboundMessageSize(settings.maxClientBytes() + MESSAGE_SLACK_BYTES)
                .maxInboundMetadataSize(MAX_METADATA_BYTES)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(false)
                .keepAliveTime(2, TimeUnit.HOURS)
                .keepAliveTimeout(20, TimeUnit.SECONDS);
        String within = InProcessServerBuilder.generateName();
        this.inProcess = serving(services, calls, access, InProcessServerBuilder.forName(within))
                .build();
        this.ownChannel =
                InProcessChannelBuilder.forName(within).directExecutor().build();
        GatewayLoad load = new GatewayLoad(MAX_JSON_CALLS, MAX_JSON_BODY_BYTES);
        metrics.bind(load);
        OperatorPages pages = new OperatorPages(
                consensus,
                readIndex,
                () -> names(store.alarms()),
                () -> registry.scrape() + leaseCounts.ttls().text(),
                registry,
                background,
                EtcdVersion.SERVER);
        HttpLoad ofClients = new HttpLoad(CLIENTS);
        HttpLoad ofProbes = new HttpLoad(PROBES);
        metrics.bind(ofClients, "client");
        metrics.bind(ofProbes, "metrics");
        Site site = new Site(pages, new JsonGateway(ownChannel, background, load, ofClients));
        HttpSide pagesAlone = new HttpSide(pages, Site.EVERY_REPLY, ofProbes);
        this.metricsPort = settings.metricsListen().map(address -> new PlainPort(address, pagesAlone, port.workers()));
        port.attach(serving(services, calls, access, builder), new HttpSide(site, Site.EVERY_REPLY, ofClients));
        this.server = builder.build();
    }

    /** The same services behind the same gates, whichever way a call comes in. */
    private <B extends ServerBuilder<B>> B serving(
            List<BindableService> services, CallCounter calls, Access access, B builder) {
        builder.directExecutor()
                .addStreamTracerFactory(calls)
                .intercept(new AccessGate(access))
                .intercept(new LeaderGate(consensus))
                .intercept(new QuarantineGate(consensus))
                .intercept(new Credentials.Keeper());
        services.forEach(builder::addService);
        return builder;
    }

    /** A batch must fit into a request, whatever the cluster's parameters make of that. */
    private static Gateway.Limits limits(FrontendSettings settings) {
        Gateway.Limits usual = Gateway.Limits.DEFAULT;
        return new Gateway.Limits(
                usual.outstanding(),
                usual.outstandingAlone(),
                usual.batchOperations(),
                Math.min(usual.batchBytes(), settings.maxRequestBytes()),
                usual.waitingCalls(),
                usual.waitingBytes(),
                usual.patienceNanos());
    }

    /** Each once, whosever it is. */
    private static List<String> names(Set<Alarm> alarms) {
        return alarms.stream().map(alarm -> alarm.kind().name()).distinct().toList();
    }

    /** Begins to serve, from what is committed now. */
    void open() throws IOException, StorageException {
        noteQuarantine();
        snapshots.clear();
        proven.resume(store.state());
        inProcess.start();
        server.start();
        if (metricsPort.isPresent()) {
            metricsPort.get().open();
        }
        gateway.start();
        EventLoop clock = port.workers().next();
        clock.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        clock.scheduleAtFixedRate(hub::beat, progressMillis, progressMillis, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        gateway.expire();
        readIndex.expire();
        proven.tick();
        noteQuarantine();
        refreshCertificates();
        ticksWithoutLeader = consensus.status().changing() ? ticksWithoutLeader + 1 : 0;
        if (ticksWithoutLeader == TICKS_WITHOUT_LEADER) {
            watches.leaderLost();
            leases.leaderLost();
        }
    }

    private void refreshCertificates() {
        if (tls.isPresent() && ++ticksSinceRefresh >= TICKS_BETWEEN_REFRESHES) {
            // If too much waits there, the next turn is early enough.
            ticksSinceRefresh = background.offer(tls.get()::refresh) ? 0 : ticksSinceRefresh;
        }
    }

    /** A quarantine ends only with the node, so it begins once or never. */
    private void noteQuarantine() {
        if (!quarantined && consensus.status().quarantined()) {
            quarantined = true;
            health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
            endAll(EtcdError.QUARANTINED);
            gateway.refuseWaiting(Refusal.QUARANTINED);
            readIndex.refuseWaiting(Refusal.QUARANTINED);
        }
    }

    private void endAll(EtcdError why) {
        watches.endAll(why);
        leases.endAll(why);
        recipes.endAll(why);
        proven.endAll(why);
    }

    // What the node tells; on its event loop.

    @Override
    public void committed(Block block, KvState state, QuorumCertificate proof) {
        hub.committed(state.roots().firstRevision() - 1, state.roots().lastRevision(), () -> store.changes(state));
        for (int i = 0; i < block.requests().size(); i++) {
            RequestId id = block.requests().get(i).id();
            if (id.client().equals(self) && gateway.awaits(id)) {
                gateway.committed(id, state.results().get(i));
            }
        }
        proven.committed(block, state, proof);
        leaseCounts.committed(state);
    }

    @Override
    public void readReady(long readId, Optional<Testimony> testimony) {
        if (!proven.readReady(readId, testimony)) {
            readIndex.ready(readId);
        }
    }

    @Override
    public void refused(Request request, String reason) {
        refusedRequests.increment();
        gateway.refused(request.id());
    }

    /** The port that was really taken. */
    int port() {
        return server.getPort();
    }

    /** The port of {@code metrics-listen} that was really taken, 0 without. */
    int metricsPort() {
        return metricsPort.map(PlainPort::port).orElse(0);
    }

    /**
     * Refuses what waits, ends all connections and threads. Whoever watches or renews hears that this replica is unavailable: a
     * stream that gRPC takes down by itself is cancelled, which clients take for final.
     */
    @Override
    public void close() {
        upkeep.close();
        gateway.stop();
        readIndex.stop();
        server.shutdown();
        endAll(EtcdError.STOPPED);
        awaitLastAnswers();
        port.disconnect();
        server.shutdownNow();
        metricsPort.ifPresent(PlainPort::close);
        ownChannel.shutdownNow();
        inProcess.shutdownNow();
        port.close();
        watchLoop.close();
        historyReader.close();
        background.close();
        passwords.close();
    }

    private void awaitLastAnswers() {
        try {
            var _ = server.awaitTermination(LAST_ANSWERS_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
