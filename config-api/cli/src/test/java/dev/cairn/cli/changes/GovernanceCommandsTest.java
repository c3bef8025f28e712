package dev.cairn.cli.changes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.Run;
import dev.cairn.ssh.SshPublicKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands say about a governance in a file. */
class GovernanceCommandsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private SshPublicKey alice;

    @SuppressWarnings("NullAway.Init")
    private SshPublicKey bob;

    @SuppressWarnings("NullAway.Init")
    private Path governance;

    @BeforeEach
    void setUp() throws Exception {
        SshKeys.require();
        SshKeys keys = new SshKeys(directory);
        alice = SshKeys.publicKey(keys.make("alice"));
        bob = SshKeys.publicKey(keys.make("bob"));
        governance = write("""
                cairn-governance-1
                person alice roles ops
                key alice ALICE
                person bob
                key bob BOB revoked 2026-01-01T00:00:00Z
                guard registry threshold 1 people alice,bob roles - author counts keys any valid 604800
                guard prefix prod/ threshold 2 people bob roles ops author excluded keys ssh-ed25519 valid 3600
                open prefix scratch/
                gateways-may compact
                keep-revisions 1000
                """);
    }

    private Path write(String text) throws Exception {
        return Files.writeString(
                directory.resolve("governance"),
                text.replace("ALICE", alice.line()).replace("BOB", bob.line()));
    }

    private Run run(Object command, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--governance", governance.toString()));
        return Run.of(command, all.toArray(String[]::new));
    }

    @Test
    void guardsAreListedInWords() {
        assertThat(run(new GuardListCommand()).out()).isEqualTo("""
                registry  1 of alice, bob; a change is valid for 7 days at most
                prod/  2 of bob and those with role ops, the author not counted, with keys of kind ssh-ed25519; a change is valid for 1 hour at most
                scratch/  open: gateways write there without signatures
                gateways may compact
                the newest 1000 revisions are kept
                """);
        assertThat(run(new GuardListCommand(), "--json").out())
                .contains("\"open\":[\"scratch/\"]", "\"keep_revisions\":1000");
    }

    @Test
    void aKeyIsExplainedByWhatDecidesOnIt() throws Exception {
        Run unmet = run(new GuardExplainCommand(), "prod/limit");
        assertThat(unmet.out())
                .startsWith("prod/limit: guarded by the guard on \"prod/\", 2 of bob and those with role ops")
                .endsWith("at most\n  alice\nthe guard on \"prod/\" wants 2 and only 1 of its people can sign,"
                        + " so nothing changes there until the registry's people set another\n");
        assertThat(unmet.exitCode()).isEqualTo(Exits.REFUSED);
        assertThat(run(new GuardExplainCommand(), "other").out())
                .startsWith("other: no prefix decides, so the guard on the registry does, 1 of alice, bob;");
        assertThat(run(new GuardExplainCommand(), "scratch/a", "--json").out())
                .isEqualTo("{\"key\":\"scratch/a\",\"ruling\":\"open\"}\n");
        governance = write("cairn-governance-1\nopen prefix scratch/\n");
        Run closed = run(new GuardExplainCommand(), "prod/limit");
        assertThat(closed.exitCode()).isEqualTo(Exits.REFUSED);
        assertThat(closed.out()).startsWith("prod/limit: closed: ");
    }

    @Test
    void peopleAndTheirKeysAreListedAndExported() {
        assertThat(run(new PeopleCommand()).out())
                .isEqualTo("alice  person  ops\n    " + alice + "\nbob  person\n    " + bob
                        + "  revoked since 2026-01-01T00:00:00Z\n");
        assertThat(run(new PeopleCommand(), "--json").out())
                .contains("\"standing\":\"revoked\"")
                .hasLineCount(2);
        assertThat(run(new PeopleCommand(), "--text").out()).startsWith("cairn-governance-1\nperson alice roles ops\n");
        assertThat(run(new AllowedSignersCommand()).out())
                .contains("alice namespaces=\"change@cairn.dev,")
                .contains("valid-before=\"20251231235959Z\" " + bob.line());
    }

    @Test
    void thatThereIsNobodyIsSaidBesideTheList() throws Exception {
        governance = write("cairn-governance-1\nopen prefix scratch/\n");
        Run run = run(new PeopleCommand());
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isEqualTo("cairn: this cluster has no people; see `cairn init --person`\n");
    }

    @Test
    void whatIsNoGovernanceIsOneLine() throws Exception {
        governance = write("cairn-governance-1\nopen prefix b/\nopen prefix a/\n");
        Run run = run(new PeopleCommand());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("cairn: " + governance + ": line 2 of ")
                .hasLineCount(1);
    }
}
