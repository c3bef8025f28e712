package dev.cairn.client;

import dev.cairn.genesis.HostPort;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Clear text unless told otherwise, for what is verified needs no secrecy of the line; at most 16 MiB in a message. */
public final class NettyConnections implements Connections {
    private static final int MAX_MESSAGE_BYTES = 16 << 20;

    private final Optional<SslContext> tls;
    private final Map<HostPort, ManagedChannel> channels = new LinkedHashMap<>();

    public NettyConnections() {
        this(Optional.empty());
    }

    /**
     * With TLS, if it is given.
     *
     * @param tls see {@link LineTls#context}
     */
    public NettyConnections(Optional<SslContext> tls) {
        this.tls = tls;
    }

    private NettyChannelBuilder builder(HostPort address) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address.host(), address.port());
        return tls.map(builder::sslContext).orElseGet(builder::usePlaintext);
    }

    @Override
    public synchronized Channel to(HostPort address) {
        return channels.computeIfAbsent(
                address,
                each -> builder(each)
                        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                        .disableRetry()
                        .build());
    }

    @Override
    public synchronized void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
    }
}
