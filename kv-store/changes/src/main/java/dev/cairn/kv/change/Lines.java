package dev.cairn.kv.change;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.List;
import java.util.Optional;

/** Reads the lines of a canonical text, each a name, a blank and what it says. */
final class Lines {
    private static final int MAX_DIGITS = 18;

    private final String what;
    private final List<String> lines;
    private int at;

    private Lines(String what, List<String> lines) {
        this.what = what;
        this.lines = lines;
    }

    /** {@code what} names the text in errors: a change, an approval. */
    static Lines of(String what, Bytes text) throws ChangeException {
        return of(what, text, ChangeLimits.MAX_TEXT_BYTES);
    }

    static Lines of(String what, Bytes text, int mostBytes) throws ChangeException {
        if (text.size() > mostBytes) {
            throw new ChangeException(
                    ChangeRefusal.TOO_LARGE,
                    what + " has at most " + mostBytes + " bytes, not " + text.size() + "; split it");
        }
        String decoded = Words.decode(text)
                .orElseThrow(() ->
                        new ChangeException(ChangeRefusal.NOT_CANONICAL, what + " is not UTF-8 text; draft it again"));
        if (!decoded.endsWith("\n") || decoded.endsWith("\n\n")) {
            throw new ChangeException(
                    ChangeRefusal.TRAILING_BYTES,
                    what + " does not end with the end of its last line; draft it again, and let no editor change it");
        }
        return new Lines(what, decoded.lines().toList());
    }

    boolean hasNext() {
        return at < lines.size();
    }

    String nextLine() throws ChangeException {
        if (!hasNext()) {
            throw new ChangeException(
                    ChangeRefusal.NOT_CANONICAL,
                    what + " ends after line " + at + "; draft it again, and use all of it");
        }
        return lines.get(at++);
    }

    /** The next line, word by word. */
    Phrase nextPhrase() throws ChangeException {
        return new Phrase(this, nextLine());
    }

    void requireFirst(String format) throws ChangeException {
        String line = nextLine();
        if (!line.equals(format)) {
            throw wrong("is not \"" + format + "\"");
        }
    }

    String field(String name) throws ChangeException {
        String line = nextLine();
        if (!line.startsWith(name + " ")) {
            throw wrong("does not begin with \"" + name + " \"");
        }
        return line.substring(name.length() + 1);
    }

    Digest digest(String text) throws ChangeException {
        boolean isHex = text.length() == 2 * Digest.BYTES
                && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
        if (!isHex) {
            throw wrong("has no SHA-256 of 64 hexadecimal digits in small letters");
        }
        return Digest.parse(text);
    }

    long number(String text) throws ChangeException {
        boolean isNumber = !text.isEmpty()
                && text.length() <= MAX_DIGITS
                && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && (text.length() == 1 || text.charAt(0) != '0');
        if (!isNumber) {
            throw wrong("has no whole number of at most " + MAX_DIGITS + " digits");
        }
        return Long.parseLong(text);
    }

    long time(String text) throws ChangeException {
        return UtcTime.parse(text).orElseThrow(() -> wrong("has no time such as 2026-01-31T12:00:00Z"));
    }

    Bytes key(String word) throws ChangeException {
        Optional<Bytes> key = Words.parseKey(word);
        return key.orElseThrow(() ->
                wrong("has no key of 1 to " + ChangeLimits.MAX_KEY_BYTES + " bytes, spelled with %XX where needed"));
    }

    /** An error about the line that was read last. */
    ChangeException wrong(String how) {
        return new ChangeException(
                ChangeRefusal.NOT_CANONICAL, "line " + at + " of " + what + " " + how + "; draft it again");
    }

    void requireEnd() throws ChangeException {
        if (hasNext()) {
            throw new ChangeException(ChangeRefusal.TRAILING_BYTES, what + " has lines behind its end; draft it again");
        }
    }

    /** Refuses what says the right thing in another spelling: other line ends, another order. */
    static void requireSame(String what, Bytes text, Bytes canonical) throws ChangeException {
        if (text.equals(canonical)) {
            return;
        }
        int line = 1;
        for (int i = 0; i < Math.min(text.size(), canonical.size()) && text.at(i) == canonical.at(i); i++) {
            line += text.at(i) == '\n' ? 1 : 0;
        }
        throw new ChangeException(
                ChangeRefusal.NOT_CANONICAL,
                "line " + line + " of " + what
                        + " is not spelled or not placed the one way it can be (lines stand in the"
                        + " order of their keys); draft it again");
    }
}
