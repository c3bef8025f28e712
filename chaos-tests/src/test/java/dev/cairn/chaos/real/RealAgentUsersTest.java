package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.chaos.real.RealAgent.Page;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.OpenSsh;
import dev.cairn.ssh.SshSigningKey;
import io.etcd.jetcd.Auth;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Election;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Lock;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.auth.Permission;
import io.etcd.jetcd.election.LeaderResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Agents and commands of a cluster in which etcd's permissions are enabled: user web may do anything below mine/. */
@Timeout(300)
class RealAgentUsersTest {
    private static final int SECONDS = 30;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String DENIED = "permission denied";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static RealCluster cluster;

    @SuppressWarnings("NullAway.Init")
    private static Client root;

    @SuppressWarnings("NullAway.Init")
    private static RealAgent agent;

    @SuppressWarnings("NullAway.Init")
    private static String agentAddress;

    @SuppressWarnings("NullAway.Init")
    private static Client client;

    @SuppressWarnings("NullAway.Init")
    private static KV kv;

    @BeforeAll
    static void start() throws Exception {
        OpenSsh.require();
        String governance = "cairn-governance-1\n" + principal("person", "alice") + principal("node", "web1")
                + "guard registry threshold 1 people alice roles - author counts keys any valid 3600\n"
                + "open everything\n"
                + "guard prefix nodes/web1/ threshold 1 people alice,web1 roles - author counts keys any valid 3600\n"
                + "gateways-may auth\n";
        cluster = new RealCluster(directory, Governance.parse(Bytes.utf8(governance)));
        cluster.startAll();
        Client anybody = cluster.client(0);
        get(anybody.getKVClient().put(bytes("other/1"), bytes("secret")));
        Auth auth = anybody.getAuthClient();
        get(auth.userAdd(bytes("root"), bytes("rootpw")));
        get(auth.userGrantRole(bytes("root"), bytes("root")));
        for (String name : List.of("web", "changing")) {
            get(auth.userAdd(bytes(name), bytes("first")));
            get(auth.roleAdd(bytes(name)));
            get(auth.roleGrantPermission(bytes(name), bytes("mine/"), bytes("mine0"), Permission.Type.READWRITE));
            get(auth.userGrantRole(bytes(name), bytes(name)));
        }
        get(auth.authEnable());
        root = Client.builder()
                .endpoints(cluster.target(0))
                .user(bytes("root"))
                .password(bytes("rootpw"))
                .build();
        int port = FreePorts.one();
        agent = agent("agent", "web", "first", "etcd-listen = 127.0.0.1:" + port);
        agentAddress = "http://127.0.0.1:" + port;
        client = Client.builder().endpoints(agentAddress).build();
        kv = client.getKVClient();
    }

    private static Path keyFile(String name) {
        return directory.resolve(name + ".key");
    }

    private static String principal(String kind, String name) throws Exception {
        String file = keyFile(name).toString();
        Commands.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file);
        SshSigningKey key = SshSigningKey.parse(Bytes.wrap(Files.readAllBytes(keyFile(name))));
        return kind + " " + name + "\nkey " + name + " " + key.publicKey().line() + "\n";
    }

    private static RealAgent agent(String name, String user, String password, String... more) throws Exception {
        Path home = directory.resolve(name);
        write(home, password);
        List<String> lines = new ArrayList<>(List.of("user = " + user, "password-file = password"));
        lines.addAll(List.of(more));
        return new RealAgent(home, genesis(), replicas(), lines.toArray(String[]::new));
    }

    private static Path genesis() {
        return cluster.directory(0).resolve("genesis.json");
    }

    private static List<HostPort> replicas() {
        List<HostPort> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(cluster.endpoint(i));
        }
        return all;
    }

    private static void write(Path home, String password) throws Exception {
        Path file = Files.createDirectories(home).resolve("password");
        Files.writeString(file, password + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @AfterAll
    static void stop() {
        client.close();
        agent.close();
        root.close();
        cluster.close();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void whoAsksTheAgentMayWhatItsUserMay() throws Exception {
        get(kv.put(bytes("mine/1"), bytes("one")));
        assertThat(get(kv.get(bytes("mine/1"))).getKvs().getFirst().getValue()).isEqualTo(bytes("one"));
        assertThatThrownBy(() -> get(kv.get(bytes("other/1")))).hasMessageContaining(DENIED);
        assertThatThrownBy(() -> get(kv.put(bytes("other/1"), bytes("2")))).hasMessageContaining(DENIED);
        assertThat(agent.get("/v1/get?key=mine/1").status()).isEqualTo(200);
        Page denied = agent.get("/v1/get?key=other/1");
        assertThat(denied.status()).isEqualTo(403);
        assertThat(denied.body()).contains(DENIED, "the agent's user is not permitted this");
        assertThat(agent.post("/v1/put?key=mine/2", "two").status()).isEqualTo(200);
        Page refused = agent.post("/v1/put?key=other/2", "two");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).contains(DENIED);
        assertThat(get(root.getKVClient().get(bytes("other/1")))
                        .getKvs()
                        .getFirst()
                        .getValue())
                .isEqualTo(bytes("secret"));
        assertThat(agent.status().body()).contains("\"user\": \"web\"").doesNotContain("sign_in_problem");
    }

    @Test
    void aWatchOfOthersKeysIsRefusedAndOneOfItsOwnIsNot() throws Exception {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        try (Watch.Watcher _ =
                client.getWatchClient().watch(bytes("other/1"), Watch.listener(_ -> {}, failure::complete))) {
            assertThat(get(failure)).hasMessageContaining(DENIED);
        }
        BlockingQueue<ByteSequence> told = new LinkedBlockingQueue<>();
        try (Watch.Watcher _ = client.getWatchClient()
                .watch(
                        bytes("mine/w"),
                        response -> response.getEvents()
                                .forEach(event -> told.add(event.getKeyValue().getValue())))) {
            get(kv.put(bytes("mine/w"), bytes("now")));
            assertThat(told.poll(SECONDS, TimeUnit.SECONDS)).isEqualTo(bytes("now"));
        }
    }

    @Test
    void leasesLocksAndElectionsArePassedOnAsTheUsers() throws Exception {
        long lease = get(client.getLeaseClient().grant(60)).getID();
        Lock locks = client.getLockClient();
        ByteSequence held = get(locks.lock(bytes("mine/lock"), lease)).getKey();
        assertThat(get(kv.get(held)).getCount()).isEqualTo(1);
        CompletableFuture<?> waiter = locks.lock(
                bytes("mine/lock"), get(client.getLeaseClient().grant(60)).getID());
        get(locks.unlock(held));
        get(waiter);
        assertThatThrownBy(() -> get(locks.lock(bytes("other/lock"), lease))).hasMessageContaining(DENIED);

        Election elections = client.getElectionClient();
        BlockingQueue<ByteSequence> leaders = new LinkedBlockingQueue<>();
        elections.observe(bytes("mine/election"), new Election.Listener() {
            @Override
            public void onNext(LeaderResponse response) {
                leaders.add(response.getKv().getValue());
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {}
        });
        var won = get(elections.campaign(bytes("mine/election"), lease, bytes("one")))
                .getLeader();
        assertThat(leaders.poll(SECONDS, TimeUnit.SECONDS)).isEqualTo(bytes("one"));
        for (int i = 0; i < 20; i++) {
            get(elections.proclaim(won, bytes("said " + i)));
            assertThat(leaders.poll(SECONDS, TimeUnit.SECONDS)).isEqualTo(bytes("said " + i));
        }
        assertThat(get(elections.leader(bytes("mine/election"))).getKv().getValue())
                .isEqualTo(bytes("said 19"));
        get(elections.resign(won));
    }

    @Test
    void nobodySignsInAtAnAgent() {
        try (Client named = Client.builder()
                .endpoints(agentAddress)
                .user(bytes("web"))
                .password(bytes("first"))
                .build()) {
            assertThatThrownBy(() -> get(named.getKVClient().get(bytes("mine/1"))))
                    .hasStackTraceContaining("nobody signs in at an agent");
        }
    }

    @Test
    void aWrongPasswordIsLoggedAndARightOneInItsFileIsEnough() throws Exception {
        try (RealAgent late = agent("late", "web", "guessed")) {
            Await.until(
                    "the log says what is wrong",
                    PATIENCE,
                    () -> late.said()
                            .contains("user web is not signed in: authentication failed, invalid user ID or password"),
                    late::said);
            assertThat(late.said()).doesNotContain("guessed");
            Page ill = late.get("/health");
            assertThat(ill.status()).isEqualTo(503);
            assertThat(ill.body()).contains("is not signed in");
            assertThat(late.status().body()).contains("sign_in_problem", "\"reachable\": false");
            assertThat(late.get("/v1/get?key=mine/1").status()).isEqualTo(503);
            write(directory.resolve("late"), "first");
            Await.until("it is served", PATIENCE, () -> late.get("/health").status() == 200, late::said);
            assertThat(late.status().body()).doesNotContain("sign_in_problem");
        }
    }

    @Test
    void aPasswordMayBeChangedWhileTheAgentRuns() throws Exception {
        try (RealAgent running = agent("running", "changing", "first", "cache = mine/")) {
            get(kv.put(bytes("mine/cached"), bytes("here")));
            Await.until(
                    "it serves",
                    PATIENCE,
                    () -> running.get("/v1/get?key=mine/cached").status() == 200);
            get(root.getAuthClient().userChangePassword(bytes("changing"), bytes("second")));
            write(directory.resolve("running"), "second");
            Await.until(
                    "it serves again",
                    PATIENCE,
                    () -> running.get("/v1/get?key=mine/cached").status() == 200);
            assertThat(running.post("/v1/put?key=mine/after", "x").status()).isEqualTo(200);
        }
    }

    @Test
    void aNodeWithAKeyWritesItsOwnKeysByItsSignatureAndOthersAsItsUser() throws Exception {
        try (RealAgent signing = agent("signing", "web", "first", "key = " + keyFile("web1"), "node = web1")) {
            assertThat(signing.post("/v1/put?key=nodes/web1/signed", "1").status())
                    .isEqualTo(200);
            assertThat(signing.post("/v1/put?key=mine/unsigned", "1").status()).isEqualTo(200);
            assertThat(signing.post("/v1/put?key=other/unsigned", "1").status()).isEqualTo(403);
            assertThat(get(kv.get(bytes("mine/unsigned"))).getCount()).isEqualTo(1);
            assertThat(get(root.getKVClient().get(bytes("nodes/web1/signed"))).getCount())
                    .isEqualTo(1);
        }
    }

    @Test
    void commandsThatProveWhatTheyPrintSignInToo() throws Exception {
        get(kv.put(bytes("mine/proven"), bytes("yes")));
        assertThat(cairn("first", "get", "mine/proven", "--value-only", "--user", "web"))
                .isEqualTo("0: yes");
        assertThat(cairn("first", "get", "other/1", "--user", "web"))
                .startsWith("3: cairn: the replicas do not answer this: ")
                .endsWith("; user web may not read the key \"other/1\"")
                .contains("(permission denied)")
                .doesNotContain("quorum");
        assertThat(cairn("first", "get", "mine/proven"))
                .startsWith("3: ")
                .endsWith("(permissions are enabled, and it is not told who asks); sign in with --user NAME");
        assertThat(cairn("guessed", "get", "mine/proven", "--user", "web"))
                .startsWith("3: ")
                .contains("user web is not signed in: authentication failed")
                .doesNotContain("guessed");
        assertThat(cairn("rootpw", "people", "--user", "root")).startsWith("0: ");
        assertThat(cairn("first", "people", "--user", "web")).contains(DENIED);
    }

    /** The exit code, and what was printed. */
    private static String cairn(String password, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(StartUp.cairn());
        command.addAll(List.of(arguments));
        command.add("--pin=" + genesis());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("CAIRN_PASSWORD", password);
        builder.environment().put("XDG_STATE_HOME", directory.resolve("state").toString());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + ": " + said.strip();
    }
}
