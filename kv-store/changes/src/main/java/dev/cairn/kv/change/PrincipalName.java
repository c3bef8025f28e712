package dev.cairn.kv.change;

import dev.cairn.protocol.model.Bytes;

/** A principal's name: 1 to 64 lower-case letters, digits and {@code . _ - @}, beginning with a letter or digit. */
public record PrincipalName(String text) implements Comparable<PrincipalName> {
    private static final int MAX_CHARACTERS = 64;
    private static final String INNER = "._-@";

    public PrincipalName {
        if (!isName(text)) {
            throw new IllegalArgumentException("\"" + text + "\" is no principal's name; use 1 to " + MAX_CHARACTERS
                    + " lower-case letters, digits and " + INNER + ", beginning with a letter or digit");
        }
    }

    /** None of these characters is special in OpenSSH's lists of principals. */
    static boolean isName(String text) {
        if (text.isEmpty() || text.length() > MAX_CHARACTERS || INNER.indexOf(text.charAt(0)) >= 0) {
            return false;
        }
        return text.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || INNER.indexOf(c) >= 0);
    }

    @Override
    public int compareTo(PrincipalName other) {
        return Bytes.utf8(text).compareTo(Bytes.utf8(other.text));
    }

    @Override
    public String toString() {
        return text;
    }
}
