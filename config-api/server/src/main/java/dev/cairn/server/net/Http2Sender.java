package dev.cairn.server.net;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;

/** Sends one answer on a stream of an HTTP/2 connection. */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write ends in the connection's handler.
final class Http2Sender implements HttpSender {
    private enum Stage {
        NOTHING_SENT,
        STREAMING,
        DONE
    }

    private final ChannelHandlerContext ctx;
    private final Http2ConnectionHandler handler;
    private final int stream;
    private final boolean headOnly;
    private final Map<String, String> everyReply;
    private final Outflow outflow;
    private HttpExchange exchange = HttpExchange.ANSWERED;
    private Stage stage = Stage.NOTHING_SENT;
    private boolean paused;
    private int untakenBytes;

    Http2Sender(
            ChannelHandlerContext ctx, Http2ConnectionHandler handler, int stream, boolean headOnly, HttpSide side) {
        this.ctx = ctx;
        this.handler = handler;
        this.stream = stream;
        this.headOnly = headOnly;
        this.everyReply = side.everyReply();
        this.outflow = new Outflow(
                side.load(),
                ctx.executor(),
                () -> {
                    if (stage == Stage.STREAMING) {
                        exchange.writable();
                    }
                },
                () -> {
                    handler.resetStream(ctx, stream, Http2Error.CANCEL.code(), ctx.newPromise());
                    handler.flush(ctx);
                });
    }

    /** Tells {@code served} of its stream from now on. */
    void serve(HttpExchange served) {
        exchange = served;
    }

    @Override
    public void reply(HttpReply whole) {
        if (stage == Stage.NOTHING_SENT) {
            stage = Stage.DONE;
            HttpReply told = headOnly ? whole : outflow.admitted(whole);
            boolean empty = headOnly || told.body().isEmpty();
            Http2Headers head = head(told.status(), told.contentType());
            told.fields().forEach(head::set);
            head.set("content-length", String.valueOf(told.body().size()));
            handler.encoder().writeHeaders(ctx, stream, head, 0, empty, ctx.newPromise());
            if (!empty) {
                outflow.sent(told.body().size(), write(told.body().shared(), true));
            }
            finished();
        }
    }

    private Http2Headers head(int status, String contentType) {
        Http2Headers head = new DefaultHttp2Headers().status(String.valueOf(status));
        everyReply.forEach(head::set);
        return head.set("content-type", contentType);
    }

    @Override
    public void begin(int status, String contentType) {
        if (stage == Stage.NOTHING_SENT) {
            stage = Stage.STREAMING;
            handler.encoder().writeHeaders(ctx, stream, head(status, contentType), 0, false, ctx.newPromise());
            handler.flush(ctx);
        }
    }

    @Override
    public void send(byte[] part) {
        if (stage == Stage.STREAMING) {
            outflow.sentNext(part.length, write(part, false));
            handler.flush(ctx);
        }
    }

    private ChannelFuture write(byte[] part, boolean last) {
        return handler.encoder().writeData(ctx, stream, Unpooled.wrappedBuffer(part), 0, last, ctx.newPromise());
    }

    @Override
    public void end() {
        if (stage == Stage.STREAMING) {
            stage = Stage.DONE;
            outflow.sentNext(0, write(new byte[0], true));
            finished();
        }
    }

    /** What may still come of the body is passed over: the client may stop sending it. */
    private void finished() {
        handler.flush(ctx);
        paused = false;
        giveBack();
    }

    void abandon() {
        stage = Stage.DONE;
    }

    boolean isDone() {
        return stage == Stage.DONE;
    }

    @Override
    public boolean isWritable() {
        return outflow.isWritable();
    }

    /** How many of {@code bytes} that have come may be followed by others now. */
    int taken(int bytes) {
        if (paused) {
            untakenBytes += bytes;
            return 0;
        }
        return bytes;
    }

    @Override
    public void pauseBody(boolean pause) {
        paused = pause && stage != Stage.DONE;
        if (!paused) {
            giveBack();
        }
    }

    private void giveBack() {
        Http2Stream of = handler.connection().stream(stream);
        if (untakenBytes > 0 && of != null) {
            int bytes = untakenBytes;
            untakenBytes = 0;
            try {
                if (handler.connection().local().flowController().consumeBytes(of, bytes)) {
                    handler.flush(ctx);
                }
            } catch (Http2Exception e) {
                handler.resetStream(ctx, stream, Http2Error.INTERNAL_ERROR.code(), ctx.newPromise());
            }
        }
    }

    @Override
    public ScheduledExecutorService thread() {
        return ctx.executor();
    }
}
