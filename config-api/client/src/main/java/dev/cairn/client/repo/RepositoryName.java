package dev.cairn.client.repo;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.protocol.model.Bytes;
import java.util.Optional;

/** A repository's name: 1 to 64 lower-case letters, digits and {@code . _ -}, beginning with a letter or digit. */
public record RepositoryName(String text) {
    private static final int MAX_CHARACTERS = 64;
    private static final String INNER = "._-";
    private static final String ALL = "/repos/";

    public RepositoryName {
        if (!isName(text)) {
            throw new IllegalArgumentException("\"" + text + "\" is no repository's name; use 1 to " + MAX_CHARACTERS
                    + " lower-case letters, digits and " + INNER + ", beginning with a letter or digit");
        }
    }

    /** Whether it can be a repository's name. */
    public static boolean isName(String text) {
        if (text.isEmpty() || text.length() > MAX_CHARACTERS || INNER.indexOf(text.charAt(0)) >= 0) {
            return false;
        }
        return text.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || INNER.indexOf(c) >= 0);
    }

    /** The keys of all repositories. */
    public static KeySpan all() {
        return KeySpan.prefix(Bytes.utf8(ALL));
    }

    /** Whose key it is; nothing if it lies below {@code /repos/} and is in no repository. */
    public static Optional<RepositoryName> of(Bytes key) {
        String name = key.toUtf8().substring(ALL.length());
        int end = name.indexOf('/');
        return end > 0 && isName(name.substring(0, end))
                ? Optional.of(new RepositoryName(name.substring(0, end)))
                : Optional.empty();
    }

    /** What all of its keys begin with. */
    public Bytes prefix() {
        return Bytes.utf8(ALL + text + "/");
    }

    /** Its keys. */
    public KeySpan span() {
        return KeySpan.prefix(prefix());
    }

    /** Where a file's content stands. */
    public Bytes key(TreePath path) {
        return Bytes.utf8(ALL + text + "/" + path);
    }

    /** The key of the record that says which files are not plain ones. Every publication puts it. */
    public Bytes modesKey() {
        return Bytes.utf8(ALL + text + "/" + TreePath.RESERVED + "/modes");
    }

    @Override
    public String toString() {
        return text;
    }
}
