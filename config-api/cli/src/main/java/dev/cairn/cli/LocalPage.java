package dev.cairn.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A page of what serves HTTP on a Unix socket, which Java's own client cannot ask. */
record LocalPage(int status, String body) {
    private static final int MAX_BYTES = 4 << 20;

    /** @param path with its query part, encoded */
    static LocalPage get(Path socket, String path) throws Failure {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: agent\r\nConnection: close\r\n\r\n";
            ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
            while (out.hasRemaining()) {
                channel.write(out);
            }
            return parse(socket, readToEnd(channel));
        } catch (IOException | IllegalArgumentException e) {
            throw new Failure(
                    "no agent answers on " + socket + " (" + e.getMessage() + "); does it run, and is this its socket?",
                    e);
        }
    }

    private static String readToEnd(SocketChannel channel) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer part = ByteBuffer.allocate(8192);
        while (channel.read(part) >= 0 && all.size() < MAX_BYTES) {
            all.write(part.array(), 0, part.position());
            part.clear();
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    private static LocalPage parse(Path socket, String answer) throws Failure {
        int body = answer.indexOf("\r\n\r\n");
        String[] first = answer.split(" ", 3);
        if (body < 0 || first.length < 3 || !first[1].matches("[1-5][0-9]{2}")) {
            throw new Failure("what serves on " + socket + " does not speak HTTP");
        }
        return new LocalPage(Integer.parseInt(first[1]), answer.substring(body + 4));
    }
}
