package dev.cairn.server.net;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;

/** Serves one HTTP/1.1 connection: one request at a time, in order, pipelined ones wait within a bound. */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in the pipeline.
final class HttpHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final int MAX_PIPELINED = 16;

    private final HttpRoutes routes;
    private final ArrayDeque<Asked> waiting = new ArrayDeque<>();
    private boolean busy;

    private record Asked(HttpQuery query, boolean headersOnly, boolean keepAlive) {}

    HttpHandler(HttpRoutes routes) {
        this.routes = routes;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            ctx.close();
            return;
        }
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        boolean head = request.method().equals(HttpMethod.HEAD);
        Asked asked = new Asked(
                new HttpQuery(head ? "GET" : request.method().name(), uri.path(), uri.parameters()),
                head,
                HttpUtil.isKeepAlive(request));
        if (!busy) {
            serve(ctx, asked);
        } else if (waiting.size() < MAX_PIPELINED) {
            waiting.add(asked);
        } else {
            ctx.close();
        }
    }

    private void serve(ChannelHandlerContext ctx, Asked asked) {
        busy = true;
        routes.answer(asked.query())
                .whenComplete((reply, failure) -> ctx.executor().execute(() -> {
                    busy = false;
                    write(ctx, asked, failure == null ? reply : HttpReply.text(500, "internal error\n"));
                    Asked next = waiting.poll();
                    if (next != null && asked.keepAlive()) {
                        serve(ctx, next);
                    }
                }));
    }

    private static void write(ChannelHandlerContext ctx, Asked asked, HttpReply reply) {
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(reply.status()),
                asked.headersOnly() ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, reply.contentType())
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
        HttpUtil.setKeepAlive(response, asked.keepAlive());
        if (asked.keepAlive()) {
            ctx.writeAndFlush(response);
        } else {
            ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
