package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.genesis.json.Json;
import dev.cairn.server.config.KeyFiles;
import dev.cairn.server.config.NewCluster;
import dev.cairn.server.config.ServerConfig;
import dev.cairn.server.net.PortTls;
import io.grpc.Status;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCommandsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private final FakeEtcd.Store store = new FakeEtcd.Store();

    @SuppressWarnings("NullAway.Init")
    private FakeEtcd first;

    @SuppressWarnings("NullAway.Init")
    private FakeEtcd second;

    @BeforeEach
    void start() throws Exception {
        first = new FakeEtcd(store);
        second = new FakeEtcd(store);
    }

    @AfterEach
    void stop() throws Exception {
        first.close();
        second.close();
    }

    private String endpoints() {
        return "--endpoints=" + first.endpoint() + "," + second.endpoint();
    }

    @Test
    void whatIsPutIsGot() {
        assertThat(Run.of(PutCommand::new, "greeting", "grüezi", endpoints())).isEqualTo(new Run(0, "OK\n", ""));
        assertThat(Run.of(GetCommand::new, "greeting", endpoints())).isEqualTo(new Run(0, "greeting\ngrüezi\n", ""));
        assertThat(Run.of(GetCommand::new, "greeting", "--value-only", endpoints())
                        .out())
                .isEqualTo("grüezi\n");
    }

    @Test
    void aMissingKeyIsExitCodeOneAndSilence() {
        assertThat(Run.of(GetCommand::new, "nothing", endpoints())).isEqualTo(new Run(1, "", ""));
    }

    @Test
    void prefixesLimitsAndDeletes() {
        store.put("a", "0");
        store.put("b/1", "one");
        store.put("b/2", "two");
        store.put("c", "3");
        assertThat(Run.of(GetCommand::new, "b/", "--prefix", endpoints()).out()).isEqualTo("b/1\none\nb/2\ntwo\n");
        assertThat(Run.of(GetCommand::new, "b/", "--prefix", "--limit=1", "--keys-only", endpoints())
                        .out())
                .isEqualTo("b/1\n");
        assertThat(Run.of(GetCommand::new, "", "--prefix", "--keys-only", endpoints())
                        .out())
                .isEqualTo("a\nb/1\nb/2\nc\n");
        assertThat(Run.of(DelCommand::new, "b/", "--prefix", endpoints())).isEqualTo(new Run(0, "2\n", ""));
        assertThat(Run.of(DelCommand::new, "b/", "--prefix", endpoints())).isEqualTo(new Run(0, "0\n", ""));
    }

    @Test
    void aListIsOfKeysAndOfValuesWhereTheyAreWanted() {
        store.put("a", "0");
        store.put("b/1", "one");
        store.put("b/2", "two");
        assertThat(Run.of(ListCommand::new, "b/", endpoints())).isEqualTo(new Run(0, "b/1\nb/2\n", ""));
        assertThat(Run.of(ListCommand::new, endpoints()).out()).isEqualTo("a\nb/1\nb/2\n");
        assertThat(Run.of(ListCommand::new, "b/", "--values", "--limit=1", endpoints())
                        .out())
                .isEqualTo("b/1\none\n");
        assertThat(Run.of(ListCommand::new, "b/2", "--json", endpoints()).out())
                .contains("\"key\":\"Yi8y\"", "\"value\":\"dHdv\"", "\"count\":1");
        assertThat(Run.of(ListCommand::new, "c", endpoints())).isEqualTo(new Run(1, "", ""));
    }

    @Test
    void noNumberIsNegative() {
        List<Function<Output, Object>> commands = List.of(GetCommand::new, ListCommand::new, WatchCommand::new);
        for (Function<Output, Object> command : commands) {
            for (String option : List.of("--limit=-1", "--rev=-5")) {
                Run run = Run.of(command, "a", option, endpoints());
                assertThat(run.exitCode()).as(option).isEqualTo(2);
                assertThat(run.err()).startsWith("cairn: " + option.replace("=", ": ") + " is negative");
            }
        }
    }

    @Test
    void noKeyIsEmpty() {
        for (Run run : List.of(Run.of(GetCommand::new, "", endpoints()), Run.of(WatchCommand::new, "", endpoints()))) {
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).startsWith("cairn: no key is empty; give --prefix");
        }
    }

    @Test
    void whoAsksForTheProofHearsThatThereIsNone() {
        store.put("a", "1");
        assertThat(Run.of(GetCommand::new, "a", "-v", "--unverified", endpoints())
                        .err())
                .startsWith("not verified: as asked for");
        assertThat(Run.of(GetCommand::new, "b", "-v", "--unverified", endpoints()))
                .isEqualTo(new Run(1, "", "not verified: as asked for\nthere is no key \"b\"\n"));
        assertThat(Run.of(GetCommand::new, "b/", "--prefix", "-v", "--unverified", endpoints())
                        .err())
                .endsWith("no key begins with \"b/\"\n");
    }

    @Test
    void jsonHasEtcdctlsFields() throws Exception {
        store.put("a", "1");
        Run run = Run.of(GetCommand::new, "a", "--json", endpoints());
        assertThat(run.out())
                .isEqualTo(
                        "{\"header\":{\"revision\":2,\"raft_term\":3},\"kvs\":[{\"key\":\"YQ==\",\"create_revision\":2,"
                                + "\"mod_revision\":2,\"version\":1,\"value\":\"MQ==\"}],\"more\":false,\"count\":1}\n");
        assertThat(Json.parse(run.out())).isInstanceOf(Json.Fields.class);
    }

    @Test
    void aReadPassesOverEndpointsThatAreDownOrSilentOrRefuse() throws Exception {
        store.put("a", "1");
        String down = "--endpoints=" + closedPort() + "," + second.endpoint();
        assertThat(Run.of(GetCommand::new, "a", down).out()).isEqualTo("a\n1\n");
        first.refuse(Status.UNAVAILABLE.withDescription("etcdserver: no leader"));
        assertThat(Run.of(GetCommand::new, "a", endpoints()).out()).isEqualTo("a\n1\n");
        first.refuse(Status.OK);
        first.fallSilent();
        assertThat(Run.of(GetCommand::new, "a", endpoints(), "--timeout=0.6").out())
                .isEqualTo("a\n1\n");
    }

    @Test
    void aWritePassesOverWhatIsDownButIsNeverSentTwice() throws Exception {
        String down = "--endpoints=" + closedPort() + "," + second.endpoint();
        assertThat(Run.of(PutCommand::new, "a", "1", down).out()).isEqualTo("OK\n");
        first.fallSilent();
        Run run = Run.of(PutCommand::new, "a", "2", endpoints(), "--timeout=0.6");
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err())
                .contains("whether it was carried out is unknown, and it may be yet")
                .hasLineCount(1);
        assertThat(Run.of(GetCommand::new, "a", "--value-only", down).out()).isEqualTo("1\n");
    }

    @Test
    void aWriteWaitsForTheEndpointThatTookItAsLongAsItMay() throws Exception {
        first.answerAfter(400);
        String many = "--endpoints=" + first.endpoint() + "," + closedPorts(19);
        assertThat(Run.of(PutCommand::new, "a", "1", many, "--timeout=6"))
                .as("a twentieth of the time is 300 ms")
                .isEqualTo(new Run(0, "OK\n", ""));
    }

    @Test
    void aWritePassesOverAnEndpointThatConnectsAndSaysNothing() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String endpoints = "--endpoints=127.0.0.1:" + mute.getLocalPort() + "," + second.endpoint();
            assertThat(Run.of(PutCommand::new, "a", "1", endpoints, "--timeout=1"))
                    .isEqualTo(new Run(0, "OK\n", ""));
        }
    }

    @Test
    void aRequestThatIsTooLargeIsToldTheLimit() {
        first.refuse(Status.INVALID_ARGUMENT.withDescription("etcdserver: request is too large"));
        assertThat(Run.of(PutCommand::new, "a", "1", endpoints()).err()).contains("1.5 MiB");
        first.refuse(Status.RESOURCE_EXHAUSTED.withDescription("gRPC message exceeds maximum size 2097152: 2500010"));
        assertThat(Run.of(PutCommand::new, "a", "1", endpoints()).err()).contains("1.5 MiB");
    }

    @Test
    void whatTheTerminalLostIsNotStored() {
        Run run = Run.of(PutCommand::new, "kl\uFFFD", "v", endpoints());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("no text in this terminal's encoding");
        assertThat(store.since(0)).isEmpty();
    }

    @Test
    void optionsThatMakeNoSenseAreExitCodeTwo() {
        for (String nonsense : List.of("--timeout=0", "--timeout=-1", "--timeout=NaN", "--timeout=soon", "--limit=x")) {
            Run run = Run.of(GetCommand::new, "a", nonsense, endpoints());
            assertThat(run.exitCode()).as(nonsense).isEqualTo(2);
            assertThat(run.err())
                    .contains(nonsense.substring(0, nonsense.indexOf('=')))
                    .doesNotContain("double", "long");
        }
        Run nothing = Run.of(GetCommand::new, "a", "--keys-only", "--value-only", endpoints());
        assertThat(nothing.exitCode()).isEqualTo(2);
        assertThat(nothing.err()).contains("leave nothing to print");
        for (String nobody : List.of("--endpoints=,", "--endpoints=", "--endpoints=2379,,2389")) {
            Run run = Run.of(GetCommand::new, "a", nobody);
            assertThat(run.exitCode()).as(nobody).isEqualTo(2);
            assertThat(run.err()).startsWith("cairn: --endpoints: \"\" is no host name");
        }
        Run both = Run.of(GetCommand::new, "a", "--endpoints=https://127.0.0.1:2379,http://127.0.0.1:2389");
        assertThat(both.exitCode()).isEqualTo(2);
        assertThat(both.err()).contains("http:// is clear text, and TLS is asked for");
        Run half = Run.of(GetCommand::new, "a", "--cert=x.crt");
        assertThat(half.exitCode()).isEqualTo(2);
        assertThat(half.err()).contains("--cert and --cert-key stand together");
    }

    @Test
    void tlsWithTheCertificatesThatInitMakes(@TempDir Path directory) throws Exception {
        Path cluster = directory.resolve("c");
        assertThat(Run.of(new InitCommand(), "--dir=" + cluster, "--client-tls", "--open=")
                        .exitCode())
                .isZero();
        Path replica = NewCluster.replicaDirectory(cluster, 1);
        assertThat(ServerConfig.load(replica.resolve(NewCluster.CONFIG)).clientTls())
                .contains(new PortTls.Pem(
                        replica.resolve(NewCluster.CLIENT_CERTIFICATE),
                        replica.resolve(NewCluster.CLIENT_KEY),
                        Optional.empty()));
        String cacert = "--cacert=" + replica.resolve(KeyFiles.TLS_AUTHORITY);
        FakeEtcd secure = new FakeEtcd(store, Optional.of(replica));
        try {
            String endpoint = "--endpoints=" + secure.endpoint();
            assertThat(Run.of(PutCommand::new, "a", "1", endpoint, cacert)).isEqualTo(new Run(0, "OK\n", ""));
            assertThat(Run.of(GetCommand::new, "a", "--endpoints=https://" + secure.endpoint(), cacert)
                            .out())
                    .isEqualTo("a\n1\n");
            Run stranger = Run.of(GetCommand::new, "a", "--endpoints=https://" + secure.endpoint());
            assertThat(stranger.exitCode()).isEqualTo(3);
            assertThat(Run.of(GetCommand::new, "a", endpoint).exitCode()).isEqualTo(3);
        } finally {
            secure.close();
        }
        Run nothing = Run.of(GetCommand::new, "a", endpoints(), "--cacert=" + directory.resolve("none.crt"));
        assertThat(nothing.exitCode()).isEqualTo(1);
        assertThat(nothing.err()).contains("none.crt: cannot be used for TLS").hasLineCount(1);
    }

    @Test
    void errorsAreOneLine() throws Exception {
        first.refuse(Status.INVALID_ARGUMENT.withDescription("etcdserver: key is not provided"));
        Run refused = Run.of(GetCommand::new, "a", endpoints());
        assertThat(refused)
                .isEqualTo(new Run(1, "", "cairn: " + first.endpoint() + ": etcdserver: key is not provided\n"));
        String nobody = closedPort();
        Run down = Run.of(GetCommand::new, "a", "--endpoints=" + nobody);
        assertThat(down.exitCode()).isEqualTo(3);
        assertThat(down.err())
                .startsWith("cairn: no endpoint answered: " + nobody + " (connection refused)")
                .hasLineCount(1);
        Run nonsense = Run.of(GetCommand::new, "a", "--endpoints=http//x");
        assertThat(nonsense.exitCode()).isEqualTo(2);
        assertThat(nonsense.err()).contains("http//x");
        assertThat(Run.of(GetCommand::new, "a", "--rev=soon").exitCode()).isEqualTo(2);
        assertThat(Run.of(GetCommand::new).err()).contains("KEY").contains("Try: get --help");
    }

    @Test
    void aWatchGoesOnAtTheNextEndpointWithoutGapOrRepetition() {
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            store.put("k" + i, "v" + i);
            expected.append("PUT\nk").append(i).append("\nv").append(i).append('\n');
        }
        first.breakWatchesAfter(2);
        second.breakWatchesAfter(1);
        assertThat(Run.of(WatchCommand::new, "k", "--prefix", "--rev=1", "--limit=5", endpoints()))
                .isEqualTo(new Run(0, expected.toString(), ""));
    }

    @Test
    void aWatchThatNobodyCarriesFails() throws Exception {
        String one = closedPort();
        String another = closedPort();
        Run run = Run.of(WatchCommand::new, "k", "--timeout=0.3", "--endpoints=" + one + "," + another);
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err())
                .startsWith("cairn: no endpoint carries the watch: " + one + " (connection refused), " + another
                        + " (connection refused); is the cluster running (`cairn status`)")
                .hasLineCount(1);
    }

    @Test
    void aWatchFromARevisionThatIsStillToComeSaysThatItWaits() throws Exception {
        for (int i = 0; i < 3; i++) {
            store.put("k", "v" + i);
        }
        CompletableFuture<Run> waiting = CompletableFuture.supplyAsync(
                () -> Run.of(WatchCommand::new, "k", "--rev=6", "--limit=1", endpoints()));
        first.awaitWatch();
        store.put("k", "too early");
        store.put("k", "now");
        assertThat(waiting.join()).isEqualTo(new Run(0, "PUT\nk\nnow\n", "waiting for revision 6; the newest is 4\n"));
        assertThat(Run.of(WatchCommand::new, "k", "--rev=4", "--limit=1", endpoints()))
                .isEqualTo(new Run(0, "PUT\nk\nv2\n", ""));
    }

    @Test
    void anAnswerThatCouldNotBeHadIsNoMissingKeyAndNoLie() throws Exception {
        Path genesis = genesis();
        Logger log = Logger.getLogger("");
        List<String> logged = new CopyOnWriteArrayList<>();
        Handler handler = new Listening(logged);
        log.addHandler(handler);
        try {
            String down = closedPort();
            assertThat(Run.of(GetCommand::new, "a", "--pin=" + genesis, "--endpoints=" + down))
                    .isEqualTo(new Run(
                            3,
                            "",
                            "cairn: no replica answered: " + down
                                    + " (connection refused); does a quorum run, and are these its replicas?\n"));
            Run unknown = Run.of(GetCommand::new, "a", "--pin=" + genesis, "--endpoints=nobody.invalid:1");
            assertThat(unknown)
                    .isEqualTo(new Run(
                            3,
                            "",
                            "cairn: no replica answered: nobody.invalid:1 (no such host); does a quorum run, and are"
                                    + " these its replicas?\n"));
            first.fallSilent();
            Run silent = Run.of(
                    GetCommand::new, "a", "--pin=" + genesis, "--timeout=0.5", "--endpoints=" + first.endpoint());
            assertThat(silent.err()).doesNotContain("believed", "DEADLINE");
        } finally {
            log.removeHandler(handler);
        }
        assertThat(logged).isEmpty();
    }

    private Path genesis() throws Exception {
        Json.Fields vectors =
                (Json.Fields) Json.parse(Files.readString(Path.of("..", "..", "docs", "vectors", "saved-proofs.json")));
        return Files.writeString(
                directory.resolve("genesis.json"),
                ((Json.Text) Objects.requireNonNull(vectors.values().get("genesis"))).value());
    }

    private static final class Listening extends Handler {
        private final List<String> logged;

        Listening(List<String> logged) {
            this.logged = logged;
        }

        @Override
        public void publish(LogRecord entry) {
            if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
                logged.add(entry.getLoggerName() + ": " + entry.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private static String closedPorts(int count) throws Exception {
        List<String> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ports.add(closedPort());
        }
        return String.join(",", ports);
    }

    static String closedPort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }
}
