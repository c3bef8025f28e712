package dev.cairn.ssh;

import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import java.math.BigInteger;

/** Writes fields of the SSH wire format (RFC 4251 section 5). */
final class SshWriter {
    private final ByteWriter out = new ByteWriter(128);

    SshWriter putRaw(byte[] bytes) {
        out.putRaw(bytes);
        return this;
    }

    SshWriter putByte(int value) {
        out.putByte(value);
        return this;
    }

    SshWriter putInt(int value) {
        out.putInt(value);
        return this;
    }

    SshWriter putString(Bytes string) {
        out.putBytes(string);
        return this;
    }

    SshWriter putName(String name) {
        return putString(Bytes.utf8(name));
    }

    /** A number that is not negative, in its shortest spelling. */
    SshWriter putNumber(BigInteger number) {
        return putString(number.signum() == 0 ? Bytes.EMPTY : Bytes.wrap(number.toByteArray()));
    }

    Bytes toBytes() {
        return Bytes.wrap(out.toArray());
    }
}
