package dev.cairn.chaos.real;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A small file system in memory in the place of one directory, which can be filled. Needs root. */
final class SmallDisk implements AutoCloseable {
    private static final int MEGABYTES = 256;
    private static final int CHUNK_BYTES = 1 << 20;

    private final Path directory;
    private boolean mounted;

    private SmallDisk(Path directory) {
        this.directory = directory;
        this.mounted = true;
    }

    /** Empty, with the reason on standard output, where this user may not mount. */
    static Optional<SmallDisk> mount(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        try {
            Commands.run("mount", "-t", "tmpfs", "-o", "size=" + MEGABYTES + "m", "cairn-chaos", directory.toString());
            return Optional.of(new SmallDisk(directory));
        } catch (IOException e) {
            System.out.println("no disk will be full, for none can be mounted: " + e.getMessage());
            return Optional.empty();
        }
    }

    private Path filler() {
        return directory.resolve("filler");
    }

    /** Writes until nothing more fits, then gives back {@code roomKilobytes}. */
    void fillUpTo(int roomKilobytes) throws IOException {
        fill();
        try (FileChannel filler = FileChannel.open(filler(), StandardOpenOption.WRITE)) {
            filler.truncate(Math.max(0, filler.size() - roomKilobytes * 1024L));
        }
    }

    private void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(filler())) {
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int i = 0; i <= MEGABYTES; i++) {
                out.write(chunk);
            }
            throw new AssertionError("more fits on " + directory + " than " + MEGABYTES + " MiB");
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("space left")) {
                throw e;
            }
        }
    }

    void empty() throws IOException {
        Files.deleteIfExists(filler());
    }

    @Override
    public void close() throws IOException {
        if (mounted) {
            mounted = false;
            try {
                Commands.run("umount", "-l", directory.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while unmounting " + directory, e);
            }
        }
    }
}
