package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.cairn.genesis.HostPort;
import dev.cairn.proto.etcdserverpb.DeleteRangeRequest;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.RequestOp;
import dev.cairn.proto.etcdserverpb.TxnRequest;
import dev.cairn.simulator.Strategy;
import dev.cairn.ssh.OpenSsh;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/signed-changes.md, typed as it stands there by people who each have a home of their own. The cluster is four real
 * processes, of which one is a malicious build; and whoever asks, asks a lying gateway first.
 */
class SignedChangesWalkThroughTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "signed-changes.md");
    private static final String SERVER = "cairn server --config ";
    private static final int DOCUMENTS_PORT = 2379;
    private static final int PORTS_PER_REPLICA = 10;
    private static final int LIAR = 3;
    private static final List<Strategy> MALICE = List.of(
            Strategy.EQUIVOCATE,
            Strategy.WRONG_ROOTS,
            Strategy.FORGE_REQUESTS,
            Strategy.LIE_TO_READERS,
            Strategy.CENSOR);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final Map<String, String> variables = new TreeMap<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<String> refusals = new ArrayList<>();
    private int basePort;

    @SuppressWarnings("NullAway.Init")
    private Likeness likeness;

    @SuppressWarnings("NullAway.Init")
    private RealCluster cluster;

    @SuppressWarnings("NullAway.Init")
    private LyingGateway gateway;

    @BeforeEach
    void setUp() throws IOException {
        OpenSsh.require();
        Desk.writeLauncher(directory.resolve("programs"));
        basePort = FreePorts.first(PORTS_PER_REPLICA * RealCluster.REPLICAS);
        likeness = new Likeness(DOCUMENTS_PORT, basePort);
    }

    @AfterEach
    void tearDown() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void whatTheDocumentShowsIsWhatHappens() throws Exception {
        for (Transcript.Step step : Transcript.read(DOCUMENT).steps()) {
            List<String> seen = step.command().startsWith(SERVER) ? serve(step) : type(step);
            assertThat(likeness.difference(step.expected(), seen))
                    .as("line %d of %s, %s$ %s", step.line(), DOCUMENT, step.who(), step.command())
                    .isEmpty();
        }
        noEtcdClientWritesBehindAGuard();
        assertThat(gateway.told()).as("the gateway told every lie").containsOnlyKeys(LyingGateway.Lie.values());
        int lies = gateway.told().values().stream().mapToInt(Integer::intValue).sum();
        List<String> refused = refusals.stream()
                .filter(line -> line.contains(gateway.address().toString()))
                .toList();
        assertThat(refused).as("what the gateway said was believed").hasSizeGreaterThanOrEqualTo(lies);
        // Where the machine is busy, it may also be too slow to lie.
        assertThat(refused.stream().filter(line -> !line.contains("(no answer in time)")))
                .as("what was refused was no lie")
                .hasSizeLessThanOrEqualTo(lies);
    }

    private List<String> type(Transcript.Step step) throws IOException, InterruptedException {
        Path home = Files.createDirectories(directory.resolve(step.who()));
        variables.put("CAIRN_PIN", home.resolve("genesis.json").toString());
        Desk.Ended ended = new Desk(home, directory.resolve("programs"), variables).run(likeness.typed(step.command()));
        List<String> seen = new ArrayList<>(ended.out());
        for (String line : ended.err()) {
            if (isRefusalOfALiar(line)) {
                refusals.add(line);
            } else {
                seen.add(line);
            }
        }
        if (ended.exitCode() != 0) {
            seen.add("(exit code " + ended.exitCode() + ")");
        }
        return seen;
    }

    private boolean isRefusalOfALiar(String line) {
        Stream<HostPort> liars = cluster == null ? Stream.of() : Stream.of(gateway.address(), cluster.endpoint(LIAR));
        return liars.anyMatch(liar ->
                line.startsWith("cairn: not believed: " + liar) || line.startsWith("cairn: passed over: " + liar));
    }

    /** What the document shows of the first replica holds for all: each is started as its own. */
    private List<String> serve(Transcript.Step step) throws Exception {
        String config = step.command().substring(SERVER.length());
        Path shop = directory.resolve(step.who()).resolve(config.substring(0, config.indexOf('/')));
        cluster = RealCluster.existing(shop, new OneLiar());
        open.add(cluster);
        for (int replica = 0; replica < RealCluster.REPLICAS; replica++) {
            cluster.start(replica);
        }
        IntStream.range(0, LIAR).forEach(cluster::awaitServing);
        gateway = new LyingGateway(cluster.endpoint(0));
        open.add(gateway);
        variables.put(
                "CAIRN_ENDPOINTS",
                Stream.concat(
                                Stream.of(gateway.address()),
                                IntStream.range(0, RealCluster.REPLICAS).mapToObj(cluster::endpoint))
                        .map(HostPort::toString)
                        .collect(Collectors.joining(",")));
        return List.of(cluster.announcement(0));
    }

    private final class OneLiar implements RealCluster.Hosts {
        @Override
        public String peerHost(int replica) {
            return RealCluster.PLAIN.peerHost(replica);
        }

        @Override
        public List<String> program(int replica, Path config) {
            if (replica != LIAR) {
                return RealCluster.PLAIN.program(replica, config);
            }
            Stream<String> arguments = Stream.of(
                    ChaosReplica.class.getName(),
                    config.toString(),
                    directory.resolve("clock").toString(),
                    "1");
            return Stream.concat(arguments, MALICE.stream().map(Strategy::name)).toList();
        }
    }

    /** Root of etcd is nobody here: its clients cannot even ask with signatures. */
    private void noEtcdClientWritesBehindAGuard() {
        ByteString key = ByteString.copyFromUtf8("prod/limit");
        ByteString all = ByteString.copyFromUtf8("\0");
        PutRequest put = PutRequest.newBuilder()
                .setKey(key)
                .setValue(ByteString.copyFromUtf8("1000000"))
                .build();
        DeleteRangeRequest deletion =
                DeleteRangeRequest.newBuilder().setKey(all).setRangeEnd(all).build();
        TxnRequest inBranch = TxnRequest.newBuilder()
                .addFailure(RequestOp.newBuilder().setRequestPut(put))
                .build();
        for (int replica = 0; replica < LIAR; replica++) {
            int asked = replica;
            requireGuarded(
                    "the guard on \"prod/\" wants 2 of", () -> cluster.kv(asked).put(put));
            requireGuarded(
                    "the guard on the registry wants 2 of",
                    () -> cluster.kv(asked).deleteRange(deletion));
            requireGuarded(
                    "the guard on \"prod/\" wants 2 of", () -> cluster.kv(asked).txn(inBranch));
        }
    }

    private static void requireGuarded(String guard, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(refused.getStatus().getDescription()).contains(guard, "alice, bob, carol");
        });
    }
}
