package dev.cairn.cli.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.kv.change.AdminText;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.ssh.SshPublicKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/** Each option stands for one line of the text. */
class AdminOptionsTest {
    private static final String BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";

    private static final ShortGuard.Electorate WHOEVER = new ShortGuard.Electorate(
            new TreeSet<>(List.of(new PrincipalName("alice"), new PrincipalName("bob"))), new TreeSet<>());

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Path key;

    @Command
    private static final class Admin {
        @Mixin
        private final AdminOptions options = new AdminOptions();
    }

    @BeforeEach
    void writeKey() throws Exception {
        key = Files.writeString(directory.resolve("bob.pub"), "ssh-ed25519 " + BLOB + " bob@laptop\n");
    }

    private static List<String> lines(String... arguments) throws Exception {
        Admin admin = new Admin();
        new CommandLine(admin).parseArgs(arguments);
        return admin.options.operations(WHOEVER).stream().map(AdminText::print).toList();
    }

    @Test
    void whatIsTypedBecomesTheLinesOfTheText() throws Exception {
        assertThat(lines("--set-person", "dave roles ops,admin", "--revoke-person", "bob"))
                .containsExactly("set person dave roles admin,ops", "revoke person bob");
        String fingerprint =
                SshPublicKey.parseLine("ssh-ed25519 " + BLOB).fingerprint().toString();
        assertThat(lines("--set-key", "bob=" + key, "--revoke-key", "bob=" + key, "--revoke-key", "eve=" + fingerprint))
                .containsExactly(
                        "set key bob ssh-ed25519 " + BLOB,
                        "revoke key bob " + fingerprint,
                        "revoke key eve " + fingerprint);
        String guard = "prefix prod/ threshold 2 people - roles ops author excluded keys any valid 86400";
        assertThat(lines("--set-guard", guard, "--remove-guard", "everything"))
                .containsExactly("set guard " + guard, "remove guard everything");
        assertThat(lines("--open", "a b/", "--close", ""))
                .containsExactly("set open prefix a%20b/", "remove open everything");
        assertThat(lines("--gateways-may", "compact", "--keep-revisions", "10", "--compact", "7"))
                .containsExactly("set gateways-may compact", "set keep-revisions 10", "compact 7");
        assertThat(lines("--gateways-may-not", "compact", "--operation", "set node web1"))
                .containsExactly("remove gateways-may compact", "set node web1");
    }

    @Test
    void aGuardIsTypedAsWhereTheClusterIsFounded() throws Exception {
        assertThat(lines("--set-guard", "ops/=2,exclude-author", "--set-guard", "=1,roles=ops,valid=24h"))
                .containsExactly(
                        "set guard prefix ops/ threshold 2 people alice,bob roles - author excluded keys any valid 604800",
                        "set guard everything threshold 1 people - roles ops author counts keys any valid 86400");
        assertThatThrownBy(() -> lines("--set-guard", "ops/"))
                .isInstanceOf(ParameterException.class)
                .hasMessageStartingWith("--set-guard: \"ops/\" is not PREFIX=K");
    }

    @Test
    void whatIsNoLineIsRefusedWithItsOption() {
        assertThatThrownBy(() -> lines("--set-guard", "prefix prod/"))
                .isInstanceOf(ParameterException.class)
                .hasMessageStartingWith("--set-guard: ");
        assertThatThrownBy(() -> lines("--set-key", "bob")).hasMessageContaining("is not NAME=FILE");
        assertThatThrownBy(() -> lines("--revoke-key", "bob=" + directory.resolve("none")))
                .hasMessageContaining("there is no such file");
        assertThatThrownBy(() -> lines("--operation", "compact 1\ncompact 2")).hasMessageStartingWith("--operation: ");
    }
}
