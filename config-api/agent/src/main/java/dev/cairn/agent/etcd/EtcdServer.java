package dev.cairn.agent.etcd;

import dev.cairn.agent.Refusals;
import dev.cairn.agent.Writes;
import dev.cairn.agent.http.AllowedUids;
import dev.cairn.agent.http.Load;
import dev.cairn.agent.http.SocketFiles;
import dev.cairn.client.CairnClient;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.genesis.HostPort;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.server.config.StartupException;
import dev.cairn.server.etcd.ClusterIdentity;
import dev.cairn.server.etcd.ClusterService;
import dev.cairn.server.etcd.Headers;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** etcd's API where this node's programs expect it. */
public final class EtcdServer implements AutoCloseable {
    private static final int MAX_MESSAGE_BYTES = 2 << 20;
    private static final int MAX_CALLS_PER_CONNECTION = 512;

    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("etcd-io"), EpollIoHandler.newFactory());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Server> servers = new ArrayList<>();
    private final VerifiedKv kv;
    private final VerifiedWatches watches;
    private final PassedOn passedOn;
    private final List<BindableService> services;

    private EtcdServer(CairnClient client, Writes writes, Refusals refusals, boolean replicasHaveTls) {
        List<ClusterIdentity.Member> members = members(client, replicasHaveTls);
        // An id that follows from the chain's and is none of the replicas'.
        ClusterIdentity identity = new ClusterIdentity(client.pin().chainId(), new ReplicaId(members.size()), members);
        Headers headers = new Headers(identity, () -> view(client));
        this.kv = new VerifiedKv(client, writes, headers, refusals);
        this.watches = new VerifiedWatches(client, headers, refusals);
        this.passedOn = new PassedOn(client);
        this.services = List.of(
                kv,
                watches,
                new PassedOnLeases(passedOn),
                new PassedOnLocks(passedOn),
                new PassedOnElections(passedOn),
                new NoSignIn(),
                new ClusterService(identity, headers),
                new AgentMaintenance(client, identity, headers, refusals, passedOn));
    }

    /** The replicas, as the genesis document names them. */
    private static List<ClusterIdentity.Member> members(CairnClient client, boolean tls) {
        List<GenesisFile.Member> replicas = client.pin().document().replicas();
        String scheme = tls ? "https://" : "http://";
        return IntStream.range(0, replicas.size())
                .mapToObj(i -> new ClusterIdentity.Member(
                        "replica-" + i,
                        List.of("https://" + replicas.get(i).peer()),
                        List.of(scheme + replicas.get(i).client())))
                .toList();
    }

    private static long view(CairnClient client) {
        return client.newestKnown()
                .certificate()
                .map(certificate -> certificate.view().number())
                .orElse(0L);
    }

    /**
     * Serves from now on, at a loopback address, on a Unix socket, on both or nowhere.
     *
     * @param replicasHaveTls whether clients reach the replicas by TLS, as the member list says then
     * @param allowed who may connect to the Unix socket; of a loopback address every user of the machine may
     */
    public static EtcdServer start(
            CairnClient client,
            Writes writes,
            Refusals refusals,
            boolean replicasHaveTls,
            Optional<HostPort> address,
            Optional<Path> socket,
            AllowedUids allowed,
            Load load)
            throws StartupException {
        EtcdServer server = new EtcdServer(client, writes, refusals, replicasHaveTls);
        try {
            if (address.isPresent()) {
                server.listen(address.get());
            }
            if (socket.isPresent()) {
                server.listen(socket.get(), allowed, load);
            }
            return server;
        } catch (StartupException e) {
            server.close();
            throw e;
        }
    }

    private void listen(HostPort address) throws StartupException {
        InetSocketAddress resolved = address.toSocketAddress();
        InetAddress host = resolved.getAddress();
        if (host == null || !host.isLoopbackAddress()) {
            throw new StartupException("etcd-listen: " + address + " is no loopback address; whoever reaches it writes"
                    + " in this node's name, so write one such as 127.0.0.1:2379");
        }
        start(
                NettyServerBuilder.forAddress(resolved).channelFactory(EpollServerSocketChannel::new),
                address.toString());
    }

    private void listen(Path socket, AllowedUids allowed, Load load) throws StartupException {
        SocketFiles.makeRoom(socket);
        start(
                NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                        .channelFactory(() -> {
                            EpollServerDomainSocketChannel listener = new EpollServerDomainSocketChannel();
                            listener.pipeline().addLast(new PeerGate(allowed, load));
                            return listener;
                        }),
                socket.toString());
        SocketFiles.openToAll(socket); // whoever is not allowed is refused by user id
    }

    private void start(NettyServerBuilder builder, String where) throws StartupException {
        Server server = builder.bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .executor(threads)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .addServices(services.stream().map(BindableService::bindService).toList())
                .build();
        try {
            servers.add(server.start());
        } catch (IOException e) {
            throw new StartupException(
                    "cannot serve etcd's API on " + where + " (" + e.getMessage() + "); stop what uses it", e);
        }
    }

    public int callsUnderWay() {
        return kv.underWay();
    }

    /** Calls that replicas answer unproven. */
    public int callsPassedOn() {
        return passedOn.underWay();
    }

    public int openWatches() {
        return watches.open();
    }

    @Override
    public void close() {
        servers.forEach(Server::shutdownNow);
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
        threads.shutdownNow();
    }
}
