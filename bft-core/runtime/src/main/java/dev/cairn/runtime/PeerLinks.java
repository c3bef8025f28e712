package dev.cairn.runtime;

import dev.cairn.codec.MessageCodec;
import dev.cairn.proto.v1.PeerMessage;
import dev.cairn.protocol.Authenticator;
import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** All links of one replica: it dials every other replica and accepts from every other; messages flow as they dial. */
final class PeerLinks implements EventLoop.Network, AutoCloseable {
    /** Frames, flow-control windows and what gRPC holds per stream are bounded by these. */
    private static final int WINDOW_BYTES = 4 << 20;

    private static final int MAX_HEADER_BYTES = 8 << 10;
    private static final int MAX_STREAMS_PER_CONNECTION = 4;
    private static final int MAX_CONNECTIONS = 512;
    private static final int MAX_CONNECTIONS_PER_ADDRESS = 64;

    private final MultiThreadIoEventLoopGroup group;
    private final Server server;
    private final Map<ReplicaId, OutboundLink> links = new TreeMap<>();
    private final InboundFilter filter;

    private PeerLinks(MultiThreadIoEventLoopGroup group, Server server, InboundFilter filter) {
        this.group = group;
        this.server = server;
        this.filter = filter;
    }

    static PeerLinks open(
            NodeConfig config,
            Genesis genesis,
            KeyMaterial keys,
            Authenticator authenticator,
            InboundFilter filter,
            Consumer<Input> inbox,
            NodeMetrics metrics)
            throws BootException {
        PeerTls tls = new PeerTls(config.self(), config.peers(), keys);
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(
                config.bounds().ioThreads(),
                new DefaultThreadFactory("cairn-io-" + config.self(), true),
                Sockets.ioHandler());
        Map<ReplicaId, OutboundLink> links = new TreeMap<>();
        InboundLinks inbound = new InboundLinks(
                tls,
                genesis.chainId(),
                authenticator,
                filter,
                config.bounds().inboundBytesPerPeer(),
                inbox,
                peer -> nudge(links, peer),
                metrics);
        try {
            for (ReplicaId peer : genesis.membership().quorums().members()) {
                if (!peer.equals(config.self())) {
                    links.put(
                            peer,
                            new OutboundLink(
                                    peer,
                                    config.peers().get(peer.index()),
                                    tls.client(peer),
                                    group,
                                    genesis.chainId(),
                                    new SendLanes(config.bounds(), metrics),
                                    up -> inbox.accept(new Input.LinkChanged(peer, up)),
                                    metrics));
                }
            }
            Server server = NettyServerBuilder.forAddress(config.peerListen())
                    .channelFactory(PeerLinks::listener)
                    .bossEventLoopGroup(group)
                    .workerEventLoopGroup(group)
                    .withOption(ChannelOption.SO_REUSEADDR, true)
                    .withChildOption(ChannelOption.TCP_NODELAY, true)
                    .sslContext(tls.server())
                    .directExecutor()
                    .handshakeTimeout(5, TimeUnit.SECONDS)
                    .maxConnectionIdle(10, TimeUnit.SECONDS)
                    .maxConcurrentCallsPerConnection(MAX_STREAMS_PER_CONNECTION)
                    .maxInboundMetadataSize(MAX_HEADER_BYTES)
                    .maxInboundMessageSize(maxFrameBytes(genesis.parameters()))
                    .flowControlWindow(WINDOW_BYTES)
                    .permitKeepAliveTime(5, TimeUnit.SECONDS)
                    .permitKeepAliveWithoutCalls(true)
                    .addService(ServerInterceptors.intercept(inbound, inbound))
                    .build()
                    .start();
            PeerLinks opened = new PeerLinks(group, server, filter);
            opened.links.putAll(links);
            return opened;
        } catch (IOException e) {
            var _ = group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new BootException(
                    BootException.Cause.UNUSABLE,
                    "cannot listen for the other replicas on " + Listening.text(config.peerListen()) + " ("
                            + Listening.reason(e)
                            + "); check that the address is this machine's and that no other program has the port",
                    e);
        }
    }

    /**
     * A full frame of small messages, with a block and what frames it, or with a chunk of a state. In that a key as large
     * as a request stands once with its version, and before in the place, where its bytes may have doubled.
     */
    static int maxFrameBytes(Parameters parameters) {
        return (int) Math.min(Integer.MAX_VALUE, 3L * parameters.maxBlockBytes() + SendLanes.FRAME_BYTES + (1 << 20));
    }

    private static ServerSocketChannel listener() {
        ServerSocketChannel listener = Sockets.listener();
        listener.pipeline().addFirst(new ConnectionLimit(MAX_CONNECTIONS, MAX_CONNECTIONS_PER_ADDRESS));
        return listener;
    }

    private static void nudge(Map<ReplicaId, OutboundLink> links, ReplicaId peer) {
        OutboundLink link = links.get(peer);
        if (link != null) {
            link.nudge();
        }
    }

    /** Begins to dial. */
    void start() {
        links.values().forEach(OutboundLink::start);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getListenSockets().getFirst();
    }

    /** Queues the message for its peer; goes out at the next {@link #flush}. From any thread. */
    @Override
    public void send(ReplicaId to, Message message) {
        OutboundLink link = links.get(to);
        if (link != null) {
            filter.onSent(to, message);
            link.enqueue(Lane.of(message), MessageCodec.encode(message));
        }
    }

    /** Queues the message for all others; encoded once. */
    @Override
    public void broadcast(Message message) {
        filter.onBroadcast(message);
        Lane lane = Lane.of(message);
        PeerMessage encoded = MessageCodec.encode(message);
        links.values().forEach(link -> link.enqueue(lane, encoded));
    }

    @Override
    public void flush() {
        links.values().forEach(OutboundLink::flush);
    }

    int linksUp() {
        return (int) links.values().stream().filter(OutboundLink::isUp).count();
    }

    /** Ends all connections and the I/O threads. */
    @Override
    public void close() {
        links.values().forEach(OutboundLink::close);
        server.shutdownNow();
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
    }
}
