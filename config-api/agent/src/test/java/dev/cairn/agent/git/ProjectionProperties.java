package dev.cairn.agent.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.client.KeyStamp;
import dev.cairn.client.repo.FileMode;
import dev.cairn.client.repo.RepositoryName;
import dev.cairn.client.repo.Tree;
import dev.cairn.client.repo.TreeException;
import dev.cairn.client.repo.TreeFile;
import dev.cairn.client.repo.TreePath;
import dev.cairn.protocol.model.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever tree is published, every host makes the same commit of it, and git finds nothing wrong. */
class ProjectionProperties {
    private static final RepositoryName WEB = new RepositoryName("web");

    /** Some sort otherwise beside a slash than alone; git's own names and their like come up too. */
    private static final List<String> PARTS = List.of(
            "a",
            "a.b",
            "a-",
            "a0",
            "A",
            "b",
            "é",
            "\uD83D\uDE00",
            " ",
            "...",
            "a\nb",
            "x\"y",
            "\\",
            "-",
            ".gitignore",
            ".gitattributes",
            ".git",
            "git~1",
            ".GIT ",
            ".gitmodules",
            "GITMOD~1",
            "gi7eba~1",
            ".g\u200cit",
            ".git:x",
            "a\\.git");

    private static final List<FileMode> MODES = List.of(FileMode.REGULAR, FileMode.EXECUTABLE, FileMode.LINK);

    private final Path directory = temporary();

    private static Path temporary() {
        try {
            return Files.createTempDirectory("projection");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Tree randomTree(SplittableRandom random) {
        Map<TreePath, TreeFile> files = new HashMap<>();
        for (int i = random.nextInt(1, 20); i > 0; i--) {
            StringBuilder path = new StringBuilder(part(random));
            for (int depth = random.nextInt(4); depth > 0; depth--) {
                path.append('/').append(part(random));
            }
            FileMode mode = MODES.get(random.nextInt(MODES.size()));
            byte[] content = new byte[random.nextInt(100)];
            random.nextBytes(content);
            Bytes bytes = mode == FileMode.LINK ? Bytes.utf8(part(random)) : Bytes.wrap(content);
            files = with(files, path.toString(), new TreeFile(mode, bytes));
        }
        try {
            return Tree.of(files);
        } catch (TreeException e) {
            throw new AssertionError(e);
        }
    }

    /** With one file more, if that is a tree. */
    private static Map<TreePath, TreeFile> with(Map<TreePath, TreeFile> files, String path, TreeFile file) {
        Map<TreePath, TreeFile> more = new HashMap<>(files);
        try {
            more.put(TreePath.of(path), file);
            var _ = Tree.of(more);
            return more;
        } catch (TreeException e) {
            return files;
        }
    }

    private static String part(SplittableRandom random) {
        return PARTS.get(random.nextInt(PARTS.size()));
    }

    private static Refs refs(Projections projections) throws Exception {
        try (Projections.Open open = projections.open(WEB)) {
            return open.refs();
        }
    }

    @Property(tries = 12)
    void gitGetsTheTreeAndFindsNothingWrong(@ForAll long seed) throws Exception {
        Git.require();
        Tree tree = randomTree(new SplittableRandom(seed));
        PastSource store = new PastSource();
        store.publish(WEB, tree);
        Path clone = directory.resolve("clone");
        try (Git git = new Git(directory, new Projections(store, directory))) {
            git.succeed("clone", "-q", "cairn://web", clone.toString());
            assertThat(git.succeed("-C", clone.toString(), "rev-parse", "HEAD"))
                    .isEqualTo(refs(new Projections(store, directory)).head().name() + "\n");
            var _ = git.succeed("-C", clone.toString(), "fsck", "--strict");
            var _ = git.succeed("-C", clone.toString(), "diff", "--quiet", "HEAD");
            for (Map.Entry<TreePath, TreeFile> file : tree.files().entrySet()) {
                Path path = clone.resolve(file.getKey().text());
                switch (file.getValue().mode()) {
                    case LINK ->
                        assertThat(Files.readSymbolicLink(path).toString())
                                .isEqualTo(file.getValue().content().toUtf8());
                    case REGULAR, EXECUTABLE -> {
                        assertThat(path)
                                .hasBinaryContent(file.getValue().content().toArray());
                        assertThat(Files.isExecutable(path))
                                .isEqualTo(file.getValue().mode() == FileMode.EXECUTABLE);
                    }
                }
            }
        } finally {
            delete(clone);
        }
    }

    /** Publications, other changes and compactions in any order; one host follows, at times, and others begin afterwards. */
    @Property(tries = 25)
    void whoFollowedTellsTheSameAsWhoBegins(@ForAll long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        PastSource store = new PastSource();
        Projections following = new Projections(store, directory);
        for (int step = 0; step < 30; step++) {
            switch (random.nextInt(10)) {
                case 0 -> store.compact(random.nextLong(store.newest().oldest(), store.revision() + 1));
                case 1 -> store.change(Map.of(Bytes.utf8("/repos/web/drafted"), Bytes.utf8("" + step)), List.of());
                case 2 -> store.change(Map.of(Bytes.utf8("/repos/web/a/../b"), Bytes.utf8("no tree")), List.of());
                case 3 -> deleteOne(store, random);
                default -> store.publish(WEB, randomTree(random));
            }
            if (random.nextInt(3) > 0) {
                assertThat(outcome(following)).isEqualTo(outcome(new Projections(store, directory)));
            }
        }
    }

    private static void deleteOne(PastSource store, SplittableRandom random) throws IOException {
        List<Bytes> keys = store.keys(WEB, Integer.MAX_VALUE, store.revision()).stream()
                .map(KeyStamp::key)
                .toList();
        if (!keys.isEmpty()) {
            store.change(Map.of(), List.of(keys.get(random.nextInt(keys.size()))));
        }
    }

    private static String outcome(Projections projections) throws Exception {
        try {
            return refs(projections).toString();
        } catch (TreeException e) {
            return e.toString();
        }
    }

    private static void delete(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
