package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.client.CairnClient;
import dev.cairn.client.ClientSettings;
import dev.cairn.client.Pin;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.Precondition;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.ssh.KeyKind;
import dev.cairn.ssh.OpenSsh;
import dev.cairn.ssh.TestKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signed changes on real processes, and what the audit of a disk that they leave says of them; ssh-keygen has the last word. */
class RealAuditTest {
    private static final TestKey ALICE = TestKey.of(KeyKind.ED25519, 1);
    private static final TestKey BOB = TestKey.of(KeyKind.SK_ED25519, 2);
    private static final TestKey CAROL = TestKey.of(KeyKind.ECDSA_P256, 3);
    private static final long VALID_SECONDS = 600;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final long begun = Instant.now().getEpochSecond() - 60;

    private static Governance governance() throws Exception {
        return Governance.parse(Bytes.utf8("cairn-governance-1\n" + person("alice", ALICE) + person("bob", BOB)
                + person("carol", CAROL)
                + "guard registry threshold 2 people alice,bob,carol roles - author counts keys any valid 604800\n"
                + "guard prefix prod/ threshold 2 people alice,bob,carol roles - author counts keys any valid 604800\n"
                + "open prefix scratch/\n"));
    }

    private static String person(String name, TestKey key) throws Exception {
        return "person " + name + "\nkey " + name + " " + key.publicKey().line() + "\n";
    }

    private Change raise(Digest chain, String key, String value, String reason) {
        Bytes bytes = Bytes.utf8(value);
        return new Change(
                chain,
                1,
                begun,
                begun + VALID_SECONDS,
                new PrincipalName("alice"),
                reason,
                List.of(new Precondition.Absent(Bytes.utf8(key))),
                List.of(new ChangeOperation.Put(Bytes.utf8(key), bytes.size(), Hashing.sha256(bytes.shared()))));
    }

    private static void submit(CairnClient client, SignedText text, TestKey author, Bytes... values) throws Exception {
        var _ = client.submit(new Operation.SubmitChange(
                text.text(), List.of(values), author.sign(text.purpose().namespace(), text.text())));
    }

    private static void approve(CairnClient client, SignedText text, TestKey signer) throws Exception {
        Bytes approval = new Endorsement(Endorsement.Kind.APPROVAL, text.chain(), text.digest()).text();
        var _ = client.submit(new Operation.EndorseChange(approval, signer.sign("approve@cairn.dev", approval)));
    }

    @Test
    void theAuditNamesWhoDidWhatAndSshKeygenAgrees() throws Exception {
        try (RealCluster cluster = new RealCluster(directory, governance())) {
            cluster.startAll();
            Path genesis = cluster.directory(0).resolve("genesis.json");
            Pin pin = Pin.of(GenesisFile.read(genesis));
            Change limit = raise(pin.chainId(), "prod/limit", "20", "Ticket 42");
            Change other = raise(pin.chainId(), "prod/other", "1", "Ticket 43");
            Change conflict = raise(pin.chainId(), "prod/limit", "30", "Too late");
            Change waits = raise(pin.chainId(), "prod/more", "1", "Nobody approves");
            AdminChange revoke = new AdminChange(
                    pin.chainId(),
                    1,
                    begun,
                    begun + VALID_SECONDS,
                    new PrincipalName("alice"),
                    "Bob has lost his key",
                    List.of(new AdminOperation.RevokeKey(
                            new PrincipalName("bob"), BOB.publicKey().fingerprint())));
            try (CairnClient client = CairnClient.connect(ClientSettings.of(pin)
                    .withEndpoints(IntStream.range(0, RealCluster.REPLICAS)
                            .mapToObj(cluster::endpoint)
                            .toList())
                    .withTimeout(Duration.ofSeconds(30)))) {
                var _ = client.submit(
                        new Operation.Put(Bytes.utf8("scratch/a"), Bytes.utf8("1"), 0, false, false, false));
                submit(client, conflict, ALICE, Bytes.utf8("30"));
                submit(client, limit, ALICE, Bytes.utf8("20"));
                approve(client, limit, BOB);
                approve(client, conflict, CAROL);
                submit(client, revoke, ALICE);
                approve(client, revoke, CAROL);
                submit(client, other, ALICE, Bytes.utf8("1"));
                approve(client, other, BOB); // counts no more
                approve(client, other, CAROL);
                submit(client, waits, ALICE, Bytes.utf8("1"));
            }
            cluster.kill(0, 1, 2, 3);

            Ended all = audit(cluster, "--changes", "--json", "--export", "exported");
            assertThat(all.exitCode()).as("%s", all.lines()).isZero();
            assertThat(all.lines()).hasSize(4);
            assertThat(all.lines().get(0))
                    .contains("\"digest\":\"" + limit.digest().toHex(), "\"author\":\"alice\"")
                    .contains("\"approvers\":[\"bob\"]", "\"reason\":\"Ticket 42\"", "\"keys\":[\"prod/limit\"]");
            assertThat(all.lines().get(1)).contains("\"approvers\":[\"carol\"]", "Bob has lost his key");
            assertThat(all.lines().get(2)).contains("\"approvers\":[\"carol\"]", "\"keys\":[\"prod/other\"]");
            assertThat(all.lines().getLast())
                    .contains("\"holds\":true", "\"signed_changes_by_author\":{\"alice\":3}", "\"unsigned_writes\":1");

            Ended ofBob = audit(cluster, "--changes", "--person", "bob");
            assertThat(ofBob.lines())
                    .contains(
                            "    Ticket 42",
                            "signed changes executed: 3; every one's signatures, guards,"
                                    + " preconditions and values hold")
                    .doesNotContain("    Ticket 43");
            Ended ofKey = audit(cluster, "--changes", "--prefix", "prod/o");
            assertThat(ofKey.lines()).contains("    Ticket 43").doesNotContain("    Ticket 42");
            assertThat(audit(cluster, "--changes", "--by", "prefix").lines())
                    .containsSubsequence("== \"prod/\": 2", "    Ticket 42", "    Ticket 43", "== the governance: 1");
            assertThat(audit(cluster, "--changes", "--by", "person").lines())
                    .contains("== alice: 3", "== bob: 1", "== carol: 2");

            sshKeygenAgrees(directory.resolve("exported"));
        }
    }

    private record Ended(int exitCode, List<String> lines) {}

    private Ended audit(RealCluster cluster, String... more) throws Exception {
        List<String> command = new ArrayList<>(StartUp.cairn());
        command.addAll(List.of(
                "audit",
                cluster.directory(1).resolve("data").toString(),
                "--pin",
                cluster.directory(0).resolve("genesis.json").toString()));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        List<String> lines = process.inputReader().lines().toList();
        return new Ended(process.waitFor(), lines);
    }

    /** As docs/operating.md tells people to check. */
    private static void sshKeygenAgrees(Path exported) throws Exception {
        List<String> signatures = Files.readAllLines(exported.resolve("signatures"));
        assertThat(signatures).hasSize(6);
        OpenSsh.require();
        for (String line : signatures) {
            String[] words = line.split(" ", -1);
            assertThat(verify(exported, words, exported.resolve(words[0])))
                    .as(line)
                    .isZero();
            assertThat(verify(exported, words, exported.resolve("signatures")))
                    .as("another text: %s", line)
                    .isNotZero();
        }
    }

    private static int verify(Path exported, String[] words, Path text) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        "ssh-keygen",
                        "-Y",
                        "verify",
                        "-f",
                        "allowed_signers",
                        "-s",
                        words[1],
                        "-I",
                        words[2],
                        "-n",
                        words[3],
                        "-O",
                        "verify-time=" + words[4])
                .directory(exported.toFile())
                .redirectInput(text.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        return builder.start().waitFor();
    }
}
