package dev.cairn.client.repo;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Names that git, or a file system below it, takes for git's own. On every system the same are refused: a tree is made for all
 * nodes, and {@code git fsck --strict} looks for all of them everywhere.
 */
final class GitNames {
    /** HFS+ leaves them out of names. */
    private static final Pattern UNSEEN = Pattern.compile("[\\u200c-\\u200f\\u202a-\\u202e\\u206a-\\u206f\\ufeff]");

    /**
     * NTFS knows a name by its short form as well, and drops spaces, dots, and what comes behind a colon from the end. Behind a
     * backslash a name begins.
     */
    private static final Pattern TAKEN = Pattern.compile(
            "(.*\\\\)?(\\.git|git~[0-9]+|\\.gitmodules|gitmod~[0-9]+|gi7eb[0-9a-f~]*)[ .]*([:\\\\].*)?",
            Pattern.DOTALL);

    private static final Pattern ATTRIBUTES =
            Pattern.compile("(\\.gitattributes|gitatt~[0-9]+|gi7d2[0-9a-f~]*)[ .]*(:.*)?", Pattern.DOTALL);

    private GitNames() {}

    static boolean areTaken(String part) {
        return TAKEN.matcher(seen(part)).matches();
    }

    /** What git reads as a file wherever it lies. */
    static boolean areOfFilesOnly(String part) {
        return ATTRIBUTES.matcher(seen(part)).matches();
    }

    private static String seen(String part) {
        return UNSEEN.matcher(part).replaceAll("").toLowerCase(Locale.ROOT);
    }
}
