package dev.cairn.cli.repo;

import dev.cairn.cli.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.jgit.ignore.IgnoreNode;

/**
 * What the {@code .gitignore} of a directory and those of the directories above it leave out. Files in a directory that is left
 * out are never asked for, as in git.
 *
 * @param prefix the directory's path from the root, with a slash behind it; empty for the root
 */
record Ignored(String prefix, IgnoreNode rules, Optional<Ignored> above) {
    private static final String FILE = ".gitignore";

    static Ignored root(Path directory) throws Failure {
        return new Ignored("", read(directory), Optional.empty());
    }

    Ignored into(String name, Path directory) throws Failure {
        return new Ignored(prefix + name + "/", read(directory), Optional.of(this));
    }

    /** Whether what has that path from the root is left out: the nearest file with a rule for it decides. */
    boolean leavesOut(String path, boolean isDirectory) {
        for (Optional<Ignored> at = Optional.of(this);
                at.isPresent();
                at = at.get().above()) {
            Boolean decided = at.get()
                    .rules()
                    .checkIgnored(path.substring(at.get().prefix().length()), isDirectory);
            if (decided != null) {
                return decided;
            }
        }
        return false;
    }

    private static IgnoreNode read(Path directory) throws Failure {
        Path file = directory.resolve(FILE);
        IgnoreNode rules = new IgnoreNode();
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return rules;
        }
        try (InputStream in = Files.newInputStream(file)) {
            rules.parse(file.toString(), in);
            return rules;
        } catch (IOException e) {
            throw new Failure(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }
}
