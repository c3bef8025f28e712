package dev.cairn.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.NativeLibraryLoader;

/** Where the native part of RocksDB is unpacked. */
public final class RocksLibrary {
    private RocksLibrary() {}

    /**
     * Unpacks it into {@code directory}, where each start replaces what the last one left; by default every process that is
     * killed leaves a file of its own behind in the temporary directory. To be called before anything else of RocksDB; in a
     * process that has it already, nothing happens. One process for each directory. Blocks.
     */
    public static void unpackInto(Path directory) throws BootException {
        try {
            Files.createDirectories(directory);
            NativeLibraryLoader.getInstance().loadLibrary(directory.toString());
        } catch (IOException e) {
            throw new BootException(
                    BootException.Cause.UNUSABLE,
                    directory + ": cannot be written (" + e.getMessage() + "); check the data directory and its owner",
                    e);
        }
    }
}
