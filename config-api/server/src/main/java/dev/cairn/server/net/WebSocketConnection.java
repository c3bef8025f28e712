package dev.cairn.server.net;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * One request whose body comes, and whose answer goes, as the messages of a WebSocket: a line is a message. Where a message
 * of the client ends is of no account, so its frames are passed on as they come.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in the pipeline.
final class WebSocketConnection extends SimpleChannelInboundHandler<WebSocketFrame> implements HttpSender {
    /** One is held whole; a message may have any number of them. */
    static final int MAX_FRAME_BYTES = 64 << 10;

    private static final int LINGER_SECONDS = 75;

    private final Channel channel;
    private final HttpExchange exchange;
    private final Outflow outflow;
    private boolean ended;

    WebSocketConnection(Channel channel, HttpSide side, HttpHead head) {
        this.channel = channel;
        this.outflow = new Outflow(side.load(), channel.eventLoop(), this::becameWritable, channel::close);
        this.exchange = side.service().open(head.withMethod("POST"), this);
    }

    private void becameWritable() {
        if (!ended) {
            exchange.writable();
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
        switch (frame) {
            case PingWebSocketFrame ping -> pong(ctx, ping);
            case PongWebSocketFrame _ -> {}
            case CloseWebSocketFrame close ->
                ctx.writeAndFlush(close.retain()).addListener(ChannelFutureListener.CLOSE);
            default -> {
                if (!ended) {
                    exchange.body(ByteBufUtil.getBytes(frame.content()));
                }
            }
        }
    }

    /** Who takes nothing is not answered: pings may be left out. */
    private static void pong(ChannelHandlerContext ctx, PingWebSocketFrame ping) {
        if (ctx.channel().isWritable()) {
            ctx.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!ended) {
            ended = true;
            exchange.gone();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    @Override
    public void reply(HttpReply whole) {
        if (!ended) {
            HttpReply told = outflow.admitted(whole);
            outflow.sent(told.body().size(), write(told.body().shared()));
            end();
        }
    }

    /** A message has no head. */
    @Override
    public void begin(int status, String contentType) {}

    @Override
    public void send(byte[] part) {
        if (!ended) {
            outflow.sentNext(part.length, write(part));
        }
    }

    private ChannelFuture write(byte[] part) {
        boolean line = part.length > 0 && part[part.length - 1] == '\n';
        return channel.writeAndFlush(
                new TextWebSocketFrame(Unpooled.wrappedBuffer(part, 0, line ? part.length - 1 : part.length)));
    }

    @Override
    public void end() {
        if (!ended) {
            ended = true;
            channel.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE))
                    .addListener(ChannelFutureListener.CLOSE);
            // Who does not take what came before never comes to the end.
            channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public boolean isWritable() {
        return outflow.isWritable();
    }

    @Override
    public void pauseBody(boolean pause) {
        if (!ended) {
            channel.config().setAutoRead(!pause);
        }
    }

    @Override
    public ScheduledExecutorService thread() {
        return channel.eventLoop();
    }
}
