package dev.cairn.server.config;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/**
 * The mark that ties a data directory to one replica of one chain. A replica that votes from another one's memory of its
 * votes could contradict itself, so a directory without the right mark is not touched.
 */
final class DataOwner {
    private static final String FILE = "owner";
    private static final String DRAFT = "owner.draft";

    private DataOwner() {}

    /** Marks {@code directory} if it is new; refuses it if it is another's, or not this program's at all. */
    static void claim(Path directory, String owner) throws StartupException {
        Path mark = directory.resolve(FILE);
        try {
            String found = Files.readString(mark);
            if (!found.equals(owner)) {
                throw new StartupException(
                        directory + ": holds the data of another replica (" + oneLine(found) + "; this is "
                                + oneLine(owner) + "); give each replica its own directory; nothing was changed");
            }
        } catch (NoSuchFileException e) {
            mark(directory, mark, owner);
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    private static void mark(Path directory, Path mark, String owner) throws StartupException {
        try {
            Files.createDirectories(directory);
            Files.deleteIfExists(directory.resolve(DRAFT));
            try (Stream<Path> entries = Files.list(directory)) {
                if (entries.findAny().isPresent()) {
                    throw new StartupException(
                            directory + ": is not empty and not a replica's data directory (it has no" + " file \""
                                    + FILE + "\"); set data to another directory; nothing was changed");
                }
            }
            Path draft = Files.writeString(directory.resolve(DRAFT), owner);
            Files.move(draft, mark, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException e) {
            throw new StartupException(directory + ": is a file; set data to a directory", e);
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    private static StartupException unusable(Path directory, IOException e) {
        return new StartupException(
                directory + ": cannot be used (" + e.getClass().getSimpleName() + " " + e.getMessage()
                        + "); set data to a directory that the server's user may write",
                e);
    }

    private static String oneLine(String owner) {
        String text = owner.length() > 200 ? owner.substring(0, 200) : owner;
        return text.strip().replaceAll("[\\p{Cntrl}]+", ", ");
    }
}
