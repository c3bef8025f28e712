package dev.cairn.cli;

import com.google.protobuf.ByteString;

/** Keys as they are typed, and etcd's ways to name a set of keys by its end. */
public final class Keys {
    private static final ByteString ALL = ByteString.copyFrom(new byte[1]);

    /** What Java makes of a byte that is no character of the terminal's encoding. */
    private static final char LOST = '\uFFFD';

    private Keys() {}

    /** The bytes of a key or value on the command line. Refused if some of them did not survive the way here. */
    public static ByteString typed(String argument) throws Failure {
        if (argument.indexOf(LOST) >= 0) {
            throw new Failure("\"" + argument + "\" holds bytes that are no text in this terminal's encoding; set"
                    + " LC_ALL=C.UTF-8 and write UTF-8, or give a value on standard input");
        }
        return ByteString.copyFromUtf8(argument);
    }

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
