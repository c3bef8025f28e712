package dev.cairn.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Holds a new connection's first bytes until they tell HTTP/2 from HTTP/1.1, then replays them to whoever serves the
 * connection and leaves the pipeline. With TLS it stands behind the TLS handler and sees clear text.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in the pipeline.
final class ProtocolSniffer extends ChannelInboundHandlerAdapter {
    private static final byte[] PREFACE = "PRI".getBytes(StandardCharsets.US_ASCII);

    private final ChannelHandlerContext acceptor;
    private final HttpSide side;
    private final PeerName peers;
    private final long silenceMillis;
    private ByteBuf held = Unpooled.EMPTY_BUFFER;
    private boolean decided;
    private @Nullable ScheduledFuture<?> silence;

    ProtocolSniffer(ChannelHandlerContext acceptor, HttpSide side, PeerName peers, long silenceMillis) {
        this.acceptor = acceptor;
        this.side = side;
        this.peers = peers;
        this.silenceMillis = silenceMillis;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        silence = ctx.executor().schedule(() -> ctx.close(), silenceMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        held = Unpooled.wrappedBuffer(held, (ByteBuf) message);
        if (decided) {
            return;
        }
        int seen = Math.min(PREFACE.length, held.readableBytes());
        boolean mayBeHttp2 = ByteBufUtil.equals(held, held.readerIndex(), Unpooled.wrappedBuffer(PREFACE), 0, seen);
        if (!mayBeHttp2) {
            decided = true;
            serveHttp1(ctx);
        } else if (seen == PREFACE.length) {
            decided = true;
            passToGrpc(ctx.channel());
        }
    }

    private void serveHttp1(ChannelHandlerContext ctx) {
        Http1Connection.serve(ctx.pipeline(), side);
        replay(ctx);
    }

    /** gRPC's acceptor lives on the listening channel's thread; {@link #adopt} comes back from there. */
    private void passToGrpc(Channel child) {
        acceptor.executor().execute(() -> {
            if (child.isOpen()) {
                acceptor.fireChannelRead(child);
            }
        });
    }

    /** Called once gRPC has put its handlers into the pipeline of {@code child}. */
    static void adopt(Channel child) {
        // Adding a handler from another thread queues its handlerAdded on the child's loop; this task runs after it.
        child.eventLoop().execute(() -> {
            ChannelPipeline pipeline = child.pipeline();
            ChannelHandlerContext ctx = pipeline.context(ProtocolSniffer.class);
            if (ctx != null) {
                ((ProtocolSniffer) ctx.handler()).letGrpcServe(ctx);
            }
        });
    }

    private void letGrpcServe(ChannelHandlerContext ctx) {
        Http2ConnectionHandler handler = ctx.pipeline().get(Http2ConnectionHandler.class);
        if (handler == null) {
            ctx.close();
            return;
        }
        Http2Requests.standBefore(handler, side);
        replay(ctx);
    }

    private void replay(ChannelHandlerContext ctx) {
        ByteBuf first = held;
        held = Unpooled.EMPTY_BUFFER;
        ctx.fireChannelRead(first);
        ctx.fireChannelReadComplete();
        ctx.pipeline().remove(this);
    }

    /** TLS tells how its handshake ended: a client without a certificate that it needs has been told by TLS itself. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            SslHandler tls = ctx.pipeline().get(SslHandler.class);
            if (handshake.isSuccess() && tls != null) {
                peers.remember(ctx.channel(), tls.engine().getSession());
            } else {
                ctx.close();
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!decided) {
            ctx.read();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (silence != null) {
            silence.cancel(false);
        }
        held.release();
        held = Unpooled.EMPTY_BUFFER;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
