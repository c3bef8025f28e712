package dev.cairn.genesis.json;

import java.util.Iterator;
import java.util.Map;

/** The two layouts of {@link Json}. */
final class JsonWriter {
    private JsonWriter() {}

    static void write(StringBuilder out, Json value, int depth) {
        switch (value) {
            case Json.Items items
            when !items.values().isEmpty() -> {
                out.append('[');
                for (Iterator<Json> rest = items.values().iterator(); rest.hasNext(); ) {
                    indent(out, depth + 1);
                    write(out, rest.next(), depth + 1);
                    if (rest.hasNext()) out.append(',');
                }
                indent(out, depth);
                out.append(']');
            }
            case Json.Fields fields
            when !fields.values().isEmpty() -> {
                out.append('{');
                for (Iterator<Map.Entry<String, Json>> rest =
                                fields.values().entrySet().iterator();
                        rest.hasNext(); ) {
                    Map.Entry<String, Json> field = rest.next();
                    indent(out, depth + 1);
                    quote(out, field.getKey());
                    out.append(": ");
                    write(out, field.getValue(), depth + 1);
                    if (rest.hasNext()) out.append(',');
                }
                indent(out, depth);
                out.append('}');
            }
            default -> writeLine(out, value);
        }
    }

    static void writeLine(StringBuilder out, Json value) {
        switch (value) {
            case Json.Text(String text) -> quote(out, text);
            case Json.Whole(long number) -> out.append(number);
            case Json.Flag(boolean flag) -> out.append(flag);
            case Json.Null() -> out.append("null");
            case Json.Items items -> {
                out.append('[');
                for (Iterator<Json> rest = items.values().iterator(); rest.hasNext(); ) {
                    writeLine(out, rest.next());
                    if (rest.hasNext()) out.append(',');
                }
                out.append(']');
            }
            case Json.Fields fields -> {
                out.append('{');
                for (Iterator<Map.Entry<String, Json>> rest =
                                fields.values().entrySet().iterator();
                        rest.hasNext(); ) {
                    Map.Entry<String, Json> field = rest.next();
                    quote(out, field.getKey());
                    out.append(':');
                    writeLine(out, field.getValue());
                    if (rest.hasNext()) out.append(',');
                }
                out.append('}');
            }
        }
    }

    private static void indent(StringBuilder out, int depth) {
        out.append('\n').repeat("  ", depth);
    }

    private static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7f || (Character.isSurrogate(c) && !paired(text, i))) {
                        out.append("\\u")
                                .append(Character.forDigit(c >> 12, 16))
                                .append(Character.forDigit((c >> 8) & 15, 16))
                                .append(Character.forDigit((c >> 4) & 15, 16))
                                .append(Character.forDigit(c & 15, 16));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean paired(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
}
