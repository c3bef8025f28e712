package dev.cairn.codec;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Moves immutable bytes between the core and protobuf without a copy where the array is a whole one. */
final class RawBytes {
    private RawBytes() {}

    static ByteString wrap(Bytes bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.shared());
    }

    static ByteString wrap(byte[] bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    static ByteString wrap(Digest digest) {
        return UnsafeByteOperations.unsafeWrap(digest.toArray());
    }

    static Bytes bytes(ByteString source) {
        return Bytes.wrap(array(source));
    }

    /** The string's own array if it fills it, else a copy. Not to be written to. */
    static byte[] array(ByteString source) {
        if (source.isEmpty()) {
            return new byte[0];
        }
        Taker taker = new Taker();
        try {
            UnsafeByteOperations.unsafeWriteTo(source, taker);
        } catch (IOException e) {
            throw new AssertionError("memory has no I/O errors", e);
        }
        return taker.whole != null ? taker.whole : source.toByteArray();
    }

    /** Keeps the one array that is handed over, if it is one and whole. */
    private static final class Taker extends ByteOutput {
        private byte @Nullable [] whole;
        private boolean several;

        @Override
        public void writeLazy(byte[] value, int offset, int length) {
            boolean usable = !several && offset == 0 && length == value.length;
            whole = usable ? value : null;
            several = true;
        }

        @Override
        public void write(byte[] value, int offset, int length) {
            writeLazy(Arrays.copyOfRange(value, offset, offset + length), 0, length);
        }

        @Override
        public void write(byte value) {
            writeLazy(new byte[] {value}, 0, 1);
        }

        @Override
        public void write(ByteBuffer value) {
            byte[] copy = new byte[value.remaining()];
            value.get(copy);
            writeLazy(copy, 0, copy.length);
        }

        @Override
        public void writeLazy(ByteBuffer value) {
            write(value);
        }
    }
}
