package dev.cairn.server.net;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;

/**
 * Reads requests of HTTP/1, and none whose end two readers could see in two places: what stands before this server would take
 * for a body what this one took for the next request.
 */
final class RequestDecoder extends HttpRequestDecoder {

    /** Asked when a head is complete, before anything is made of its fields; what is thrown makes it one that is not served. */
    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage request) {
        List<String> encodings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (!encodings.isEmpty() && !isChunkedAlone(request, encodings)) {
            throw new IllegalArgumentException("the end of the body is ambiguous");
        }
        return super.isContentAlwaysEmpty(request);
    }

    private static boolean isChunkedAlone(HttpMessage request, List<String> encodings) {
        return encodings.size() == 1
                && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(encodings.getFirst())
                && !request.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
                && request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) >= 0;
    }
}
