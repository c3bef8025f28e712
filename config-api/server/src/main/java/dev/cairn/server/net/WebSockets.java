package dev.cairn.server.net;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a connection of HTTP/1.1 becomes one of a WebSocket. */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in the pipeline.
final class WebSockets {
    /** Browsers can give no header but this one; as with etcd, {@code Bearer, TOKEN} in it is an Authorization. */
    private static final String BEARER = "Bearer";

    private WebSockets() {}

    static boolean isWanted(HttpRequest request) {
        return request.method().equals(HttpMethod.GET)
                && request.headers().containsValue(HttpHeaderNames.UPGRADE, "websocket", true);
    }

    /** Puts what serves the socket into the place of {@code handler}; {@code request} is complete and has no body. */
    static void upgrade(
            ChannelHandlerContext ctx, HttpRequest request, HttpHead head, ChannelHandler handler, HttpSide side) {
        @Nullable String token = token(request);
        WebSocketServerHandshaker handshaker = new WebSocketServerHandshakerFactory(
                        null, token == null ? null : BEARER, false, WebSocketConnection.MAX_FRAME_BYTES)
                .newHandshaker(request);
        if (handshaker == null) {
            WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(ctx.channel());
            return;
        }
        FullHttpRequest whole = new DefaultFullHttpRequest(
                request.protocolVersion(),
                request.method(),
                request.uri(),
                Unpooled.EMPTY_BUFFER,
                request.headers(),
                EmptyHttpHeaders.INSTANCE);
        handshaker.handshake(ctx.channel(), whole).addListener(done -> {
            if (done.isSuccess()) {
                ctx.pipeline()
                        .replace(
                                handler,
                                null,
                                new WebSocketConnection(
                                        ctx.channel(), side, token == null ? head : authorized(head, token)));
            } else {
                ctx.close();
            }
        });
    }

    private static @Nullable String token(HttpRequest request) {
        String protocols = request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, "");
        return protocols.startsWith(BEARER + ",")
                ? protocols.substring(BEARER.length() + 1).strip()
                : null;
    }

    private static HttpHead authorized(HttpHead head, String token) {
        Map<String, String> fields = new HashMap<>(head.fields());
        fields.put("authorization", BEARER + " " + token);
        return new HttpHead(head.method(), head.path(), head.parameters(), fields);
    }
}
