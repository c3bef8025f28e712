package dev.cairn.cli.repo;

import dev.cairn.cli.Failure;
import dev.cairn.client.repo.FileMode;
import dev.cairn.client.repo.Tree;
import dev.cairn.client.repo.TreeFile;
import dev.cairn.client.repo.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** Writes a tree as a new directory: whole, or not at all. */
final class DirectoryWriter {
    private static final Map<PosixFilePermission, PosixFilePermission> MAY_RUN = Map.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_EXECUTE,
            PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_EXECUTE);

    private DirectoryWriter() {}

    /** It is written beside, and gets its name last. */
    static void write(Tree tree, Path directory) throws Failure {
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new Failure(directory + " is there already; name another directory, or remove it");
        }
        Path name = directory.toAbsolutePath().normalize();
        Path part = name.resolveSibling("." + name.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            Files.createDirectory(part);
            try {
                fill(tree, part);
                Files.move(part, name);
            } catch (IOException | InvalidPathException e) {
                removeTree(part, e);
                throw e;
            }
        } catch (InvalidPathException e) {
            throw new Failure(
                    directory + ": a file's name is no text in this terminal's encoding; set LC_ALL=C.UTF-8", e);
        } catch (IOException e) {
            throw new Failure(directory + ": cannot be written (" + e + ")", e);
        }
    }

    /** Links come last, so that nothing is written through one. */
    private static void fill(Tree tree, Path root) throws IOException {
        for (Map.Entry<TreePath, TreeFile> each : tree.files().entrySet()) {
            if (each.getValue().mode() != FileMode.LINK) {
                writeFile(root.resolve(each.getKey().text()), each.getValue());
            }
        }
        for (Map.Entry<TreePath, TreeFile> each : tree.files().entrySet()) {
            if (each.getValue().mode() == FileMode.LINK) {
                Path link = root.resolve(each.getKey().text());
                Files.createDirectories(link.getParent());
                Files.createSymbolicLink(link, Path.of(each.getValue().content().toUtf8()));
            }
        }
    }

    private static void writeFile(Path path, TreeFile file) throws IOException {
        Files.createDirectories(path.getParent());
        Files.write(path, file.content().shared(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        if (file.mode() == FileMode.EXECUTABLE) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
            MAY_RUN.forEach((read, run) -> {
                if (permissions.contains(read)) {
                    permissions.add(run);
                }
            });
            Files.setPosixFilePermissions(path, permissions);
        }
    }

    private static void removeTree(Path root, Exception why) {
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }
}
