package dev.cairn.genesis.json;

import dev.cairn.genesis.json.Json.MalformedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads one strict JSON document: RFC 8259, without fractions, without duplicate names, at most 32 levels deep. */
final class JsonParser {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_DIGITS = 19;

    private final String text;
    private int at;

    JsonParser(String text) {
        this.text = text;
    }

    Json document() throws MalformedException {
        Json value = value(0);
        blanks();
        if (at < text.length()) {
            throw wrong("nothing may follow the end of the document");
        }
        return value;
    }

    private Json value(int depth) throws MalformedException {
        if (depth > MAX_DEPTH) {
            throw wrong("more than " + MAX_DEPTH + " levels");
        }
        blanks();
        return switch (peek()) {
            case '{' -> fields(depth);
            case '[' -> items(depth);
            case '"' -> new Json.Text(string());
            case 't' -> word("true", new Json.Flag(true));
            case 'f' -> word("false", new Json.Flag(false));
            case 'n' -> word("null", new Json.Null());
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            default -> throw wrong("a value was expected here");
        };
    }

    private Json fields(int depth) throws MalformedException {
        Map<String, Json> fields = new LinkedHashMap<>();
        at++;
        blanks();
        if (peek() == '}') {
            at++;
            return new Json.Fields(fields);
        }
        while (true) {
            blanks();
            if (peek() != '"') {
                throw wrong("a field name in quotes was expected here");
            }
            int start = at;
            String name = string();
            if (fields.containsKey(name)) {
                at = start;
                throw wrong("field \"" + name + "\" stands here a second time");
            }
            blanks();
            expect(':');
            fields.put(name, value(depth + 1));
            blanks();
            if (peek() == '}') {
                at++;
                return new Json.Fields(fields);
            }
            expect(',');
        }
    }

    private Json items(int depth) throws MalformedException {
        List<Json> items = new ArrayList<>();
        at++;
        blanks();
        if (peek() == ']') {
            at++;
            return new Json.Items(items);
        }
        while (true) {
            items.add(value(depth + 1));
            blanks();
            if (peek() == ']') {
                at++;
                return new Json.Items(items);
            }
            expect(',');
        }
    }

    private Json word(String word, Json value) throws MalformedException {
        if (!text.startsWith(word, at)) {
            throw wrong("a value was expected here");
        }
        at += word.length();
        return value;
    }

    private Json number() throws MalformedException {
        int start = at;
        if (peek() == '-') at++;
        int digits = at;
        while (isDigit(peek())) at++;
        int length = at - digits;
        boolean fraction = peek() == '.' || peek() == 'e' || peek() == 'E';
        boolean leadingZero = length > 1 && text.charAt(digits) == '0';
        if (length == 0 || length > MAX_DIGITS || fraction || leadingZero) {
            at = start;
            throw wrong("only whole numbers of 64 bits are allowed");
        }
        try {
            long value = Long.parseLong(text.substring(start, at));
            if (value == 0 && digits > start) {
                throw new NumberFormatException("-0");
            }
            return new Json.Whole(value);
        } catch (NumberFormatException e) {
            at = start;
            throw wrong("only whole numbers of 64 bits are allowed");
        }
    }

    private String string() throws MalformedException {
        StringBuilder out = new StringBuilder();
        at++;
        while (true) {
            char c = peek();
            if (at >= text.length()) {
                throw wrong("this text has no closing quote");
            }
            at++;
            switch (c) {
                case '"' -> {
                    return out.toString();
                }
                case '\\' -> out.append(escape());
                default -> {
                    if (c < 0x20) {
                        at--;
                        throw wrong("a control character may not stand in text; escape it");
                    }
                    out.append(c);
                }
            }
        }
    }

    private char escape() throws MalformedException {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> {
                at--;
                throw wrong("no such escape");
            }
        };
    }

    private char unicode() throws MalformedException {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            char c = peek();
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw wrong("four hexadecimal digits were expected here");
            }
            value = (value << 4) | digit;
            at++;
        }
        return (char) value;
    }

    private void expect(char wanted) throws MalformedException {
        if (peek() != wanted) {
            throw wrong("'" + wanted + "' was expected here");
        }
        at++;
    }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) at++;
    }

    /** The next character; NUL, which no rule accepts, at the end. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private MalformedException wrong(String what) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < Math.min(at, text.length()); i++) {
            if (text.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new MalformedException("line " + line + ", column " + (at - lineStart + 1) + ": " + what);
    }
}
