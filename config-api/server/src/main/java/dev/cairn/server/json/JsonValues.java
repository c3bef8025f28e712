package dev.cairn.server.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a text that comes in parts into the JSON objects that follow each other in it. Looks at braces and strings alone;
 * whether an object is one is for its reader to find out. Holds at most one unfinished object.
 */
final class JsonValues {
    private static final int START_BYTES = 256;

    private final int maxBytes;
    private final boolean firstOnly;
    private boolean passingOver;
    private byte[] held = new byte[START_BYTES];
    private int length;
    private int depth;
    private boolean inString;
    private boolean escaped;

    /**
     * @param maxBytes how long one object may be
     * @param firstOnly whether what follows the first object is passed over, whatever it is
     */
    JsonValues(int maxBytes, boolean firstOnly) {
        this.maxBytes = maxBytes;
        this.firstOnly = firstOnly;
    }

    /** The objects that {@code part} completes. */
    List<String> add(byte[] part) throws MalformedJsonException {
        List<String> complete = new ArrayList<>();
        for (byte b : part) {
            if (!passingOver && (length > 0 || !isBlank(b))) {
                keep(b);
                if (depth == 0) {
                    complete.add(new String(held, 0, length, StandardCharsets.UTF_8));
                    length = 0;
                    held = new byte[START_BYTES];
                    passingOver = firstOnly;
                }
            }
        }
        return complete;
    }

    private void keep(byte b) throws MalformedJsonException {
        if (length == 0 && b != '{') {
            throw new MalformedJsonException("a JSON object is expected, not '" + printable(b) + "'");
        }
        if (length == maxBytes) {
            throw new MalformedJsonException("the JSON object is longer than " + maxBytes + " bytes");
        }
        if (length == held.length) {
            held = Arrays.copyOf(held, Math.min(maxBytes, 2 * length));
        }
        held[length++] = b;
        if (inString) {
            inString = escaped || b != '"';
            escaped = !escaped && b == '\\';
        } else if (b == '"') {
            inString = true;
        } else if (b == '{') {
            depth++;
        } else if (b == '}') {
            depth--;
        }
    }

    /** The bytes that are held. */
    int heldBytes() {
        return length == 0 ? 0 : held.length;
    }

    /** Whether the text so far ends within an object. */
    boolean isWithinObject() {
        return length > 0;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    private static String printable(byte b) {
        return b > ' ' && b < 0x7f ? String.valueOf((char) b) : "byte " + (b & 0xff);
    }
}
