package dev.cairn.cli;

import dev.cairn.server.config.StartupException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A file that holds the id of a running process. The process keeps it locked as long as it lives, however it dies, so
 * an id left by a crash is never taken for a process that got the same number later.
 */
final class PidFile implements AutoCloseable {
    private final @Nullable Path file;
    private final @Nullable FileChannel channel;

    private PidFile(@Nullable Path file, @Nullable FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Claims {@code file}, if one is wanted, for this process; refused while another live process holds it. */
    static PidFile claim(Optional<Path> file, String what) throws StartupException {
        return file.isPresent() ? claim(file.get(), what) : new PidFile(null, null);
    }

    static PidFile claim(Path file, String what) throws StartupException {
        FileChannel channel;
        try {
            channel = open(file, StandardOpenOption.CREATE);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
        try {
            if (lock(channel).isEmpty()) {
                OptionalLong holder = read(file);
                channel.close();
                throw new StartupException(what + " is running already"
                        + (holder.isPresent()
                                ? ", as process " + holder.getAsLong() + "; stop it first: kill " + holder.getAsLong()
                                : "; stop it first"));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
            return new PidFile(file, channel);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /** The id of the live process that holds {@code file}. */
    static OptionalLong holder(Path file) {
        if (!Files.exists(file)) {
            return OptionalLong.empty();
        }
        try (FileChannel channel = open(file)) {
            return lock(channel).isPresent() ? OptionalLong.empty() : read(file);
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private static FileChannel open(Path file, StandardOpenOption... more) throws IOException {
        StandardOpenOption[] options = new StandardOpenOption[more.length + 1];
        options[0] = StandardOpenOption.WRITE;
        System.arraycopy(more, 0, options, 1, more.length);
        return FileChannel.open(file, options);
    }

    private static Optional<FileLock> lock(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        }
    }

    private static OptionalLong read(Path file) throws IOException {
        try {
            return OptionalLong.of(Long.parseLong(Files.readString(file).strip()));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static StartupException unwritable(Path file, IOException e) {
        return new StartupException(
                file + ": the process id cannot be written (" + e.getMessage() + "); check that the directory is yours",
                e);
    }

    /** Removes the file. */
    @Override
    public void close() {
        if (file == null || channel == null) {
            return;
        }
        try (channel) {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // a file left behind is harmless: nobody holds it
        }
    }
}
