package dev.cairn.server.net;

/** A whole HTTP answer. */
public record HttpReply(int status, String contentType, String body) {
    public static HttpReply text(int status, String body) {
        return new HttpReply(status, "text/plain; charset=utf-8", body);
    }

    public static HttpReply json(int status, String body) {
        return new HttpReply(status, "application/json", body);
    }

    public static HttpReply notFound() {
        return text(404, "404 page not found\n");
    }
}
