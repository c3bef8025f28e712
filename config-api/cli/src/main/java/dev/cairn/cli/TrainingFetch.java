package dev.cairn.cli;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A clone of a repository through the agent, as git makes it, of which nothing is kept. */
final class TrainingFetch {
    private static final String END_OF_HEAD = "\r\n\r\n";
    private static final int LENGTH_DIGITS = 4;
    private static final int ID_DIGITS = 40;

    private TrainingFetch() {}

    static void run(Path socket, String repository) throws IOException, Failure {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
            OutputStream out = Channels.newOutputStream(channel);
            out.write(ascii("GET /v1/git?repo=" + repository
                    + " HTTP/1.1\r\nHost: agent\r\nConnection: Upgrade\r\nUpgrade: git-upload-pack" + END_OF_HEAD));
            StringBuilder head = new StringBuilder();
            while (head.indexOf(END_OF_HEAD) < 0) {
                head.append((char) in.readUnsignedByte());
            }
            String first = line(in);
            for (String line = first; !line.isEmpty(); ) {
                line = line(in);
            }
            if (first.length() < ID_DIGITS || first.startsWith("ERR ")) {
                throw new Failure("the agent serves no git: " + head + first);
            }
            out.write(ascii("0032want " + first.substring(0, ID_DIGITS) + "\n00000009done\n"));
            in.transferTo(OutputStream.nullOutputStream());
        }
    }

    /** One of git's lines, which tell their length; empty where there are no more. */
    private static String line(DataInputStream in) throws IOException {
        int length = Integer.parseInt(new String(in.readNBytes(LENGTH_DIGITS), StandardCharsets.US_ASCII), 16);
        return new String(in.readNBytes(Math.max(0, length - LENGTH_DIGITS)), StandardCharsets.US_ASCII);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
