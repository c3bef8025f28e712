package dev.cairn.client;

import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A head in a file, which several processes may share: each keeps its own only if it is higher. The proof of a fork lies
 * beside it; while it does, nothing is read.
 */
public final class FileHeadStore implements HeadStore {
    private static final int MAX_BYTES = 1 << 20;

    private final Path file;
    private final Path fork;
    private final Path lock;

    /** {@code file} need not exist; its directory is made when a head is kept. */
    public FileHeadStore(Path file) {
        this.file = file.toAbsolutePath();
        this.fork = beside(".fork");
        this.lock = beside(".lock");
    }

    private Path beside(String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    @Override
    public Optional<SavedHead> load() throws IOException {
        if (Files.exists(fork)) {
            throw new IOException(fork + " proves that two blocks were certified at one height, so more than f replicas"
                    + " lie; nothing of this cluster can be believed. Show it to whoever runs it; remove it to go on all"
                    + " the same");
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IOException(file + ": too large for a head; remove it");
            }
            return Optional.of(SavedHead.decode(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage() + "; remove it", e);
        }
    }

    @Override
    public synchronized void save(SavedHead head) throws IOException {
        Files.createDirectories(file.getParent());
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            Optional<SavedHead> kept = load();
            if (kept.isEmpty() || !kept.get().isNewerThan(head)) {
                replace(file, head.encode());
            }
        }
    }

    @Override
    public void keep(ForkEvidence evidence) throws IOException {
        Files.createDirectories(file.getParent());
        ByteWriter out = new ByteWriter(2048);
        out.putRaw(evidence.first().encode())
                .putBytes(Bytes.wrap(evidence.firstCertificate().encode()));
        out.putRaw(evidence.second().encode())
                .putBytes(Bytes.wrap(evidence.secondCertificate().encode()));
        replace(fork, out.toArray());
    }

    /** All of it is there afterwards, or what was. */
    private static void replace(Path target, byte[] bytes) throws IOException {
        Path draft = target.resolveSibling(target.getFileName() + ".new");
        try (FileChannel out = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                out.write(left);
            }
            out.force(true);
        }
        Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
            directory.force(true); // or a loss of power may bring the old name back
        }
    }
}
