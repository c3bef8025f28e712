package dev.cairn.server.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.AbstractEventExecutorGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The worker threads as gRPC's acceptor sees them: "registering" a connection that {@link ProtocolSniffer} has had on
 * one of them already succeeds, and makes the sniffer let go of it.
 */
final class AdoptingEventLoopGroup extends AbstractEventExecutorGroup implements EventLoopGroup {
    private final EventLoopGroup loops;

    AdoptingEventLoopGroup(EventLoopGroup loops) {
        this.loops = loops;
    }

    @Override
    public ChannelFuture register(Channel channel) {
        if (!channel.isRegistered()) {
            return loops.register(channel);
        }
        ProtocolSniffer.adopt(channel);
        return new DefaultChannelPromise(channel).setSuccess();
    }

    @Override
    public ChannelFuture register(ChannelPromise promise) {
        return loops.register(promise);
    }

    @Override
    @Deprecated
    public ChannelFuture register(Channel channel, ChannelPromise promise) {
        return loops.register(channel, promise);
    }

    @Override
    public EventLoop next() {
        return loops.next();
    }

    @Override
    public Iterator<EventExecutor> iterator() {
        return loops.iterator();
    }

    @Override
    public boolean isShuttingDown() {
        return loops.isShuttingDown();
    }

    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        return loops.shutdownGracefully(quietPeriod, timeout, unit);
    }

    @Override
    public Future<?> terminationFuture() {
        return loops.terminationFuture();
    }

    @Override
    @Deprecated
    public void shutdown() {
        loops.shutdown();
    }

    @Override
    public boolean isShutdown() {
        return loops.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return loops.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return loops.awaitTermination(timeout, unit);
    }

    @Override
    @Deprecated
    public List<Runnable> shutdownNow() {
        return loops.shutdownNow();
    }
}
