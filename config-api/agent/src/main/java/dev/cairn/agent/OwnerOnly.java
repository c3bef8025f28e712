package dev.cairn.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** Files with secrets, which nobody but their owner can read, or which systemd hands to this service alone. */
final class OwnerOnly {
    private static final Set<PosixFilePermission> OWNERS =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private OwnerOnly() {}

    static boolean is(Path file) throws IOException {
        return isCredential(file) || OWNERS.containsAll(Files.getPosixFilePermissions(file));
    }

    /** One of systemd's: an access list makes it this service's, and shows in the mode as if it were the group's. */
    private static boolean isCredential(Path file) {
        String directory = System.getenv("CREDENTIALS_DIRECTORY");
        return directory != null && file.startsWith(directory);
    }
}
