package dev.cairn.agent.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A connection that is a stream of bytes each way. Nothing is read ahead of what is wanted, and what is written waits until the
 * system has taken it, so neither side fills memory.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in the pipeline.
final class RawBytes extends ChannelInboundHandlerAdapter {
    /** No other that was received is empty. */
    private static final byte[] END = new byte[0];

    private final Channel channel;

    /** What one reading has brought. */
    private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();

    RawBytes(Channel channel) {
        this.channel = channel;
    }

    /** Says that the protocol changes, and takes the place of everything that knows HTTP. On the event loop. */
    void take(ChannelHandlerContext ctx, Conversation conversation, String protocol) {
        HttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
        response.headers()
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
                .set(HttpHeaderNames.UPGRADE, protocol);
        channel.config().setAutoRead(false);
        ctx.writeAndFlush(response);
        channel.pipeline().replace(conversation, null, this);
        channel.pipeline().remove(HttpObjectAggregator.class);
        channel.pipeline().remove(HttpServerCodec.class);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf buffer = (ByteBuf) message;
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes).release();
        if (bytes.length > 0) {
            received.add(bytes);
        }
    }

    /** There is no more to read. */
    void end() {
        received.add(END);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    /** For one thread. */
    InputStream in() {
        return new InputStream() {
            private byte[] current = END;
            private int at;
            private boolean isAtEnd;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                if (length == 0) {
                    return 0;
                }
                if (at == current.length && !isAtEnd) {
                    current = next();
                    at = 0;
                    isAtEnd = current.length == 0;
                }
                if (isAtEnd) {
                    return -1;
                }
                int taken = Math.min(length, current.length - at);
                System.arraycopy(current, at, into, from, taken);
                at += taken;
                return taken;
            }
        };
    }

    private byte[] next() throws IOException {
        if (received.isEmpty()) {
            channel.read();
        }
        try {
            return received.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the agent ends");
        }
    }

    OutputStream out() {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                ChannelFuture written = channel.writeAndFlush(Unpooled.copiedBuffer(bytes, from, length));
                try {
                    written.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("the agent ends");
                }
                if (!written.isSuccess()) {
                    throw new IOException("the client has gone", written.cause());
                }
            }
        };
    }
}
