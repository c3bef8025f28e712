package dev.cairn.cli.changes;

import dev.cairn.protocol.model.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Text of others on a terminal: nothing in it moves, hides or reorders what is shown. */
public final class Visible {
    private Visible() {}

    /** What can be read as it stands; everything else as its number, such as {@code \}{@code u{202e}}. */
    public static String text(String text) {
        if (text.codePoints().allMatch(Visible::isShown)) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (isShown(c)) {
                out.appendCodePoint(c);
            } else {
                out.append("\\u{").append(Integer.toHexString(c)).append('}');
            }
        });
        return out.toString();
    }

    private static boolean isShown(int c) {
        return c == '\t' || (!isBlank(c) && isShownByCategory(c));
    }

    private static boolean isShownByCategory(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    /** Letters and symbols by their category, and yet nothing is drawn for them: fillers of Hangul, the empty Braille cell. */
    private static boolean isBlank(int c) {
        return c == 0x115f || c == 0x1160 || c == 0x2800 || c == 0x3164 || c == 0xffa0;
    }

    /** A value as text; nothing if it is none, which a zero byte is a sign of too. */
    static Optional<String> decode(Bytes value) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value.shared()))
                    .toString();
            return text.indexOf('\0') < 0 ? Optional.of(text) : Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
