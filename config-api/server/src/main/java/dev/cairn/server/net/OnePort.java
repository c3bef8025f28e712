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
import java.util.concurrent.TimeUnit;

/**
 * One listening port for gRPC and HTTP/1.1. Every accepted connection is looked at before gRPC sees it: one that opens
 * with the HTTP/2 preface is passed on to gRPC's own acceptor, any other is served as HTTP/1.1 by {@link HttpRoutes}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in the pipeline.
public final class OnePort implements AutoCloseable {
    private final EventLoopGroup boss;
    private final EventLoopGroup workers;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final long silenceMillis;

    /**
     * @param workerThreads threads that serve all connections
     * @param silenceMillis a connection that has not shown its protocol after this long is closed
     */
    public OnePort(int workerThreads, long silenceMillis) {
        this.boss = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("client-accept"), Sockets.ioHandler());
        this.workers = new MultiThreadIoEventLoopGroup(
                workerThreads, new DefaultThreadFactory("client-io"), Sockets.ioHandler());
        this.silenceMillis = silenceMillis;
    }

    /** Makes {@code builder}'s server listen through this port; {@code routes} serve whatever is not gRPC. */
    public void attach(NettyServerBuilder builder, HttpRoutes routes) {
        builder.bossEventLoopGroup(boss)
                .workerEventLoopGroup(new AdoptingEventLoopGroup(workers))
                .channelFactory(() -> {
                    ServerSocketChannel listener = Sockets.listener();
                    listener.pipeline().addLast(new Acceptor(routes));
                    return listener;
                })
                .withOption(ChannelOption.SO_REUSEADDR, true);
    }

    /** The threads that serve the connections; what runs on them must not block. */
    public EventLoopGroup workers() {
        return workers;
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
        private final HttpRoutes routes;

        Acceptor(HttpRoutes routes) {
            this.routes = routes;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object accepted) {
            Channel child = (Channel) accepted;
            connections.add(child);
            child.config().setOption(ChannelOption.TCP_NODELAY, true);
            child.pipeline().addLast(new ProtocolSniffer(ctx, routes, silenceMillis));
            workers.register(child).addListener(registered -> {
                if (!registered.isSuccess()) {
                    child.unsafe().closeForcibly();
                }
            });
        }
    }
}
