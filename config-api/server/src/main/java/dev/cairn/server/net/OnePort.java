package dev.cairn.server.net;

import dev.cairn.runtime.Sockets;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One listening port for gRPC and HTTP. Every accepted connection is looked at before gRPC sees it: one that opens with the
 * HTTP/2 preface is passed on to gRPC's own acceptor, and its requests that are none of gRPC's are taken out; any other is
 * HTTP/1.1. What is not gRPC is served by an {@link HttpService}. With TLS all this happens behind it.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in the pipeline.
public final class OnePort implements AutoCloseable {
    private final EventLoopGroup boss;
    private final EventLoopGroup workers;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final long silenceMillis;
    private final Optional<PortTls> tls;
    private final PeerName peers = new PeerName();

    /**
     * @param tls nothing for clear text
     * @param workerThreads threads that serve all connections
     * @param silenceMillis a connection that has not shown its protocol after this long is closed
     */
    public OnePort(Optional<PortTls> tls, int workerThreads, long silenceMillis) {
        this.tls = tls;
        this.boss = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("client-accept"), Sockets.ioHandler());
        this.workers = new MultiThreadIoEventLoopGroup(
                workerThreads, new DefaultThreadFactory("client-io"), Sockets.ioHandler());
        this.silenceMillis = silenceMillis;
    }

    /**
     * Makes {@code builder}'s server listen through this port.
     *
     * @param side whatever is not gRPC; its load counts all connections
     */
    public void attach(NettyServerBuilder builder, HttpSide side) {
        builder.addTransportFilter(peers)
                .bossEventLoopGroup(boss)
                .workerEventLoopGroup(new AdoptingEventLoopGroup(workers))
                .channelFactory(() -> {
                    ServerSocketChannel listener = Sockets.listener();
                    listener.pipeline().addLast(new Acceptor(side));
                    return listener;
                })
                .withOption(ChannelOption.SO_REUSEADDR, true);
    }

    /** The threads that serve the connections; what runs on them must not block. */
    public EventLoopGroup workers() {
        return workers;
    }

    /** Drops what is still connected, without a last word of gRPC's. Returns at once. */
    public void disconnect() {
        connections.forEach(connection ->
                connection.eventLoop().execute(() -> connection.unsafe().closeForcibly()));
    }

    /** Closes what is still connected and ends the threads. The gRPC server is shut down before. */
    @Override
    public void close() {
        connections.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        boss.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        workers.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }

    /** Stands before gRPC's acceptor in the listening channel's pipeline. */
    private final class Acceptor extends ChannelInboundHandlerAdapter {
        private final HttpSide side;

        Acceptor(HttpSide side) {
            this.side = side;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object accepted) {
            Channel child = (Channel) accepted;
            if (!side.load().admit(child)) {
                child.unsafe().closeForcibly();
                return;
            }
            connections.add(child);
            child.config().setOption(ChannelOption.TCP_NODELAY, true);
            child.config().setOption(ChannelOption.SO_KEEPALIVE, true);
            tls.ifPresent(security -> child.pipeline().addLast(security.handler(child)));
            child.pipeline().addLast(new ProtocolSniffer(ctx, side, peers, silenceMillis));
            workers.register(child).addListener(registered -> {
                if (!registered.isSuccess()) {
                    child.unsafe().closeForcibly();
                }
            });
        }
    }
}
