package dev.cairn.kv.store;

import dev.cairn.protocol.model.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a state lies and where the next one is collected: side by side, so that every step from the one to the other is
 * one rename. {@code state.incoming} becomes {@code state.complete-HASH}, which names the header it was collected for;
 * that becomes {@code state.adopted}, and from then on it is the state: what is left to do is done at the next start.
 */
final class Directories {
    private final Path current;

    Directories(Path current) {
        this.current = current.toAbsolutePath();
    }

    Path current() {
        return current;
    }

    Path incoming() {
        return beside(".incoming");
    }

    private Path completed(Digest header) {
        return beside(".complete-" + header.toHex());
    }

    private Path adopted() {
        return beside(".adopted");
    }

    private Path beside(String suffix) {
        return current.resolveSibling(current.getFileName() + suffix);
    }

    /** Removes everything that earlier transfers collected. */
    void forgetIncoming() {
        delete(incoming());
        allCompleted().forEach(Directories::delete);
    }

    private List<Path> allCompleted() {
        String prefix = beside(".complete-").getFileName().toString();
        try (Stream<Path> all = Files.list(current.getParent())) {
            return all.filter(path -> path.getFileName().toString().startsWith(prefix))
                    .toList();
        } catch (IOException e) {
            throw new StoreException("cannot list " + current.getParent() + ": " + e.getMessage(), e);
        }
    }

    /** The incoming state, all of it durable, is what the header certifies. */
    void complete(Digest header) {
        rename(incoming(), completed(header));
    }

    boolean isComplete(Digest header) {
        return Files.isDirectory(completed(header));
    }

    /** The step of no return: the completed state is to take the current one's place. */
    void decide(Digest header) {
        rename(completed(header), adopted());
    }

    /** Ends what {@link #decide} began, if anything. */
    void settle() {
        if (Files.isDirectory(adopted())) {
            delete(current);
            rename(adopted(), current);
        }
    }

    static void make(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new StoreException("cannot make " + directory + ": " + e.getMessage(), e);
        }
    }

    private static void rename(Path from, Path to) {
        try {
            Files.move(from, to);
            try (FileChannel parent = FileChannel.open(to.getParent(), StandardOpenOption.READ)) {
                parent.force(true);
            }
        } catch (IOException e) {
            throw new StoreException("cannot rename " + from + " to " + to + ": " + e, e);
        }
    }

    private static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(
                        Path visited, @org.jspecify.annotations.Nullable IOException failure) throws IOException {
                    if (failure != null) {
                        throw failure;
                    }
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new StoreException("cannot remove " + directory + ": " + e, e);
        }
    }
}
