package dev.cairn.agent.git;

import java.io.IOException;
import java.io.InputStream;
import org.eclipse.jgit.errors.PackProtocolException;

/** What a client says, up to a limit: JGit keeps each line of it until the client lets it answer. */
final class LimitedInput extends InputStream {
    private final InputStream in;
    private final int maxBytes;
    private int left;

    /** Fails where {@code maxBytes} were read and more are wanted. */
    LimitedInput(InputStream in, int maxBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
        this.left = maxBytes;
    }

    @Override
    public int read() throws IOException {
        requireSome();
        int read = in.read();
        left -= read < 0 ? 0 : 1;
        return read;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        requireSome();
        int read = in.read(into, from, Math.min(length, left));
        left -= Math.max(0, read);
        return read;
    }

    private void requireSome() throws PackProtocolException {
        if (left == 0) {
            throw new PackProtocolException(
                    "this fetch tells of more than " + maxBytes + " bytes of what it has; make a new clone");
        }
    }
}
