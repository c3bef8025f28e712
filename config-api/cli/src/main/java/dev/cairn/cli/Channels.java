package dev.cairn.cli;

import dev.cairn.genesis.HostPort;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Connections of one command, made when first needed, all on one thread: what starts fastest. */
final class Channels implements AutoCloseable {
    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("grpc", true), NioIoHandler.newFactory());
    private final Map<HostPort, ManagedChannel> channels = new LinkedHashMap<>();

    synchronized ManagedChannel to(HostPort endpoint) {
        return channels.computeIfAbsent(
                endpoint,
                address -> NettyChannelBuilder.forAddress(address.toSocketAddress())
                        .usePlaintext()
                        .channelType(NioSocketChannel.class)
                        .eventLoopGroup(loop)
                        .directExecutor()
                        .disableServiceConfigLookUp()
                        .maxInboundMessageSize(Integer.MAX_VALUE)
                        .build());
    }

    @Override
    public synchronized void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
        var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
