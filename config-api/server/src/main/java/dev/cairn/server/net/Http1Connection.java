package dev.cairn.server.net;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerExpectContinueHandler;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Serves one HTTP/1.1 connection: one request at a time, in order, pipelined ones wait within a bound. */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in the pipeline.
final class Http1Connection extends SimpleChannelInboundHandler<HttpObject> {
    private static final int MAX_PIPELINED = 64;
    private static final int IDLE_SECONDS = 75;

    private final HttpSide side;
    private final ArrayDeque<HttpObject> waiting = new ArrayDeque<>();
    private @Nullable Asked current;
    private @Nullable Upgrade upgrade;

    /** A request that is being served. */
    private static final class Asked {
        final Http1Sender sender;
        final HttpExchange exchange;
        boolean bodyEnded;

        Asked(Http1Sender sender, HttpExchange exchange) {
            this.sender = sender;
            this.exchange = exchange;
        }
    }

    /** A request for a WebSocket, whose end is awaited. */
    private record Upgrade(HttpRequest request, HttpHead head) {}

    /** Lets the connection of {@code pipeline} speak HTTP/1.1. */
    static void serve(ChannelPipeline pipeline, HttpSide side) {
        pipeline.addLast(new IdleStateHandler(IDLE_SECONDS, 0, 0))
                .addLast(new HttpResponseEncoder())
                .addLast(new RequestDecoder())
                .addLast(new HttpServerExpectContinueHandler())
                .addLast(new Http1Connection(side));
    }

    private Http1Connection(HttpSide side) {
        this.side = side;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject object) {
        if (object.decoderResult().isFailure()) {
            refuse(ctx);
        } else if (current == null || !current.bodyEnded) {
            handle(ctx, object);
        } else if (waiting.size() < MAX_PIPELINED) {
            waiting.add(ReferenceCountUtil.retain(object));
        } else {
            ctx.close();
        }
    }

    /** What comes after it cannot be told from it. */
    private void refuse(ChannelHandlerContext ctx) {
        if (current != null) {
            ctx.close();
            return;
        }
        FullHttpResponse bad = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_REQUEST);
        HttpUtil.setContentLength(bad, 0);
        HttpUtil.setKeepAlive(bad, false);
        ctx.writeAndFlush(bad).addListener(ChannelFutureListener.CLOSE);
    }

    private void handle(ChannelHandlerContext ctx, HttpObject object) {
        if (object instanceof HttpRequest request) {
            Optional<HttpHead> head = head(request);
            if (WebSockets.isWanted(request)
                    && head.isPresent()
                    && side.service().takesWebSockets(head.get())) {
                upgrade = new Upgrade(request, head.get());
                return;
            }
            begin(ctx, request, head);
        }
        Upgrade wanted = upgrade;
        if (wanted != null) {
            if (object instanceof LastHttpContent) {
                upgrade = null;
                WebSockets.upgrade(ctx, wanted.request(), wanted.head(), this, side);
            }
            return;
        }
        Asked asked = current;
        if (asked == null || !(object instanceof HttpContent content)) {
            return;
        }
        if (content.content().isReadable() && !asked.sender.isDone()) {
            asked.exchange.body(ByteBufUtil.getBytes(content.content()));
        }
        if (content instanceof LastHttpContent) {
            asked.bodyEnded = true;
            if (asked.sender.isDone()) {
                next(ctx);
            } else {
                asked.exchange.bodyEnded();
            }
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest request, Optional<HttpHead> head) {
        Http1Sender sender = new Http1Sender(ctx, request, side, () -> answered(ctx), this::writable);
        current = new Asked(sender, side.service().open(head, sender));
    }

    private static Optional<HttpHead> head(HttpRequest request) {
        Map<String, String> fields = new HashMap<>();
        request.headers()
                .forEach(field -> fields.putIfAbsent(field.getKey().toLowerCase(Locale.ROOT), field.getValue()));
        return HttpHead.of(request.method().name(), request.uri(), fields);
    }

    private void writable() {
        if (current != null && !current.sender.isDone()) {
            current.exchange.writable();
        }
    }

    /** The answer is complete; if the body is not, what is left of it has no use, and the connection ends with it. */
    private void answered(ChannelHandlerContext ctx) {
        if (current != null && !current.bodyEnded) {
            current.sender.closeWhenSent();
        }
        // The answer may be complete while its request is still being opened.
        ctx.executor().execute(() -> {
            if (isAnswered()) {
                next(ctx);
            }
        });
    }

    private boolean isAnswered() {
        return current != null && current.bodyEnded && current.sender.isDone();
    }

    /** What the client had not taken has left; so the next request is served. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (isAnswered()) {
            next(ctx);
        }
        ctx.fireChannelWritabilityChanged();
    }

    /** Goes on with the next request, unless answers pile up because the client does not read them. */
    private void next(ChannelHandlerContext ctx) {
        if (!ctx.channel().isWritable()) {
            return;
        }
        current = null;
        ctx.channel().config().setAutoRead(true);
        while (current == null || !current.bodyEnded) {
            HttpObject object = waiting.poll();
            if (object == null) {
                return;
            }
            try {
                handle(ctx, object);
            } finally {
                ReferenceCountUtil.release(object);
            }
        }
    }

    /** Nothing was read for long: right for a client that waits for its answer, and for no other. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        boolean waits = current != null && !isAnswered() && (current.bodyEnded || current.sender.isStreaming());
        if (event instanceof IdleStateEvent && !waits) {
            ctx.close();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Asked asked = current;
        current = null;
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        if (asked != null && !asked.sender.isDone()) {
            asked.sender.abandon();
            asked.exchange.gone();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    static boolean isHead(HttpRequest request) {
        return request.method().equals(HttpMethod.HEAD);
    }
}
