package dev.cairn.client.repo;

import java.util.Optional;

/** What a file of a tree is, numbered as git does. */
public enum FileMode {
    REGULAR("100644"),
    EXECUTABLE("100755"),
    /** A symbolic link; its content is where it leads. */
    LINK("120000");

    private final String digits;

    FileMode(String digits) {
        this.digits = digits;
    }

    /** Six octal digits. */
    public String digits() {
        return digits;
    }

    static Optional<FileMode> of(String digits) {
        for (FileMode mode : values()) {
            if (mode.digits.equals(digits)) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }
}
