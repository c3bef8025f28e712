package dev.cairn.agent.http;

import dev.cairn.protocol.model.Bytes;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection: one request at a time, in order, each answered on a virtual thread of its own; those that come before the
 * last is answered wait within a bound.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in the pipeline.
final class Conversation extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = System.getLogger(Conversation.class.getName());
    private static final int MAX_PIPELINED = 32;

    private record Asked(
            String method,
            String uri,
            Optional<String> lastEventId,
            Optional<String> upgrade,
            Bytes body,
            boolean keepAlive) {
        Query query(int uid) throws Problem {
            return Query.of(method, uri, lastEventId, upgrade, body, uid);
        }
    }

    private final Pages pages;
    private final Load load;
    private final int uid;
    private final Optional<Problem> refusal;

    // Of the event loop.
    private final ArrayDeque<Asked> waiting = new ArrayDeque<>();

    /** Who answers now. */
    private @Nullable Thread worker;

    /** Serves the user {@code uid}; {@code refusal} says why they may not ask. */
    Conversation(Pages pages, Load load, int uid, Optional<Problem> refusal) {
        this.pages = pages;
        this.load = load;
        this.uid = uid;
        this.refusal = refusal;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            ctx.close();
            return;
        }
        Asked asked = new Asked(
                request.method().name(),
                request.uri(),
                Optional.ofNullable(request.headers().get("Last-Event-ID")),
                Optional.ofNullable(request.headers().get(HttpHeaderNames.UPGRADE)),
                Bytes.wrap(ByteBufUtil.getBytes(request.content())),
                HttpUtil.isKeepAlive(request) && refusal.isEmpty());
        if (worker == null) {
            serve(ctx, asked);
        } else if (waiting.size() < MAX_PIPELINED) {
            waiting.add(asked);
        } else {
            ctx.close();
        }
    }

    private void serve(ChannelHandlerContext ctx, Asked asked) {
        worker = Thread.ofVirtual().name("request").start(() -> {
            try {
                write(ctx, answer(asked), asked.keepAlive());
                ctx.executor().execute(() -> answered(ctx));
            } catch (InterruptedException e) {
                ctx.close(); // the client has gone, or the agent ends
            }
        });
    }

    private void answered(ChannelHandlerContext ctx) {
        worker = null;
        Asked next = waiting.poll();
        if (next != null && ctx.channel().isActive()) {
            serve(ctx, next);
        }
    }

    private Reply answer(Asked asked) {
        if (!load.requests.tryAcquire()) {
            return Reply.of(Problem.unavailable("busy: " + Load.MAX_REQUESTS + " requests are under way; try again"));
        }
        try {
            if (refusal.isPresent()) {
                throw refusal.get();
            }
            return pages.answer(asked.query(uid));
        } catch (Problem e) {
            return Reply.of(e);
        } catch (InterruptedException e) {
            return Reply.of(Problem.unavailable("the agent ends"));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a request failed", e);
            return Reply.of(new Problem(500, "internal error; the agent's log has it"));
        } finally {
            load.requests.release();
        }
    }

    private void write(ChannelHandlerContext ctx, Reply reply, boolean keepAlive) throws InterruptedException {
        switch (reply) {
            case Reply.Whole whole -> write(ctx, whole, keepAlive);
            case Reply.Events events -> stream(ctx, events.source(), load.streams);
            case Reply.Switch change -> begin(ctx, change);
        }
    }

    private static void write(ChannelHandlerContext ctx, Reply.Whole whole, boolean keepAlive)
            throws InterruptedException {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(whole.status()),
                Unpooled.wrappedBuffer(whole.body().shared()));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, whole.contentType())
                .setInt(HttpHeaderNames.CONTENT_LENGTH, whole.body().size());
        whole.headers().forEach(response.headers()::set);
        HttpUtil.setKeepAlive(response, keepAlive);
        ChannelFuture written = ctx.writeAndFlush(response);
        if (keepAlive) {
            written.await();
        } else {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private static void stream(ChannelHandlerContext ctx, Reply.Source source, Semaphore streams)
            throws InterruptedException {
        if (!streams.tryAcquire()) {
            Problem busy = Problem.unavailable("busy: " + Load.MAX_STREAMS + " watches are open; try again later");
            write(ctx, (Reply.Whole) Reply.of(busy), false);
            return;
        }
        try {
            HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream")
                    .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_CACHE);
            HttpUtil.setTransferEncodingChunked(response, true);
            HttpUtil.setKeepAlive(response, false);
            taken(ctx.writeAndFlush(response));
            source.run(event -> taken(ctx.writeAndFlush(
                    new DefaultHttpContent(Unpooled.wrappedBuffer(event.getBytes(StandardCharsets.UTF_8))))));
            ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(ChannelFutureListener.CLOSE);
        } finally {
            streams.release();
        }
    }

    private void begin(ChannelHandlerContext ctx, Reply.Switch change) throws InterruptedException {
        if (!load.sessions.tryAcquire()) {
            Problem busy = Problem.unavailable("busy: " + Load.MAX_SESSIONS + " fetches are under way; try again");
            write(ctx, (Reply.Whole) Reply.of(busy), false);
            return;
        }
        RawBytes raw = new RawBytes(ctx.channel());
        ctx.channel().closeFuture().addListener(_ -> raw.end());
        ctx.executor().execute(() -> {
            waiting.clear(); // there are no requests behind this one
            raw.take(ctx, this, change.protocol());
        });
        // Its reads end and its writes fail then.
        Future<?> deadline = ctx.executor()
                .schedule(() -> ctx.channel().close(), load.sessionTime.toMillis(), TimeUnit.MILLISECONDS);
        Thread.ofPlatform().name("session").daemon().start(() -> {
            try {
                change.session().run(raw.in(), raw.out());
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "a session ends early", e); // the client has gone, or has had its time
            } finally {
                deadline.cancel(false);
                load.sessions.release();
                ctx.channel().flush().close();
            }
        });
    }

    /** Waits, so that a client that reads slowly is sent no more than it takes. */
    private static void taken(ChannelFuture write) throws InterruptedException {
        write.await();
        if (!write.isSuccess()) {
            throw new InterruptedException("the client has gone");
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Thread last = worker;
        if (last != null) {
            last.interrupt();
        }
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
}
