package dev.cairn.server.net;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;

/** Sends one answer over HTTP/1.1, in chunks where its length is not known; to HTTP/1.0 up to the connection's end. */
final class Http1Sender implements HttpSender {
    private enum Stage {
        NOTHING_SENT,
        STREAMING,
        DONE
    }

    private final ChannelHandlerContext ctx;
    private final Map<String, String> everyReply;
    private final Runnable answered;
    private final Outflow outflow;
    private final boolean headOnly;
    private final boolean chunks;
    private boolean keepAlive;
    private Stage stage = Stage.NOTHING_SENT;

    /**
     * @param answered called when the answer is complete
     * @param writable called when more may be sent
     */
    Http1Sender(ChannelHandlerContext ctx, HttpRequest request, HttpSide side, Runnable answered, Runnable writable) {
        this.ctx = ctx;
        this.everyReply = side.everyReply();
        this.answered = answered;
        this.outflow = new Outflow(side.load(), ctx.executor(), writable, () -> {
            var _ = ctx.close();
        });
        this.headOnly = Http1Connection.isHead(request);
        this.chunks = request.protocolVersion().isKeepAliveDefault();
        this.keepAlive = HttpUtil.isKeepAlive(request);
    }

    @Override
    public void reply(HttpReply whole) {
        if (stage != Stage.NOTHING_SENT) {
            return;
        }
        stage = Stage.DONE;
        answered.run();
        HttpReply told = headOnly ? whole : outflow.admitted(whole);
        int bytes = headOnly ? 0 : told.body().size();
        HttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(told.status()),
                Unpooled.wrappedBuffer(told.body().shared(), 0, bytes));
        told.fields().forEach(response.headers()::set);
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, told.body().size());
        ChannelFuture write = ctx.writeAndFlush(finished(response, told.contentType()));
        outflow.sent(bytes, write);
        ended(write);
    }

    private HttpResponse finished(HttpResponse response, String contentType) {
        everyReply.forEach(response.headers()::set);
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        HttpUtil.setKeepAlive(response, keepAlive);
        return response;
    }

    @Override
    public void begin(int status, String contentType) {
        if (stage != Stage.NOTHING_SENT) {
            return;
        }
        stage = Stage.STREAMING;
        keepAlive &= chunks;
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
        HttpUtil.setTransferEncodingChunked(response, chunks);
        outflow.sentNext(0, ctx.writeAndFlush(finished(response, contentType)));
    }

    @Override
    public void send(byte[] part) {
        if (stage == Stage.STREAMING) {
            outflow.sentNext(part.length, ctx.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(part))));
        }
    }

    @Override
    public void end() {
        if (stage == Stage.STREAMING) {
            stage = Stage.DONE;
            answered.run();
            ended(ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT));
        }
    }

    private void ended(ChannelFuture write) {
        if (!keepAlive) {
            var _ = write.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** Nothing more can reach the client. */
    void abandon() {
        stage = Stage.DONE;
    }

    /** The connection has no use after this answer. Called while it is being ended, or before. */
    void closeWhenSent() {
        keepAlive = false;
    }

    boolean isDone() {
        return stage == Stage.DONE;
    }

    boolean isStreaming() {
        return stage == Stage.STREAMING;
    }

    @Override
    public boolean isWritable() {
        return outflow.isWritable();
    }

    @Override
    public void pauseBody(boolean pause) {
        if (stage != Stage.DONE) {
            ctx.channel().config().setAutoRead(!pause);
        }
    }

    @Override
    public ScheduledExecutorService thread() {
        return ctx.executor();
    }
}
