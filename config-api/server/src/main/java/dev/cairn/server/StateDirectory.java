package dev.cairn.server;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Where the key-value state lies. It can always be made again, from the log or from the other replicas. */
record StateDirectory(Path path) {
    static StateDirectory in(Path data) {
        return new StateDirectory(data.resolve("state"));
    }

    /** Where a state that was found damaged stays for people to look at, until there is another one. */
    Path damaged() {
        return path.resolveSibling("state.damaged");
    }

    /** 1 while one lies there. */
    int damagedStates() {
        return Files.exists(damaged()) ? 1 : 0;
    }

    /** Makes room for a new state; nobody may have this one open. */
    void setAside() throws IOException {
        if (Files.exists(path)) {
            delete(damaged());
            Files.move(path, damaged(), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
