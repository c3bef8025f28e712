package dev.cairn.cli;

import com.google.protobuf.ByteString;

/** etcd's ways to name a set of keys by its end. */
final class Keys {
    private static final ByteString ALL = ByteString.copyFrom(new byte[1]);

    private Keys() {}

    /** The first key of all keys that begin with {@code prefix}; etcd wants a zero byte where the prefix is empty. */
    static ByteString prefixStart(ByteString prefix) {
        return prefix.isEmpty() ? ALL : prefix;
    }

    /** The end of the range of all keys that begin with {@code prefix}; a zero byte where there is none. */
    static ByteString prefixEnd(ByteString prefix) {
        for (int i = prefix.size() - 1; i >= 0; i--) {
            int last = prefix.byteAt(i) & 0xff;
            if (last < 0xff) {
                return prefix.substring(0, i).concat(ByteString.copyFrom(new byte[] {(byte) (last + 1)}));
            }
        }
        return ALL;
    }
}
