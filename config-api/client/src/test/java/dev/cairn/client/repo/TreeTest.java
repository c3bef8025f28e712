package dev.cairn.client.repo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a tree, and what is none: records are whatever somebody got signed. */
class TreeTest {
    private static final RepositoryName WEB = new RepositoryName("web");

    private static TreeFile file(FileMode mode, String content) {
        return new TreeFile(mode, Bytes.utf8(content));
    }

    private static KeyValue record(String path, String value) {
        return new KeyValue(Bytes.utf8("/repos/web/" + path), 2, 2, 1, 0, Bytes.utf8(value));
    }

    private static Tree link(String path, String target) throws TreeException {
        return Tree.of(Map.of(TreePath.of(path), file(FileMode.LINK, target)));
    }

    @Test
    void recordsAreLaidOutAsDocumented() throws TreeException {
        Tree tree = Tree.of(Map.of(
                TreePath.of("site.yml"), file(FileMode.REGULAR, "- hosts"),
                TreePath.of("bin/run it"), file(FileMode.EXECUTABLE, "#!/bin/sh"),
                TreePath.of("current"), file(FileMode.LINK, "bin")));
        Map<String, String> records = new HashMap<>();
        tree.records(WEB).forEach((key, value) -> records.put(key.toUtf8(), value.toUtf8()));
        assertThat(records)
                .isEqualTo(Map.of(
                        "/repos/web/site.yml", "- hosts",
                        "/repos/web/bin/run it", "#!/bin/sh",
                        "/repos/web/current", "bin",
                        "/repos/web/.cairn/modes", "cairn-modes-1\n100755 bin/run%20it\n120000 current\n"));
        List<KeyValue> stored = new ArrayList<>();
        tree.records(WEB).forEach((key, value) -> stored.add(new KeyValue(key, 2, 2, 1, 0, value)));
        assertThat(Tree.ofRecords(WEB, stored)).isEqualTo(tree);
    }

    @ParameterizedTest
    @CsvSource({"a/b, c", "a/b, ../c", "a/b/c, ../../x/./y/", "b, .", "a/b, .."})
    void linksMayLeadIntoTheTree(String path, String target) throws TreeException {
        assertThat(link(path, target).files()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "a, ../b",
        "a, /etc/passwd",
        "a, ''",
        "a/b, ../../c",
        // Up through a link is elsewhere than up through a name.
        "z, d1/d2/p/../../../x",
        "z, b/../c",
        "a, .git/config",
        "a/b, ../.GIT"
    })
    void linksThatLeadElsewhereAreRefused(String path, String target) {
        assertThatThrownBy(() -> link(path, target))
                .isInstanceOf(TreeException.class)
                .hasMessageStartingWith(path + ": ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/etc/passwd",
                "a//b",
                "a/",
                "..",
                "../a",
                "a/../../b",
                "./a",
                "a\0b",
                ".git",
                "x/.Git/hooks/post-checkout",
                ".gitmodules",
                "x/.GitModules",
                ".git. .",
                ".git:stream/a",
                "git~1/hooks/post-checkout",
                "x/GITMOD~1",
                "a\\.git",
                ".g\u200cit/config",
                ".gitattributes/x",
                ".cairn/other",
                ".cairn"
            })
    void pathsThatLeadElsewhereOrAreNotTheirsAreRefused(String path) {
        assertThatThrownBy(() -> Tree.of(Map.of(TreePath.of(path), file(FileMode.REGULAR, "x"))))
                .isInstanceOf(TreeException.class);
        assertThatThrownBy(() -> Tree.ofRecords(WEB, List.of(record(path, "x"))))
                .isInstanceOf(TreeException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {".gitignore", ".gitattributes", "a/.gitkeep", ".github/x", "git", "git~", ".git-x", "a.git"})
    void namesThatOnlyRemindOfGitAreFine(String path) throws TreeException {
        assertThat(Tree.of(Map.of(TreePath.of(path), file(FileMode.REGULAR, "x")))
                        .files())
                .hasSize(1);
    }

    @Test
    void whatIsTooLongIsRefused() {
        assertThatThrownBy(() -> TreePath.of("a".repeat(256))).hasMessageContaining("255");
        assertThatThrownBy(() -> TreePath.of("a/".repeat(1024) + "b")).hasMessageContaining("2048");
    }

    @Test
    void noFileIsADirectoryToo() {
        assertThatThrownBy(
                        () -> Tree.ofRecords(WEB, List.of(record("a", "x"), record("a-b", "y"), record("a/b/c", "z"))))
                .hasMessage("a/b/c: it would lie in a, which is no directory");
    }

    @Test
    void namesThatAreNoTextAreRefused() {
        byte[] key = Bytes.utf8("/repos/web/x").toArray();
        key[key.length - 1] = (byte) 0xff;
        KeyValue record = new KeyValue(Bytes.wrap(key), 2, 2, 1, 0, Bytes.EMPTY);
        assertThatThrownBy(() -> Tree.ofRecords(WEB, List.of(record))).hasMessage("%FF: a path is UTF-8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "cairn-modes-1",
                "cairn-modes-2\n",
                "cairn-modes-1\n100755 a",
                "cairn-modes-1\n100644 a\n",
                "cairn-modes-1\n100755 a\n100755 a\n",
                "cairn-modes-1\n100755 b\n100755 a\n",
                "cairn-modes-1\n100755 missing\n",
                "cairn-modes-1\n100755 %61\n",
                "cairn-modes-1\n100755  a\n",
                "cairn-modes-1\n160000 a\n",
                "cairn-modes-1\n120000 ../a\n"
            })
    void modesThatSayAnythingElseAreRefused(String modes) {
        assertThatThrownBy(() ->
                        Tree.ofRecords(WEB, List.of(record("a", "x"), record("b", "y"), record(".cairn/modes", modes))))
                .isInstanceOf(TreeException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "../web", ".hidden", "Web", "-n", "a b", "ü"})
    void namesThatAreNoneAreRefused(String name) {
        assertThatThrownBy(() -> new RepositoryName(name)).isInstanceOf(IllegalArgumentException.class);
    }
}
