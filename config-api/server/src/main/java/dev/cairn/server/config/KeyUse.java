package dev.cairn.server.config;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A mark beside the vote key that says that it has signed votes. What was signed stands in the log; a replica whose log
 * is gone could contradict itself, which an honest replica never does, so it must not vote under that key again.
 *
 * @param mark the file that is the mark
 * @param log the directory of the log
 */
public record KeyUse(Path mark, Path log) {
    private static final String MARK = "vote.key.used";

    static KeyUse of(Path keys, Path data) {
        return new KeyUse(keys.resolve(MARK), data.resolve("log"));
    }

    /** Refuses a key that has been used if there is no log; called before the log is made. */
    public void requireLogIfUsed() throws StartupException {
        if (Files.exists(mark) && !Files.isDirectory(log)) {
            throw new StartupException(log + ": is missing, but this replica's key has been used (" + mark
                    + "); without its log a replica could contradict its own votes. Put the log back. If it is lost,"
                    + " this replica stays down until it gets a new key; if it never ran, remove " + mark);
        }
    }

    /** Says that the key is in use from now on; called once the log exists. */
    public void note() throws StartupException {
        try {
            Files.createFile(mark);
        } catch (FileAlreadyExistsException e) {
            return; // since an earlier start
        } catch (IOException e) {
            throw new StartupException(
                    mark + ": cannot be written (" + e.getClass().getSimpleName()
                            + "); let the server's user write beside its keys",
                    e);
        }
    }
}
