package dev.cairn.cli.repo;

import static dev.cairn.cli.repo.Directory.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cli.Failure;
import dev.cairn.cli.Run;
import dev.cairn.client.repo.RepositoryName;
import dev.cairn.client.repo.Tree;
import dev.cairn.client.repo.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a directory is published, and what is refused: each time one line that names the file. */
class DirectoryReaderTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private List<String> read() throws Failure {
        return DirectoryReader.read(directory).files().keySet().stream()
                .map(TreePath::text)
                .toList();
    }

    private void write(Map<String, Directory.Item> items) throws IOException {
        Directory.write(directory, items);
    }

    private void assertRefused(String... parts) {
        assertThatThrownBy(this::read)
                .isInstanceOf(Failure.class)
                .message()
                .contains(parts)
                .doesNotContain("\n");
    }

    @Test
    void whatGitIgnoresIsLeftOut() throws Exception {
        Map<String, Directory.Item> items = new HashMap<>();
        items.put(
                ".gitignore", text("*.retry\n/build/\n!kept.retry\nsecrets/*\n!secrets/public\n# no rule\n\\#file\n"));
        items.put("roles/.gitignore", text("!b.retry\n/only-here\n"));
        for (String path : List.of(
                "a.retry",
                "kept.retry",
                "roles/b.retry",
                "roles/only-here",
                "roles/x/only-here",
                "build/out",
                "roles/build/out",
                "secrets/key",
                "secrets/public",
                "#file",
                ".git/HEAD",
                "site.yml")) {
            items.put(path, text("x"));
        }
        write(items);
        assertThat(read())
                .containsExactly(
                        ".gitignore",
                        "kept.retry",
                        "roles/.gitignore",
                        "roles/b.retry",
                        "roles/build/out",
                        "roles/x/only-here",
                        "secrets/public",
                        "site.yml");
    }

    @Test
    void linksOutOfTheTreeAreRefused() throws Exception {
        write(Map.of("roles/link", new Directory.Item.Link("../../secret")));
        assertRefused(directory.toString(), "roles/link: the link leads out of the tree, to \"../../secret\"");
    }

    @Test
    void gitsOwnIsRefused() throws Exception {
        write(Map.of(".gitmodules", text("x")));
        assertRefused(".gitmodules would be taken for git's own");
    }

    @Test
    void aRepositoryOfItsOwnIsRefused() throws Exception {
        write(Map.of("roles/other/.git", text("gitdir: elsewhere")));
        assertRefused(directory.resolve("roles/other") + " is a git repository of its own");
        write(Map.of(".gitignore", text("/roles/other\n")));
        assertThat(read()).containsExactly(".gitignore");
    }

    @Test
    void cairnsOwnIsRefused() throws Exception {
        write(Map.of(".cairn/modes", text("x")));
        assertRefused(".cairn is Cairn's own; rename it");
    }

    @Test
    void aFileThatIsTooLargeIsNamed() throws Exception {
        Path large = directory.resolve("large.bin");
        Files.write(large, new byte[(int) DirectoryReader.MAX_FILE_BYTES + 1]);
        assertRefused(large + " has 1536001 bytes, and a file of a repository at most 1536000");
        Files.write(large, new byte[(int) DirectoryReader.MAX_FILE_BYTES]);
        assertThat(read()).containsExactly("large.bin");
    }

    @Test
    void whatIsNoFileIsRefused() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertRefused(pipe + " is neither a file, a directory nor a link");
    }

    @Test
    void aDirectoryWithoutFilesOrNoneAtAllIsRefused() throws Exception {
        assertRefused(directory + " has no files that are to be published");
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> DirectoryReader.read(missing))
                .hasMessage(missing + ": there is no such directory; name the one that holds the files");
    }

    @Test
    void whatOneChangeCannotCarryIsSaidBeforeItIsDrafted() throws Exception {
        for (int i = 0; i < 12; i++) {
            Files.write(directory.resolve("f" + i), new byte[1_500_000]);
        }
        Tree tree = DirectoryReader.read(directory);
        assertThatThrownBy(() -> Publication.of(new RepositoryName("web"), tree, List.of())
                        .requireFits())
                .message()
                .contains("18000014 bytes", "16777216");
    }

    @Test
    void aNameWithASlashIsNone() {
        Run run = Run.of(new PushCommand(), directory.toString(), "web/site");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("\"web/site\" is no repository's name; use 1 to 64 lower-case letters");
    }

    @Test
    void nothingThatIsThereIsWrittenOver() throws Exception {
        write(Map.of("a", text("1")));
        Tree tree = DirectoryReader.read(directory);
        assertThatThrownBy(() -> DirectoryWriter.write(tree, directory))
                .hasMessage(directory + " is there already; name another directory, or remove it");
        assertThatThrownBy(() -> DirectoryWriter.write(tree, directory.resolve("missing/copy")))
                .message()
                .contains("cannot be written");
        DirectoryWriter.write(tree, directory.resolve("copy"));
        assertThat(Directory.read(directory)).containsOnlyKeys("a", "copy/a");
    }
}
