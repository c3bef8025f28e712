package dev.cairn.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The user's home as shells know it: {@code $HOME}, and where it is not set what Java says. */
public final class HomeDirectory {
    private HomeDirectory() {}

    public static Path find() {
        return of(System.getenv("HOME"), System.getProperty("user.home"));
    }

    static Path of(@Nullable String variable, String unlessSet) {
        return Path.of(variable == null || variable.isBlank() ? unlessSet : variable);
    }
}
