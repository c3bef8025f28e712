package dev.cairn.ssh;

import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.Bytes;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Reads fields of the SSH wire format (RFC 4251 section 5) from bytes that anybody may have written. */
final class SshReader {
    /** Of a name: an algorithm, a namespace, an application. */
    private static final int MAX_NAME_BYTES = 256;

    private final String what;
    private final Bytes bytes;
    private int at;

    /** {@code what} names the bytes in errors. */
    SshReader(String what, Bytes bytes) {
        this.what = what;
        this.bytes = bytes;
    }

    Bytes nextRaw(int count) throws SshException {
        int start = take(count);
        return bytes.slice(start, at);
    }

    int nextByte() throws SshException {
        return bytes.at(take(1)) & 0xff;
    }

    int nextInt() throws SshException {
        return BigEndian.getInt(bytes.shared(), take(4));
    }

    Bytes nextString() throws SshException {
        return nextRaw(nextInt());
    }

    /** A string of printable ASCII. */
    String nextName() throws SshException {
        Bytes name = nextString();
        if (name.size() > MAX_NAME_BYTES) {
            throw malformed("has a name of " + name.size() + " bytes");
        }
        for (int i = 0; i < name.size(); i++) {
            if (name.at(i) < 0x20 || name.at(i) == 0x7f) {
                throw malformed("has a name that is not printable ASCII");
            }
        }
        return new String(name.shared(), StandardCharsets.US_ASCII);
    }

    /** A number that is not negative, in its shortest spelling. */
    BigInteger nextNumber() throws SshException {
        Bytes number = nextString();
        if (number.isEmpty()) {
            return BigInteger.ZERO;
        }
        boolean negative = number.at(0) < 0;
        boolean padded = number.at(0) == 0 && (number.size() == 1 || number.at(1) >= 0);
        if (negative || padded) {
            throw malformed("has a number that is negative or padded");
        }
        return new BigInteger(number.shared());
    }

    void requireEnd() throws SshException {
        if (at != bytes.size()) {
            throw new SshException(
                    SshRefusal.TRAILING_BYTES,
                    what + " has " + (bytes.size() - at)
                            + " bytes behind its end; use the file as ssh-keygen wrote it");
        }
    }

    SshException malformed(String how) {
        return new SshException(SshRefusal.MALFORMED, what + " " + how + "; use the file as ssh-keygen wrote it");
    }

    private int take(int count) throws SshException {
        if (count < 0 || count > bytes.size() - at) {
            throw malformed("ends within a field");
        }
        int start = at;
        at += count;
        return start;
    }
}
