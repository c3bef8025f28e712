package dev.cairn.cli.repo;

import dev.cairn.cli.Failure;
import dev.cairn.cli.changes.Visible;
import dev.cairn.client.repo.FileMode;
import dev.cairn.client.repo.Tree;
import dev.cairn.client.repo.TreeException;
import dev.cairn.client.repo.TreeFile;
import dev.cairn.client.repo.TreePath;
import dev.cairn.protocol.model.Bytes;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a directory as a tree: everything in it but {@code .git} and what {@code .gitignore} leaves out. */
final class DirectoryReader {
    /** What one write may carry, and some room for its signature. */
    static final long MAX_FILE_BYTES = 1500L << 10;

    private static final String GIT = ".git";

    /** What Java makes of bytes that are no text. */
    private static final char LOST = '\uFFFD';

    private final Path root;
    private final Map<TreePath, TreeFile> files = new HashMap<>();
    private long bytes;

    private DirectoryReader(Path root) {
        this.root = root;
    }

    static Tree read(Path directory) throws Failure {
        if (!Files.isDirectory(directory)) {
            throw new Failure(directory + ": there is no such directory; name the one that holds the files");
        }
        DirectoryReader reader = new DirectoryReader(directory);
        try {
            reader.walk(directory, "", Ignored.root(directory));
            if (reader.files.isEmpty()) {
                throw new Failure(directory + " has no files that are to be published");
            }
            return Tree.of(reader.files);
        } catch (TreeException e) {
            throw new Failure(directory + ": " + e.getMessage(), e);
        }
    }

    private void walk(Path directory, String prefix, Ignored ignored) throws Failure, TreeException {
        for (Path file : list(directory)) {
            String name = String.valueOf(file.getFileName());
            String path = prefix + name;
            if (path.equals(GIT)) {
                continue;
            }
            PosixFileAttributes attributes = attributes(file);
            if (!ignored.leavesOut(path, attributes.isDirectory())) {
                add(file, name, path, attributes, ignored);
            }
        }
    }

    private void add(Path file, String name, String path, PosixFileAttributes attributes, Ignored ignored)
            throws Failure, TreeException {
        if (path.indexOf(LOST) >= 0) {
            throw new Failure(Visible.text(file.toString())
                    + ": the name is no UTF-8, or the terminal's encoding is not; set LC_ALL=C.UTF-8, or rename it");
        }
        if (name.equals(GIT)) {
            throw new Failure(file.getParent() + " is a git repository of its own, which no tree can hold; publish it"
                    + " apart, or leave it out in .gitignore");
        }
        if (attributes.isDirectory()) {
            walk(file, path + "/", ignored.into(name, file));
            return;
        }
        TreePath checked = TreePath.of(path);
        if (attributes.isSymbolicLink()) {
            put(checked, new TreeFile(FileMode.LINK, target(file)));
        } else if (attributes.isRegularFile()) {
            boolean runs = attributes.permissions().contains(PosixFilePermission.OWNER_EXECUTE);
            put(checked, new TreeFile(runs ? FileMode.EXECUTABLE : FileMode.REGULAR, content(file, attributes.size())));
        } else {
            throw new Failure(file + " is neither a file, a directory nor a link; leave it out in .gitignore");
        }
    }

    private void put(TreePath path, TreeFile file) throws Failure {
        files.put(path, file);
        bytes += file.content().size();
        if (files.size() > Tree.MAX_FILES) {
            throw new Failure(root + " has more than " + Tree.MAX_FILES + " files; leave some out in .gitignore");
        }
        if (bytes > Tree.MAX_BYTES) {
            throw new Failure(root + " has more than " + Tree.MAX_BYTES + " bytes in its files, as far as "
                    + Visible.text(path.text()) + "; leave some out in .gitignore");
        }
    }

    private static List<Path> list(Path directory) throws Failure {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(found::add);
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
        found.sort(null);
        return found;
    }

    private static PosixFileAttributes attributes(Path file) throws Failure {
        try {
            return Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static Bytes content(Path file, long size) throws Failure {
        if (size > MAX_FILE_BYTES) {
            throw new Failure(file + " has " + size + " bytes, and a file of a repository at most " + MAX_FILE_BYTES
                    + "; leave it out in .gitignore");
        }
        try {
            return Bytes.wrap(Files.readAllBytes(file));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static Bytes target(Path link) throws Failure {
        try {
            return Bytes.utf8(Files.readSymbolicLink(link).toString());
        } catch (IOException e) {
            throw unreadable(link, e);
        }
    }

    private static Failure unreadable(Path file, IOException e) {
        return new Failure(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
}
