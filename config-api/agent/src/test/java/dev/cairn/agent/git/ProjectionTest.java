package dev.cairn.agent.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.client.repo.FileMode;
import dev.cairn.client.repo.RepositoryName;
import dev.cairn.client.repo.Tree;
import dev.cairn.client.repo.TreeException;
import dev.cairn.client.repo.TreeFile;
import dev.cairn.client.repo.TreePath;
import dev.cairn.protocol.model.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class ProjectionTest {
    private static final RepositoryName WEB = new RepositoryName("web");

    private final PastSource store = new PastSource();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private static Tree tree(String path, String content) throws TreeException {
        return Tree.of(Map.of(
                TreePath.of(path), new TreeFile(FileMode.REGULAR, Bytes.utf8(content)),
                TreePath.of("bin/run"), new TreeFile(FileMode.EXECUTABLE, Bytes.utf8("#!/bin/sh\n")),
                TreePath.of("bin.d"), new TreeFile(FileMode.REGULAR, Bytes.utf8("")),
                TreePath.of("now"), new TreeFile(FileMode.LINK, Bytes.utf8("bin/run"))));
    }

    private Projections projections() {
        return new Projections(store, directory);
    }

    private Refs refs(Projections projections) throws Exception {
        try (Projections.Open open = projections.open(WEB)) {
            return open.refs();
        }
    }

    /** Hosts with different versions of this program must name the same commit, so its bytes never change. */
    @Test
    void aCommitIsWhatItAlwaysWas() throws Exception {
        store.publish(WEB, tree("site.yml", "- hosts: all\n"));
        assertThat(refs(projections()).head().name()).isEqualTo("b3c67deba39a713a6f6b3cc3e3e15570a5cb552a");
        Git.require();
        try (Git git = new Git(directory, projections())) {
            String into = directory.resolve("clone").toString();
            git.succeed("clone", "-q", "cairn://web", into);
            assertThat(git.succeed("-C", into, "cat-file", "commit", "HEAD")).endsWith("""
                            author alice <alice@test> 1700000002 +0000
                            committer alice <alice@test> 1700000002 +0000

                            Change 2

                            Repository: web
                            Revision: 2
                            Change: 4e69b9e056b45b42b0d0c2ece95f8fc481bafda9d6b662f50c13dcd2674346c9
                            """);
            assertThat(git.succeed("-C", into, "symbolic-ref", "HEAD")).isEqualTo("refs/heads/main\n");
        }
    }

    @Test
    void gitFetchesWhatIsNewAndTheTagsOfWhatWas() throws Exception {
        Git.require();
        store.publish(WEB, tree("a", "1"));
        try (Git git = new Git(directory, projections())) {
            String into = directory.resolve("clone").toString();
            git.succeed("clone", "-q", "--depth", "1", "cairn://web", into);
            store.publish(WEB, tree("a", "2"));
            git.succeed("-C", into, "fetch", "-q", "--tags");
            git.succeed("-C", into, "reset", "-q", "--hard", "origin/main");
            assertThat(Files.readString(directory.resolve("clone/a"))).isEqualTo("2");
            git.succeed("-C", into, "checkout", "-q", "rev-2");
            assertThat(Files.readString(directory.resolve("clone/a"))).isEqualTo("1");
            assertThat(git.succeed("-C", into, "fsck", "--strict")).isEmpty();
            Git.Ended pushed = git.run("-C", into, "push", "origin", "HEAD:refs/heads/main");
            assertThat(pushed.exitCode()).isNotZero();
            assertThat(pushed.output()).contains("`cairn push DIR web`");
        }
    }

    @Test
    void whatIsInTheWayIsOneLineAndNothingIsCheckedOut() throws Exception {
        Git.require();
        try (Git git = new Git(directory, projections())) {
            Path into = directory.resolve("clone");
            Git.Ended ended = git.run("clone", "-q", "cairn://web", into.toString());
            assertThat(ended)
                    .isEqualTo(
                            new Git.Ended(
                                    128,
                                    "fatal: remote error: repository web: there is none of this name; `cairn push` publishes one\n"));
            assertThat(into).doesNotExist();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "roles/.gitmodules, x, 'roles/.gitmodules: .gitmodules would be taken for git''s own'",
        "a/../b, x, 'a/../b: no part of a path is empty, \".\" or \"..\"'",
        "'.cairn/modes', '120000 x', 'what says which files are executable or links cannot be read; publish it anew'",
        "'.cairn/modes', '160000 x', 'what says which files are executable or links cannot be read; publish it anew'",
        "'.cairn/modes', '120000 a', 'a: the link leads out of the tree, to \"../b\"'",
    })
    void whatIsNoTreeIsRefused(String path, String value, String why) {
        Map<Bytes, Bytes> records = new HashMap<>(Map.of(Bytes.utf8("/repos/web/a"), Bytes.utf8("../b")));
        String content = path.endsWith("modes") && value.endsWith(" a") ? "cairn-modes-1\n" + value + "\n" : value;
        records.put(Bytes.utf8("/repos/web/" + path), Bytes.utf8(content));
        store.change(records, List.of());
        assertThatThrownBy(() -> refs(projections()))
                .isInstanceOf(TreeException.class)
                .hasMessage(why);
    }

    @Test
    void tagsAreOfTheNewestPublicationsThatCanStillBeRead() throws Exception {
        for (int i = 0; i < 12; i++) {
            store.publish(WEB, tree("a", "version " + i));
            store.change(Map.of(Bytes.utf8("elsewhere"), Bytes.utf8("" + i)), List.of());
        }
        Projections all = projections();
        assertThat(refs(all).tags().keySet()).containsExactly(10L, 12L, 14L, 16L, 18L, 20L, 22L, 24L);
        store.compact(17);
        assertThat(refs(all).tags().keySet()).containsExactly(18L, 20L, 22L, 24L);
        ObjectId head = refs(all).head();
        store.compact(25);
        assertThat(refs(all)).isEqualTo(refs(projections())).isEqualTo(new Refs(head, new TreeMap<>()));
    }

    @Test
    void aTagIsTheRepositoryAtItsRevisionForGood() throws Exception {
        store.publish(WEB, tree("a", "1"));
        Projections following = projections();
        Refs before = refs(following);
        assertThat(before.tags().get(2L)).isEqualTo(before.head());
        store.change(Map.of(), List.of(Bytes.utf8("/repos/web/a")));
        Refs after = refs(projections());
        assertThat(refs(following)).isEqualTo(after);
        assertThat(after.tags()).isEqualTo(before.tags());
        assertThat(after.head()).isNotEqualTo(before.head());
        store.publish(WEB, tree("a", "2"));
        assertThat(refs(following).tags().get(2L)).isEqualTo(before.head());
    }

    /** The one key too many is not the last: what is behind it is not asked for. */
    @Test
    void whatHasTooManyFilesIsRefusedBeforeAllOfThemAreHeld() {
        Map<Bytes, Bytes> records = new HashMap<>();
        for (int i = 0; i < Projection.MAX_KEYS + 1000; i++) {
            records.put(Bytes.utf8("/repos/web/" + i), Bytes.EMPTY);
        }
        store.change(records, List.of());
        assertThatThrownBy(() -> refs(projections()))
                .isInstanceOf(TreeException.class)
                .hasMessage("it has more than 20000 files");
        assertThat(store.keysListed()).isEqualTo(20_002);
    }

    @Test
    void onlyWhatIsNewIsRead() throws Exception {
        Projections projections = projections();
        store.publish(WEB, tree("a", "1"));
        var _ = refs(projections);
        int before = store.valuesRead();
        store.publish(WEB, tree("a", "2"));
        var _ = refs(projections);
        // The file and the modes; the modes of before, and that there were none before those.
        assertThat(store.valuesRead() - before).isEqualTo(4);
        var _ = refs(projections);
        assertThat(store.valuesRead() - before).isEqualTo(4);
    }

    @Test
    void repositoriesAndPacksAreBounded() throws Exception {
        Projections projections = projections();
        store.publish(WEB, tree("a", "1"));
        try (Projections.Open open = projections.open(WEB)) {
            long bytes = projections.bytes();
            for (int i = 0; i < Projections.MAX_REPOSITORIES; i++) {
                RepositoryName other = new RepositoryName("other-" + i);
                store.publish(other, tree("a", "1"));
                projections.open(other).close();
            }
            assertThat(projections.repositories()).isEqualTo(Projections.MAX_REPOSITORIES);
            assertThat(projections.bytes()).isLessThan((Projections.MAX_REPOSITORIES + 1) * bytes);
            assertThat(open.store().newObjectReader().has(open.refs().head()))
                    .as("what is open is still there")
                    .isTrue();
        }
        for (int i = 0; i < 100; i++) {
            store.publish(WEB, tree("a", "version " + i));
            var _ = refs(projections);
        }
        assertThat(projections.bytes()).isLessThan(1 << 20);
        assertThat(refs(projections)).isEqualTo(refs(projections()));
    }
}
