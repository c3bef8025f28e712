package dev.cairn.cli.imports;

import dev.cairn.cli.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** The SHA-256 that {@code etcdctl snapshot save} puts behind a database, which is a whole number of 512 bytes. */
final class SnapshotHash {
    private static final int BYTES = 32;
    private static final int UNIT_BYTES = 512;
    private static final int BUFFER_BYTES = 1 << 20;

    private SnapshotHash() {}

    /** Refuses a file without one, and one whose bytes it does not fit. */
    static void require(Path file) throws Failure, IOException {
        long size = Files.size(file);
        if (size % UNIT_BYTES != BYTES) {
            throw new Failure(
                    file + ": no hash stands at its end, so it is cut short or was not made by etcdctl snapshot"
                            + " save; for a copy of an etcd's member/snap/db, taken while it stood still, say --skip-hash-check");
        }
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[BUFFER_BYTES];
            for (long left = size - BYTES; left > 0; ) {
                int read = in.read(buffer, 0, (int) Math.min(left, BUFFER_BYTES));
                if (read < 0) {
                    throw new IOException("it became shorter while it was read");
                }
                sha256.update(buffer, 0, read);
                left -= read;
            }
            if (!Arrays.equals(sha256.digest(), in.readNBytes(BYTES))) {
                throw new Failure(
                        file + ": its hash does not fit its bytes, so it is damaged; save the snapshot again");
            }
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
