package dev.cairn.server.bolt;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A page that was read, of which nothing is believed: whatever it says lies within its own bytes, or it is refused. */
final class BoltPage {
    private final long number;
    private final byte[] bytes;

    BoltPage(long number, byte[] bytes) {
        this.number = number;
        this.bytes = bytes;
    }

    long number() {
        return number;
    }

    int sizeBytes() {
        return bytes.length;
    }

    /** Whether its elements are pages rather than values. */
    boolean isBranch() throws BoltException {
        int kind = Short.toUnsignedInt(buffer().getShort(Layout.FLAGS_AT));
        if (kind != Layout.BRANCH && kind != Layout.LEAF) {
            throw damaged("is neither branch nor leaf");
        }
        return kind == Layout.BRANCH;
    }

    int count() throws BoltException {
        int count = Short.toUnsignedInt(buffer().getShort(Layout.COUNT_AT));
        if (Layout.HEADER_BYTES + count * Layout.ELEMENT_BYTES > bytes.length) {
            throw damaged("has more elements than room");
        }
        return count;
    }

    long child(int index) {
        return buffer().getLong(at(index) + 8);
    }

    byte[] branchKey(int index) throws BoltException {
        int at = at(index);
        return slice(at, buffer().getInt(at), 0, buffer().getInt(at + 4));
    }

    boolean isBucket(int index) {
        return (buffer().getInt(at(index)) & Layout.IS_BUCKET) != 0;
    }

    byte[] leafKey(int index) throws BoltException {
        int at = at(index);
        return slice(at, buffer().getInt(at + 4), 0, buffer().getInt(at + 8));
    }

    byte[] leafValue(int index) throws BoltException {
        int at = at(index);
        return slice(at, buffer().getInt(at + 4), buffer().getInt(at + 8), buffer().getInt(at + 12));
    }

    /** That the elements of a leaf do not share their bytes: together they are no longer than the page. */
    void requireApart() throws BoltException {
        long sum = 0;
        for (int i = 0; i < count(); i++) {
            int at = at(i);
            sum += Integer.toUnsignedLong(buffer().getInt(at + 8)) + Integer.toUnsignedLong(buffer().getInt(at + 12));
        }
        if (sum > bytes.length) {
            throw damaged("has elements that overlap");
        }
    }

    private static int at(int index) {
        return Layout.HEADER_BYTES + index * Layout.ELEMENT_BYTES;
    }

    private byte[] slice(int elementAt, int position, int skipped, int length) throws BoltException {
        long from = elementAt + Integer.toUnsignedLong(position) + Integer.toUnsignedLong(skipped);
        long to = from + Integer.toUnsignedLong(length);
        if (to > bytes.length) {
            throw damaged("points beyond its end");
        }
        return Arrays.copyOfRange(bytes, (int) from, (int) to);
    }

    private ByteBuffer buffer() {
        return Layout.littleEndian(bytes);
    }

    BoltException damaged(String how) {
        return new BoltException("the file is damaged: page " + number + " " + how);
    }
}
