package dev.cairn.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stands before gRPC on an HTTP/2 connection and takes the requests that are none of gRPC's: those of browsers, probes and
 * curl, which prefer HTTP/2 where TLS offers it. All other frames go to gRPC as if nothing were here.
 */
final class Http2Requests extends Http2FrameListenerDecorator {
    private static final String GRPC = "application/grpc";
    private static final int MAX_STREAMS = 1000;

    private final Http2ConnectionHandler handler;
    private final HttpSide side;
    private final Map<Integer, Asked> streams = new HashMap<>();

    /** A request that is being served, until its stream is closed. */
    private record Asked(Http2Sender sender, HttpExchange exchange) {}

    private Http2Requests(Http2ConnectionHandler handler, HttpSide side) {
        super(handler.decoder().frameListener());
        this.handler = handler;
        this.side = side;
    }

    /** To be called on the connection's thread, before it has read anything. */
    static void standBefore(Http2ConnectionHandler handler, HttpSide side) {
        Http2Requests requests = new Http2Requests(handler, side);
        handler.decoder().frameListener(requests);
        handler.connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                requests.closed(stream.id());
            }
        });
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx,
            int id,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean last)
            throws Http2Exception {
        if (streams.containsKey(id)) {
            ended(id, last);
        } else if (isGrpc(headers)) {
            super.onHeadersRead(ctx, id, headers, dependency, weight, exclusive, padding, last);
        } else {
            begin(ctx, id, headers);
            ended(id, last);
        }
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean last)
            throws Http2Exception {
        onHeadersRead(ctx, id, headers, 0, (short) 16, false, padding, last);
    }

    private static boolean isGrpc(Http2Headers headers) {
        CharSequence type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        return type != null && type.toString().startsWith(GRPC);
    }

    private void begin(ChannelHandlerContext ctx, int id, Http2Headers headers) throws Http2Exception {
        CharSequence path = headers.path();
        CharSequence method = headers.method();
        if (path == null || method == null || streams.size() >= MAX_STREAMS) {
            throw Http2Exception.streamError(id, Http2Error.REFUSED_STREAM, "not a request that can be served");
        }
        Http2Sender sender = new Http2Sender(ctx, handler, id, method.toString().equals("HEAD"), side);
        HttpExchange exchange = side.service().open(head(method.toString(), path.toString(), headers), sender);
        sender.serve(exchange);
        streams.put(id, new Asked(sender, exchange));
    }

    private static Optional<HttpHead> head(String method, String path, Http2Headers headers) {
        Map<String, String> fields = new HashMap<>();
        for (Map.Entry<CharSequence, CharSequence> field : headers) {
            fields.putIfAbsent(field.getKey().toString(), field.getValue().toString());
        }
        return HttpHead.of(method, path, fields);
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean last)
            throws Http2Exception {
        Asked asked = streams.get(id);
        if (asked == null) {
            return super.onDataRead(ctx, id, data, padding, last);
        }
        int bytes = data.readableBytes() + padding;
        if (data.isReadable() && !asked.sender().isDone()) {
            asked.exchange().body(ByteBufUtil.getBytes(data));
        }
        ended(id, last);
        return asked.sender().taken(bytes);
    }

    private void ended(int id, boolean last) {
        Asked asked = last ? streams.get(id) : null;
        if (asked != null && !asked.sender().isDone()) {
            asked.exchange().bodyEnded();
        }
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int id, long error) throws Http2Exception {
        if (!streams.containsKey(id)) {
            super.onRstStreamRead(ctx, id, error);
        }
    }

    private void closed(int id) {
        @Nullable Asked asked = streams.remove(id);
        if (asked != null && !asked.sender().isDone()) {
            asked.sender().abandon();
            asked.exchange().gone();
        }
    }
}
