package dev.cairn.cli.bench;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * The keys and values of a load, as functions of the operation's number: the same seed gives the same load, with no state
 * shared between threads.
 *
 * <p>Values are slices of one random buffer, so they cost no copy, and a store that compresses gains nothing by it: the
 * buffer is larger than the windows compressors look back through.
 */
final class KeySpace {
    private static final int BUFFER_BYTES = 1 << 20;

    private final String prefix;
    private final int keySizeBytes;
    private final int keyCount;
    private final int valueSizeBytes;
    private final boolean sequential;
    private final long seed;
    private final ByteString randomBytes;

    KeySpace(String prefix, int keySizeBytes, int keyCount, int valueSizeBytes, boolean sequential, long seed) {
        int digits = Integer.toString(keyCount - 1).length();
        if (keyCount < 1) {
            throw new IllegalArgumentException("the key space needs at least one key");
        }
        if (valueSizeBytes < 0) {
            throw new IllegalArgumentException("--value-size cannot be negative");
        }
        if (prefix.isEmpty()) {
            throw new IllegalArgumentException("the prefix may not be empty");
        }
        if (keySizeBytes < utf8(prefix).size() + digits) {
            throw new IllegalArgumentException("keys of " + keySizeBytes + " bytes cannot hold the prefix '" + prefix
                    + "' and " + digits + " digits");
        }
        this.prefix = prefix;
        this.keySizeBytes = keySizeBytes;
        this.keyCount = keyCount;
        this.valueSizeBytes = valueSizeBytes;
        this.sequential = sequential;
        this.seed = seed;
        byte[] buffer = new byte[BUFFER_BYTES + valueSizeBytes];
        new Random(seed).nextBytes(buffer);
        this.randomBytes = ByteString.copyFrom(buffer);
    }

    int keyCount() {
        return keyCount;
    }

    ByteString prefix() {
        return utf8(prefix);
    }

    /** The smallest key after all keys with the prefix, as range_end wants it. */
    ByteString prefixEnd() {
        byte[] end = utf8(prefix).toByteArray();
        end[end.length - 1]++; // the last byte of UTF-8 text is never 0xFF
        return ByteString.copyFrom(end);
    }

    /** The key that the n-th operation uses. */
    ByteString keyOf(long index) {
        long chosen = sequential ? index : mix(seed + index);
        return key((int) Long.remainderUnsigned(chosen, keyCount));
    }

    /** The n-th of all keys. */
    ByteString key(int number) {
        String digits = Integer.toString(number);
        int zeros = keySizeBytes - utf8(prefix).size() - digits.length();
        return utf8(prefix + "0".repeat(zeros) + digits);
    }

    /** The value that the n-th operation writes. */
    ByteString valueOf(long index) {
        int start = (int) Long.remainderUnsigned(mix(seed ^ ~index), BUFFER_BYTES);
        return randomBytes.substring(start, start + valueSizeBytes);
    }

    /** Whether the n-th operation falls into a share of all of them, evenly spread. */
    boolean falls(long index, double share) {
        return (mix(seed + 31 * index + 7) >>> 11) * 0x1.0p-53 < share;
    }

    /** The finaliser of SplitMix64: neighbouring numbers become unrelated ones. */
    private static long mix(long number) {
        long mixed = number + 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    private static ByteString utf8(String text) {
        return ByteString.copyFrom(text, StandardCharsets.UTF_8);
    }
}
