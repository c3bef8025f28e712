package dev.cairn.runtime;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands first in a listening channel's pipeline and closes what it accepts beyond its bounds. Strangers cost only
 * sockets, and those of one address can't take what a replica at another needs to come back.
 */
final class ConnectionLimit extends ChannelInboundHandlerAdapter {
    private final int maxConnections;
    private final int maxPerAddress;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<Object, Integer> openByAddress = new ConcurrentHashMap<>();

    ConnectionLimit(int maxConnections, int maxPerAddress) {
        this.maxConnections = maxConnections;
        this.maxPerAddress = maxPerAddress;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object accepted) {
        Channel child = (Channel) accepted;
        Object address = addressOf(child.remoteAddress());
        int connections = open.incrementAndGet();
        int fromThere = openByAddress.merge(address, 1, Integer::sum);
        if (connections > maxConnections || fromThere > maxPerAddress) {
            child.unsafe().closeForcibly(); // tells no listener: it is not registered yet
            release(address);
        } else {
            child.closeFuture().addListener(_ -> release(address));
            ctx.fireChannelRead(child);
        }
    }

    private void release(Object address) {
        open.decrementAndGet();
        openByAddress.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
    }

    /** Without the port. A connection that is gone already has no address; all such count as one. */
    private static Object addressOf(SocketAddress remote) {
        return remote instanceof InetSocketAddress inet && inet.getAddress() != null ? inet.getAddress() : "unknown";
    }
}
