package dev.cairn.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command as users call it, over real connections. */
class BenchCommandTest {
    private final List<Server> servers = new ArrayList<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @AfterEach
    void stop() throws InterruptedException {
        for (Server server : servers) {
            server.shutdownNow().awaitTermination();
        }
    }

    @Test
    void putPrintsOneJsonObject() throws Exception {
        FakeStore store = FakeStore.faultless();

        int exitCode = bench("put", "--endpoints", serve(store), "--total", "300", "--warmup", "50", "--json");

        assertThat(exitCode).isZero();
        assertThat(store.calls.get()).isEqualTo(350);
        assertThat(out.toString().strip())
                .startsWith("{\"schema\":\"cairn-bench/1\",\"workload\":\"put\",\"ok\":true,")
                .endsWith("}")
                .doesNotContain("\n")
                .contains("\"successes\":300", "\"errorCount\":0", "\"p999Micros\":", "\"longestWriteGap\":{");
    }

    @Test
    void anyErrorMakesTheExitCodeOne() throws Exception {
        String endpoint = serve(failingEvery(10));

        assertThat(bench("put", "--endpoints", endpoint, "--total", "100", "--warmup", "0"))
                .isEqualTo(1);
        assertThat(out.toString()).contains("UNAVAILABLE 10, first: etcdserver: no leader");
    }

    @Test
    void errorsMayBeAllowed() throws Exception {
        String endpoint = serve(failingEvery(10));

        assertThat(bench("put", "--endpoints", endpoint, "--total", "100", "--warmup", "0", "--max-errors", "10"))
                .isZero();
    }

    @Test
    void getWritesEveryKeyBefore() throws Exception {
        FakeStore store = FakeStore.faultless();

        int exitCode = bench(
                "get", "--endpoints", serve(store), "--key-space", "40", "--total", "100", "--warmup", "0", "--json");

        assertThat(exitCode).isZero();
        assertThat(store.stored).hasSize(40);
        assertThat(out.toString()).contains("\"get\":{\"count\":100,").doesNotContain("longestWriteGap");
    }

    @Test
    void connectionsAreDealtToTheEndpointsInTurn() throws Exception {
        FakeStore first = FakeStore.faultless();
        FakeStore second = FakeStore.faultless();
        String endpoints = serve(first) + "," + serve(second);

        int exitCode = bench(
                "mixed", "--no-fill", "--endpoints", endpoints, "--clients", "4", "--total", "400", "--warmup", "0");

        assertThat(exitCode).isZero();
        assertThat(first.calls.get()).isPositive();
        assertThat(second.calls.get()).isPositive();
        assertThat(first.calls.get() + second.calls.get()).isEqualTo(400);
    }

    @Test
    void watchChecksEachEvent() throws Exception {
        int exitCode = bench(
                "watch",
                "--endpoints",
                serve(FakeStore.faultless()),
                "--watchers",
                "5",
                "--rate",
                "0",
                "--total",
                "50",
                "--warmup",
                "10",
                "--json");

        assertThat(exitCode).isZero();
        assertThat(out.toString())
                .contains("\"watch\":{\"watchers\":5,\"acknowledgedWrites\":50,\"deliveries\":250,")
                .contains("\"lost\":0,\"duplicates\":0,\"outOfOrder\":0,");
    }

    @Test
    void aLostEventMakesTheExitCodeOne() throws Exception {
        FakeStore store = FakeStore.faultless();
        store.watches.delivery =
                (_, pair) -> Stamp.in(pair.getValue()).map(Stamp::index).orElse(0L) == 3 ? List.of() : List.of(pair);

        int exitCode = bench(
                "watch",
                "--endpoints",
                serve(store),
                "--watchers",
                "2",
                "--total",
                "20",
                "--rate",
                "0",
                "--warmup",
                "0");

        assertThat(exitCode).isEqualTo(1);
        assertThat(out.toString()).contains("2 lost, 0 duplicate, 0 out of order");
    }

    @Test
    void anEndpointThatIsNotThereIsLeftOutAndNamed() throws Exception {
        String dead = deadEndpoint();
        String alive = serve(FakeStore.faultless());

        int exitCode = bench("put", "--endpoints", alive + "," + dead, "--total", "10", "--warmup", "0", "--json");

        assertThat(exitCode).isZero();
        assertThat(err.toString()).contains("cannot connect to " + dead);
        assertThat(out.toString()).contains("\"unreachableEndpoints\":[\"" + dead + "\"]");
    }

    @Test
    void withoutAnyServerNothingIsMeasured() throws Exception {
        assertThat(bench("put", "--endpoints", deadEndpoint())).isEqualTo(1);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void wrongUseIsToldBeforeAnythingIsConnected() {
        assertThat(bench()).isEqualTo(2);
        assertThat(bench("put", "--duration", "soon")).isEqualTo(2);
        assertThat(bench("put", "--endpoints", "nowhere")).isEqualTo(2);
        assertThat(bench("put", "--clients", "0")).isEqualTo(2);
        assertThat(bench("put", "--key-size", "4")).isEqualTo(2);
        assertThat(bench("put", "--value-size", "-5")).isEqualTo(2);
        assertThat(bench("put", "--max-errors", "-1")).isEqualTo(2);
        assertThat(bench("put", "--dial-timeout", "0")).isEqualTo(2);
        assertThat(bench("mixed", "--put-ratio", "2")).isEqualTo(2);
        assertThat(bench("watch", "--value-size", "8")).isEqualTo(2);
        assertThat(bench("watch", "--rate", "0", "--total", "100000000")).isEqualTo(2);
        assertThat(bench("put", "--cert", "only.pem")).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
    }

    private int bench(String... arguments) {
        return new CommandLine(new BenchCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private String serve(FakeStore store) throws IOException {
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(store)
                .addService(store.watches)
                .build()
                .start();
        servers.add(server);
        return "127.0.0.1:" + server.getPort();
    }

    /** A port that was free a moment ago. */
    private String deadEndpoint() throws IOException, InterruptedException {
        String endpoint = serve(FakeStore.faultless());
        servers.removeLast().shutdownNow().awaitTermination();
        return endpoint;
    }

    private static FakeStore failingEvery(int nth) {
        return new FakeStore(call -> call % nth == 0
                ? Optional.of(Status.UNAVAILABLE.withDescription("etcdserver: no leader"))
                : Optional.empty());
    }
}
