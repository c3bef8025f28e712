package dev.cairn.cli;

import dev.cairn.client.Login;
import dev.cairn.genesis.HostPort;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Connections of one command, made when first needed, all on one thread: what starts fastest. */
final class Channels implements AutoCloseable {
    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("grpc", true), NioIoHandler.newFactory());
    private final Optional<SslContext> tls;
    private final Optional<Login> login;
    private final Map<HostPort, ManagedChannel> channels = new LinkedHashMap<>();

    /** In clear text. */
    Channels() {
        this(Optional.empty(), Optional.empty());
    }

    Channels(Optional<SslContext> tls, Optional<Login> login) {
        this.tls = tls;
        this.login = login;
    }

    private NettyChannelBuilder builder(HostPort endpoint) {
        if (tls.isPresent()) {
            // By name, for the certificate's sake.
            return NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                    .sslContext(tls.get());
        }
        return NettyChannelBuilder.forAddress(endpoint.toSocketAddress()).usePlaintext();
    }

    /** For calls as the user who was named, if one was. */
    Channel asUser(HostPort endpoint) {
        ManagedChannel bare = to(endpoint);
        return login.isPresent() ? login.get().over(endpoint, bare) : bare;
    }

    Optional<String> user() {
        return login.map(Login::user);
    }

    /** For what anybody may ask. */
    synchronized ManagedChannel to(HostPort endpoint) {
        return channels.computeIfAbsent(
                endpoint,
                address -> builder(address)
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
