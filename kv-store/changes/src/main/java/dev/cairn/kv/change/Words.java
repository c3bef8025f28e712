package dev.cairn.kv.change;

import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** How keys and free text are spelled. */
final class Words {
    private static final char ESCAPE = '%';
    private static final String HEX = "0123456789ABCDEF";

    private Words() {}

    /** Printable ASCII other than the blank and % stands for itself; every other byte is % and two hex digits. */
    static String printKey(Bytes key) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < key.size(); i++) {
            int b = key.at(i) & 0xff;
            if (b > 0x20 && b < 0x7f && b != ESCAPE) {
                word.append((char) b);
            } else {
                word.append(ESCAPE).append(HEX.charAt(b >> 4)).append(HEX.charAt(b & 0xf));
            }
        }
        return word.toString();
    }

    /** The key, or nothing if {@code word} is not what {@link #printKey} writes for some key that may be. */
    static Optional<Bytes> parseKey(String word) {
        ByteWriter bytes = new ByteWriter(word.length());
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c != ESCAPE) {
                bytes.putByte(c);
                continue;
            }
            boolean complete = i + 2 < word.length();
            int high = complete ? HEX.indexOf(word.charAt(i + 1)) : -1;
            int low = complete ? HEX.indexOf(word.charAt(i + 2)) : -1;
            if (high < 0 || low < 0) {
                return Optional.empty();
            }
            bytes.putByte(high << 4 | low);
            i += 2;
        }
        Bytes key = Bytes.wrap(bytes.toArray());
        boolean fits = !key.isEmpty() && key.size() <= ChangeLimits.MAX_KEY_BYTES;
        return fits && printKey(key).equals(word) ? Optional.of(key) : Optional.empty();
    }

    /** UTF-8 text, or nothing if the bytes are none. */
    static Optional<String> decode(Bytes bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.shared()))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether {@code text} may be a reason: what people see when they sign must be what it says, so nothing is in it that
     * moves, hides or reorders what is shown.
     */
    static boolean isReason(String text) {
        int size = Bytes.utf8(text).size();
        return size > 0
                && size <= ChangeLimits.MAX_REASON_BYTES
                && !text.startsWith(" ")
                && !text.endsWith(" ")
                && text.codePoints().noneMatch(Words::isHidden);
    }

    /** Controls, surrogates, and Unicode's invisible and direction-changing characters, by number and so for good. */
    private static boolean isHidden(int c) {
        return c < 0x20
                || (c >= 0x7f && c <= 0xa0)
                || c == 0xad
                || c == 0x61c
                || (c >= 0x115f && c <= 0x1160)
                || c == 0x180e
                || (c >= 0x2000 && c <= 0x200f)
                || (c >= 0x2028 && c <= 0x202f)
                || (c >= 0x205f && c <= 0x206f)
                || c == 0x3000
                || c == 0x3164
                || (c >= 0xd800 && c <= 0xf8ff)
                || (c >= 0xfe00 && c <= 0xfe0f)
                || c == 0xfeff
                || c == 0xffa0
                || (c >= 0xfff0 && c <= 0xffff)
                || c >= 0xe0000;
    }
}
