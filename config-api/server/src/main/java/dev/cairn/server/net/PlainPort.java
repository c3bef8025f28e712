package dev.cairn.server.net;

import dev.cairn.runtime.Listening;
import dev.cairn.runtime.Sockets;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.Serial;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A port that serves HTTP/1.1 in clear text and nothing else. */
@SuppressWarnings("FutureReturnValueIgnored") // A failed close ends in the pipeline.
public final class PlainPort implements AutoCloseable {
    private final InetSocketAddress address;
    private final ServerBootstrap bootstrap;
    private @Nullable Channel listener;

    /** Its address cannot be used; the message says which, and why. */
    public static final class UnusableException extends IOException {
        @Serial
        private static final long serialVersionUID = 1;

        UnusableException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Listens from {@link #open} on.
     *
     * @param threads serve the connections, and are another's to end
     */
    public PlainPort(InetSocketAddress address, HttpSide side, EventLoopGroup threads) {
        this.address = address;
        this.bootstrap = new ServerBootstrap()
                .group(threads)
                .channelFactory(Sockets::listener)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        if (side.load().admit(connection)) {
                            Http1Connection.serve(connection.pipeline(), side);
                        } else {
                            connection.close();
                        }
                    }
                });
    }

    public void open() throws UnusableException {
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new UnusableException(
                    address + " cannot be listened on (" + Listening.reason(bound.cause()) + ")", bound.cause());
        }
        listener = bound.channel();
    }

    /** The port that was really taken. */
    public int port() {
        Channel open = listener;
        return open != null && open.localAddress() instanceof InetSocketAddress taken ? taken.getPort() : 0;
    }

    @Override
    public void close() {
        if (listener != null) {
            listener.close();
        }
    }
}
