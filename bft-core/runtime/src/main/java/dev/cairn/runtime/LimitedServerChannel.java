package dev.cairn.runtime;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A listening socket that closes what it accepts while too many connections are open: strangers cost only sockets. */
final class LimitedServerChannel extends NioServerSocketChannel {
    private static final int MAX_CONNECTIONS = 512;

    private final AtomicInteger open = new AtomicInteger();

    @Override
    protected int doReadMessages(List<Object> accepted) throws Exception {
        int count = super.doReadMessages(accepted);
        if (count > 0 && accepted.getLast() instanceof Channel child) {
            if (open.get() >= MAX_CONNECTIONS) {
                accepted.removeLast();
                child.unsafe().closeForcibly();
                return 0;
            }
            open.incrementAndGet();
            child.closeFuture().addListener(_ -> open.decrementAndGet());
        }
        return count;
    }
}
