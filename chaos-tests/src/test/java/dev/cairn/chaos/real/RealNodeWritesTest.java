package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.chaos.real.RealAgent.Page;
import dev.cairn.client.CairnClient;
import dev.cairn.client.ClientSettings;
import dev.cairn.client.Freshness;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Pin;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.WriteText;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.OpenSsh;
import dev.cairn.ssh.SshSigningKey;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.options.PutOption;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node that writes through an agent whose first gateway lies: below nodes/web1/ its key is enough, below nodes/web2/ another's
 * is. The last test revokes it.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RealNodeWritesTest {
    private static final int SECONDS = 30;
    private static final String PULL = "nodes/web1/pull";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static RealCluster cluster;

    @SuppressWarnings("NullAway.Init")
    private static LyingGateway liar;

    @SuppressWarnings("NullAway.Init")
    private static CairnClient honest;

    @SuppressWarnings("NullAway.Init")
    private static RealAgent agent;

    private static long lastMicros;

    @SuppressWarnings("NullAway.Init")
    private static Client etcd;

    @BeforeAll
    static void start() throws Exception {
        OpenSsh.require();
        String governance = "cairn-governance-1\n" + principal("person", "alice") + principal("node", "web1")
                + principal("node", "web2")
                + "guard registry threshold 1 people alice roles - author counts keys any valid 3600\n"
                + "guard prefix nodes/web1/ threshold 1 people alice,web1 roles - author counts keys any valid 3600\n"
                + "guard prefix nodes/web2/ threshold 1 people alice,web2 roles - author counts keys any valid 3600\n";
        cluster = new RealCluster(directory, Governance.parse(Bytes.utf8(governance)));
        cluster.startAll();
        liar = new LyingGateway(cluster.endpoint(0));
        honest = client(cluster.endpoint(3));
        int port = FreePorts.one();
        agent = new RealAgent(
                directory.resolve("agent"),
                genesis(),
                List.of(liar.address(), cluster.endpoint(1), cluster.endpoint(2)),
                "key = " + keyFile("web1"),
                "node = web1",
                "etcd-listen = 127.0.0.1:" + port,
                "write-uids = any",
                "timeout-millis = 20000");
        etcd = Client.builder().endpoints("http://127.0.0.1:" + port).build();
    }

    private static Path genesis() {
        return cluster.directory(0).resolve("genesis.json");
    }

    private static Path keyFile(String name) {
        return directory.resolve(name + ".key");
    }

    private static String principal(String kind, String name) throws Exception {
        Commands.run(
                "ssh-keygen",
                "-q",
                "-t",
                "ed25519",
                "-N",
                "",
                "-C",
                name,
                "-f",
                keyFile(name).toString());
        return kind + " " + name + "\nkey " + name + " " + key(name).publicKey().line() + "\n";
    }

    private static SshSigningKey key(String name) throws Exception {
        return SshSigningKey.parse(Bytes.wrap(Files.readAllBytes(keyFile(name))));
    }

    private static CairnClient client(HostPort... replicas) throws Exception {
        return CairnClient.connect(ClientSettings.of(Pin.read(genesis()))
                .withEndpoints(List.of(replicas))
                .withTimeout(Duration.ofSeconds(SECONDS)));
    }

    @AfterAll
    static void stop() {
        etcd.close();
        agent.close();
        honest.close();
        liar.close();
        cluster.close();
    }

    private static KeyValue held(String key) throws Exception {
        return honest.get(Bytes.utf8(key), Freshness.LINEARIZABLE).value().orElseThrow();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private static Operation.Put put(String key, String value) {
        return new Operation.Put(Bytes.utf8(key), Bytes.utf8(value), 0, false, false, false);
    }

    private static Operation.SignedWrite signed(String signer, Operation operation) throws Exception {
        lastMicros = Math.max(lastMicros + 1, ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()));
        long micros = lastMicros;
        Bytes text = WriteText.of(honest.pin().chainId(), micros, operation).text();
        return new Operation.SignedWrite(micros, operation, key(signer).sign(WriteText.NAMESPACE, text));
    }

    /** The first gateway has it done, and denies it: the next one proves that it was, and it is not done again. */
    @Test
    @Order(1)
    void aWriteThatAGatewayDeniesIsDoneOnce() throws Exception {
        Page answer = agent.post("/v1/put?key=" + PULL, "rev-41 ok");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(liar.told()).containsEntry(LyingGateway.Lie.DENY, 1);
        KeyValue held = held(PULL);
        assertThat(held.value()).isEqualTo(Bytes.utf8("rev-41 ok"));
        assertThat(held.version()).isEqualTo(1);
        assertThat(answer.body()).isEqualTo("{\"revision\":" + held.modRevision() + "}\n");
        assertThat(agent.get("/v1/status").body()).contains("\"node\":\"web1\"");
    }

    @Test
    @Order(2)
    void anotherNodesKeysAndAllOthersNeedMore() {
        for (String key : List.of("nodes/web2/pull", "nodes/", "prod/limit")) {
            Page answer = agent.post("/v1/put?key=" + key, "x");
            assertThat(answer.status()).as(answer.body()).isEqualTo(403);
            assertThat(answer.body()).contains("web1 alone may not write there: it needs a signed change");
        }
    }

    @Test
    @Order(3)
    void anEtcdClientWritesInTheNodesName() throws Exception {
        String before = held(PULL).value().toUtf8();
        var put = etcd.getKVClient()
                .put(
                        bytes(PULL),
                        bytes("by etcd"),
                        PutOption.builder().withPrevKV().build())
                .get(SECONDS, TimeUnit.SECONDS);
        assertThat(put.getPrevKv().getValue()).isEqualTo(bytes(before));
        assertThat(held(PULL).value()).isEqualTo(Bytes.utf8("by etcd"));
        assertThatThrownBy(() -> etcd.getKVClient()
                        .put(bytes("nodes/web2/pull"), bytes("x"))
                        .get(SECONDS, TimeUnit.SECONDS))
                .hasMessageContaining("web1 alone may not write there");
        assertThat(etcd.getKVClient()
                        .delete(bytes(PULL))
                        .get(SECONDS, TimeUnit.SECONDS)
                        .getDeleted())
                .isEqualTo(1);
    }

    @Test
    @Order(4)
    void whateverAGatewayDoesWithItAWriteIsDoneOnceAndProven() throws Exception {
        for (LyingGateway.Lie _ : LyingGateway.Lie.values()) {
            long version = honest.get(Bytes.utf8(PULL), Freshness.LINEARIZABLE)
                    .value()
                    .map(KeyValue::version)
                    .orElse(0L);
            Operation.SignedWrite write = signed("web1", put(PULL, "past a liar, after version " + version));
            try (CairnClient client = client(liar.address(), cluster.endpoint(2))) {
                Outcome outcome = client.submitSigned(write).value().outcome();
                assertThat(held(PULL).modRevision()).isEqualTo(outcome.revision());
            }
            assertThat(held(PULL).version()).isEqualTo(version + 1);
        }
        assertThat(liar.told()).containsOnlyKeys(LyingGateway.Lie.values());
    }

    @Test
    @Order(5)
    void whatWasCapturedIsOfNoUse() throws Exception {
        Operation.SignedWrite captured = signed("web1", put(PULL, "captured"));
        Outcome first = honest.submitSigned(captured).value().outcome();
        assertThat(honest.submitSigned(captured).value().outcome()).isEqualTo(first);

        Operation.SignedWrite heldBack = signed("web1", put(PULL, "held back"));
        honest.submitSigned(signed("web1", put(PULL, "newest")));
        for (Operation.SignedWrite old : List.of(captured, heldBack)) {
            assertThat(honest.submitSigned(old).value().outcome())
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.error()).isEqualTo(KvError.WRITE_SUPERSEDED));
        }
        Operation.SignedWrite altered =
                new Operation.SignedWrite(captured.timeMicros(), put(PULL, "altered"), captured.signature());
        assertThatThrownBy(() -> honest.submitSigned(altered)).isInstanceOf(NotVerifiedException.class);
        assertThat(honest.submitSigned(signed("web2", put(PULL, "forged")))
                        .value()
                        .outcome())
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.error()).isEqualTo(KvError.GUARDED));
        assertThat(held(PULL).value()).isEqualTo(Bytes.utf8("newest"));
    }

    @Test
    @Order(6)
    void aRevokedKeyWritesNothing() throws Exception {
        long now = Instant.now().getEpochSecond();
        AdminChange revocation = new AdminChange(
                honest.pin().chainId(),
                honest.head(Freshness.LINEARIZABLE).value().revision(),
                now - 60,
                now + 600,
                new PrincipalName("alice"),
                "web1 was stolen",
                List.of(new AdminOperation.RevokeKey(
                        new PrincipalName("web1"), key("web1").publicKey().fingerprint())));
        Bytes signature = key("alice").sign("admin@cairn.dev", revocation.text());
        Outcome outcome = honest.submit(new Operation.SubmitChange(revocation.text(), List.of(), signature))
                .value()
                .outcome();
        assertThat(((Outcome.Change) outcome).standing()).isEqualTo(ChangeStanding.EXECUTED);

        Page answer = agent.post("/v1/put?key=" + PULL, "stolen");
        assertThat(answer.status()).as(answer.body()).isEqualTo(403);
        assertThat(answer.body()).contains("does not count now");
        assertThat(held(PULL).value()).isEqualTo(Bytes.utf8("newest"));
    }
}
