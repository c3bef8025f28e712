package dev.cairn.server.upkeep;

import dev.cairn.kv.HeldState;
import dev.cairn.server.bolt.BoltWriter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Where snapshots are written before they are sent. Nothing of them stays: a file has no name any more when it is sent, and
 * what a crash left is removed at the start.
 */
public final class SnapshotFiles {
    /** What a snapshot leaves of the disk to the replica itself. */
    private static final long RESERVE_BYTES = 512L << 20;

    private static final long CHECKED_BYTES = 8L << 20;
    private static final String SUFFIX = ".snapshot";

    private final Path directory;
    private final AtomicLong made = new AtomicLong();

    public SnapshotFiles(Path directory) {
        this.directory = directory;
    }

    /** Removes what a crash left. */
    public void clear() throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : left) {
                Files.delete(file);
            }
        } catch (NoSuchFileException | NotDirectoryException _) {
            // Then there is nothing.
        }
    }

    /** A snapshot could not be made; the message is one line for people. */
    static final class NoRoomException extends IOException {
        private static final long serialVersionUID = 1L;

        NoRoomException(String message) {
            super(message);
        }
    }

    /** Nobody waits for the snapshot any more. */
    static final class AbandonedException extends IOException {
        private static final long serialVersionUID = 1L;

        AbandonedException() {
            super("nobody waits for the snapshot any more");
        }
    }

    /** Writes a snapshot, and opens it; when it is closed, it is gone. Takes as long as reading the whole state. */
    FileChannel write(HeldState held, EtcdTables tables, BooleanSupplier isAbandoned) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve(made.incrementAndGet() + SUFFIX);
        try (BoltWriter out = BoltWriter.create(file)) {
            EtcdDatabase.write(out, held, tables, new Watchfulness(isAbandoned));
            return FileChannel.open(file, StandardOpenOption.READ);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** Looks up from writing every few megabytes. */
    private final class Watchfulness implements EtcdDatabase.Check {
        private final BooleanSupplier isAbandoned;
        private long next;

        Watchfulness(BooleanSupplier isAbandoned) {
            this.isAbandoned = isAbandoned;
        }

        @Override
        public void mayGoOn(long bytes) throws IOException {
            if (bytes < next) {
                return;
            }
            next = bytes + CHECKED_BYTES;
            if (isAbandoned.getAsBoolean()) {
                throw new AbandonedException();
            }
            if (Files.getFileStore(directory).getUsableSpace() < RESERVE_BYTES) {
                throw new NoRoomException("a snapshot of this replica does not fit on its disk: less than "
                        + (RESERVE_BYTES >> 20) + " MiB would be left in " + directory
                        + "; free some, or take it from another replica");
            }
        }
    }
}
