package dev.cairn.client;

import dev.cairn.genesis.HostPort;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.LinkedHashMap;
import java.util.Map;

/** Clear text, for what is verified needs no secrecy of the line; and at most 16 MiB in a message. */
public final class NettyConnections implements Connections {
    private static final int MAX_MESSAGE_BYTES = 16 << 20;

    private final Map<HostPort, ManagedChannel> channels = new LinkedHashMap<>();

    @Override
    public synchronized Channel to(HostPort address) {
        return channels.computeIfAbsent(
                address,
                each -> NettyChannelBuilder.forAddress(each.host(), each.port())
                        .usePlaintext()
                        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                        .disableRetry()
                        .build());
    }

    @Override
    public synchronized void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
    }
}
