package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.changes.FoundingOptions;
import dev.cairn.genesis.GenesisFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Who may change what, as {@code cairn init} lays it down and shows it. */
class FoundingTest {
    private static final Map<String, String> KEYS = Map.of(
            "alice", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDhl0DUlxOtchuJOtuz2TsDq5OPd+W99zYjMdfA+djqh",
            "bob", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBCcGvKwdCezOPoAdZd/r1IDcVr5MNJMLpPwxoVvcJe4",
            "carol", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKcTSvfNNFx+1X/cCttCbI419blyjAZ5ZwH6ej/uxTPX",
            "dave", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHQFR8YBY0h/nFEUcWW712OkIHY0RQ40JTT91A47upAg");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temp;

    @BeforeEach
    void writeKeys() throws Exception {
        for (Map.Entry<String, String> key : KEYS.entrySet()) {
            Files.writeString(temp.resolve(key.getKey() + ".pub"), key.getValue() + " " + key.getKey() + "@host\n");
        }
    }

    private Run init(String... options) {
        List<String> all = new ArrayList<>(List.of("--dir=" + temp.resolve("c"), "--name=prod"));
        all.addAll(List.of(options));
        return Run.of(new InitCommand(), all.toArray(String[]::new));
    }

    private String person(String name) {
        return "--person=" + name + "=" + temp.resolve(name + ".pub");
    }

    private static String keyOf(String name) {
        return KEYS.getOrDefault(name, "");
    }

    private String laidDown() throws Exception {
        return GenesisFile.read(temp.resolve("c").resolve("genesis.json"))
                .governance()
                .text()
                .toUtf8();
    }

    /** Refused with this line, and nothing is made. */
    private void refused(String line, String... options) {
        Run run = init(options);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).startsWith("cairn: " + line).hasLineCount(2);
        assertThat(temp.resolve("c")).doesNotExist();
    }

    @Test
    void optionsAreShortForTheText() throws Exception {
        Run run = init(
                person("alice"),
                person("bob"),
                "--person=bob=" + temp.resolve("dave.pub"),
                person("carol"),
                "--role=alice=ops,dba",
                "--role=bob=ops",
                "--guard=prod/=2,roles=ops,exclude-author,keys=hardware+ssh-ed25519,valid=24h",
                "--guard=a=1,b/=1,people=alice+bob",
                "--recovery=1=carol",
                "--open=scratch/",
                "--gateways-may=compact");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(laidDown()).isEqualTo("""
                cairn-governance-1
                person alice roles dba,ops
                key alice ALICE
                person bob roles ops
                key bob BOB
                key bob DAVE
                person carol
                key carol CAROL
                guard registry threshold 2 people alice,bob roles - author counts keys any valid 604800
                guard recovery threshold 1 people carol roles - author counts keys any valid 604800
                guard prefix a=1,b/ threshold 1 people alice,bob roles - author counts keys any valid 604800
                guard prefix prod/ threshold 2 people - roles ops author excluded keys ssh-ed25519,sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com valid 86400
                open prefix scratch/
                gateways-may compact
                """.replace("ALICE", keyOf("alice"))
                .replace("BOB", keyOf("bob"))
                .replace("CAROL", keyOf("carol"))
                .replace("DAVE", keyOf("dave")));
        assertThat(run.out()).contains("""
                Whose signatures are needed:
                  for keys below a=1,b/: 1 of alice, bob; a change is valid for 7 days at most
                  for keys below prod/: 2 of those with role ops, the author not counted, with keys of kind ssh-ed25519 or\
                 sk-ssh-ed25519@openssh.com or sk-ecdsa-sha2-nistp256@openssh.com; a change is valid for 1 day at most
                  for people, guards and rights, and for all other keys: 2 of alice, bob; a change is valid for 7 days at most
                  or else, for people, guards and rights, in an emergency: 1 of carol; a change is valid for 7 days at most
                What everybody may do who reaches a replica, without signatures:
                  write keys below scratch/
                  compact
                """);
    }

    @Test
    void adminsGovernWhereThereAreSome() throws Exception {
        assertThat(init(
                                person("alice"),
                                person("bob"),
                                person("carol"),
                                "--role=alice=admin",
                                "--role=bob=admin",
                                "--registry-threshold=1",
                                "--guard==2")
                        .exitCode())
                .isZero();
        assertThat(laidDown())
                .contains("guard registry threshold 1 people - roles admin author counts keys any valid 604800\n")
                .contains("guard everything threshold 2 people - roles admin author counts keys any valid 604800\n");
    }

    @Test
    void whatLongerPrefixesDecideIsLeftOut() {
        assertThat(init(person("alice"), "--open=", "--guard=prod/=1", "--open=prod/tmp/")
                        .out())
                .contains("""
                  for keys below prod/ but those that are open: 1 of alice; a change is valid for 7 days at most
                  for people, guards and rights: 1 of alice; a change is valid for 7 days at most
                What everybody may do who reaches a replica, without signatures:
                  write all keys but those for which signatures are needed
                  write keys below prod/tmp/
                """);
    }

    @Test
    void whatCanNeverBeGivenIsSaidInTime() {
        String never = "What nobody will ever do, because no signature can give the right to: ";
        assertThat(init("--open=", "--gateways-may=compact", "--gateways-may=auth")
                        .out())
                .contains("  auth\n" + never + "alarm, import, move-leader\n");
    }

    @Test
    void whatSignaturesCanGiveIsNotCalledImpossible() {
        assertThat(init("--open=", person("alice")).out()).doesNotContain("nobody will ever");
    }

    @Test
    void theTextItselfWillDo() throws Exception {
        Path text = Files.writeString(temp.resolve("governance"), "cairn-governance-1\nopen prefix scratch/\n");
        refused("--governance is the whole text already", "--governance=" + text, "--open=");
        Run run = init("--governance=" + text);
        assertThat(run.exitCode()).isZero();
        assertThat(laidDown()).isEqualTo(Files.readString(text));
        assertThat(run.out())
                .contains("people, guards and rights can never be changed, and all other keys never written");
    }

    @Test
    void whatIsLaidDownIsShownAgain() throws Exception {
        Run made = init(person("alice"));
        Path genesis = temp.resolve("c").resolve("genesis.json");
        Run shown = Run.of(new GenesisCommand(), "show", genesis.toString());
        assertThat(shown.exitCode()).isZero();
        int ofNow = shown.out().indexOf("So it was founded, ");
        assertThat(shown.out().substring(ofNow))
                .contains("`cairn people`", "`cairn guard list`")
                .hasLineCount(1);
        assertThat(made.out())
                .startsWith(shown.out().substring(0, ofNow))
                .contains(genesis + ", and the chain id binds every byte");
        assertThat(shown.out())
                .contains("chain id " + GenesisFile.read(genesis).chainId().toHex())
                .contains("Who signs:\n  alice  person\n      ssh-ed25519 SHA256:")
                .contains("without signatures:\n  nothing but read\n");
        Run json = Run.of(new GenesisCommand(), "show", genesis.toString(), "--json");
        assertThat(json.out())
                .hasLineCount(1)
                .contains("\"chain\":\"" + GenesisFile.read(genesis).chainId().toHex())
                .contains("\"fingerprint\":\"SHA256:", "\"open\":[]", "\"threshold\":1", "\"vote_key\":");
        Files.writeString(genesis, Files.readString(genesis).replace("threshold 1", "threshold 2"));
        Run tampered = Run.of(new GenesisCommand(), "show", genesis.toString());
        assertThat(tampered.exitCode()).isEqualTo(1);
        assertThat(tampered.err())
                .startsWith("cairn: " + genesis + ": the threshold 2 of the guard on the registry could never be met")
                .hasLineCount(1);
    }

    @Test
    void whatMakesNoSenseIsOneLine() throws Exception {
        refused("nobody could write to this cluster: name who signs, such as --person alice=alice.pub, or let");
        refused("nobody could write to this cluster", "--gateways-may=compact");
        refused("--person: \"alice\" is not NAME=FILE.pub", "--person=alice");
        refused("\"Alice\" is no principal's name", "--person=Alice=" + temp.resolve("alice.pub"));
        refused("--role: there is no bob; add --person bob=FILE.pub", person("alice"), "--role=bob=ops");
        refused("\"Ops\" is no role", person("alice"), "--role=alice=Ops");
        refused("--registry-threshold: nobody could sign", "--open=", "--registry-threshold=1");
        refused("--guard: nobody could sign", "--open=", "--guard=prod/=1");
        refused("\"prod/\" is not PREFIX=K", person("alice"), "--guard=prod/");
        refused("\"prod/=1,any\" is not PREFIX=K", person("alice"), "--guard=prod/=1,any");
        refused("valid=ever is no time", person("alice"), "--guard=prod/=1,valid=ever");
        refused("\"dsa\" is no kind of key", person("alice"), "--guard=prod/=1,keys=dsa");
        refused("prefix \"prod/\" has two rules", person("alice"), "--guard=prod/=1", "--open=prod/");
        refused("--recovery names all people", person("alice"), "--recovery=1=alice");
        refused("--recovery: \"dora,emil\" is not K=NAME,...", person("alice"), "--recovery=dora,emil");
        refused("--recovery: \"two\" is no number", person("alice"), "--recovery=two=alice");
        refused("the threshold 2 of the guard on recovery", person("alice"), person("bob"), "--recovery=2=bob");
        refused("the threshold 2 of the guard on the registry", person("alice"), "--registry-threshold=2");
        refused("the key ssh-ed25519 SHA256:", person("alice"), "--person=bob=" + temp.resolve("alice.pub"));
        refused("--gateways-may: there is no right \"write\"", "--open=", "--gateways-may=write");
        Path secret = Files.writeString(temp.resolve("id"), "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n");
        assertThat(init("--person=alice=" + secret).err())
                .isEqualTo("cairn: " + secret + ": this is a private key; name the .pub file\n");
        Run missing = init("--person=alice=" + temp.resolve("nobody.pub"));
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("nobody.pub: there is no such file").hasLineCount(1);
    }

    @Test
    void whatIsTriedOutIsOpenUnlessSaid() throws Exception {
        assertThat(tried()).isEqualTo("""
                        cairn-governance-1
                        open everything
                        gateways-may alarm
                        gateways-may auth
                        gateways-may compact
                        gateways-may import
                        gateways-may move-leader
                        """);
        assertThat(tried(person("alice"), "--guard=prod/=1"))
                .contains("\nguard registry ", "\nopen everything\nguard prefix prod/ ")
                .endsWith("\ngateways-may move-leader\n");
        assertThat(tried(person("alice"), "--guard==1"))
                .contains("\nguard everything ")
                .doesNotContain("open");
        assertThat(tried(person("alice"), "--open=scratch/"))
                .contains("\nopen prefix scratch/\n")
                .doesNotContain("everything");
    }

    private static String tried(String... options) {
        Run run = Run.of(new Founded(), options);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.out();
    }

    @Command
    private static final class Founded implements Callable<Integer> {
        @Mixin
        private FoundingOptions options = new FoundingOptions();

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Override
        public Integer call() throws Failure {
            spec.commandLine().getOut().print(options.lenient().text().toUtf8());
            return 0;
        }
    }
}
