package dev.cairn.chaos.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.chaos.real.FreePorts;
import dev.cairn.cli.Main;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.Parameters;
import dev.cairn.server.config.NewCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What watchers wait and cost, at an etcd of one member, one of three and four replicas of Cairn, in turn: all of them, and this,
 * share the machine. docs/performance.md has the figures.
 *
 * <pre>CAIRN_REFERENCE_ETCD=$(.ci/reference) mvn -q -pl chaos-tests -am test -Dtest=WatchFigures \
 *     -Dsurefire.failIfNoSpecifiedTests=false -Dcairn.figures=true</pre>
 */
@EnabledIfSystemProperty(named = "cairn.figures", matches = "true")
class WatchFigures {
    private static final int REPLICAS = 4;
    private static final int IDLE = 10_000;
    private static final Duration WARM_UP = Duration.ofSeconds(30);
    private static final Duration MEASURED = Duration.ofSeconds(15);
    private static final Duration START = Duration.ofSeconds(60);

    /** So many watchers, so many puts a second. */
    private record Load(int watchers, int putsPerSecond) {}

    /** @param pids of all its nodes, first of the one that is asked */
    private record Server(String name, String target, List<Long> pids) {
        long pid() {
            return pids.getFirst();
        }

        Duration cpuOfAll() {
            return pids.stream().map(WatchFigures::cpu).reduce(Duration.ZERO, Duration::plus);
        }
    }

    private static final List<Load> LOADS = List.of(new Load(1000, 50), new Load(1000, 100), new Load(100, 500));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void print() throws Exception {
        List<Process> replicas = new ArrayList<>();
        Path etcd = ReferenceEtcd.binary();
        List<ReferenceEtcd> one = ReferenceEtcd.cluster(etcd, Files.createDirectory(directory.resolve("one")), 1);
        List<ReferenceEtcd> three = ReferenceEtcd.cluster(etcd, Files.createDirectory(directory.resolve("three")), 3);
        try {
            List<NewCluster.Place> places = places();
            Path cluster = directory.resolve("cluster");
            new NewCluster("figures", Instant.now(), Parameters.DEFAULT, places, Governance.OPEN).create(cluster);
            for (int i = 0; i < REPLICAS; i++) {
                replicas.add(start(NewCluster.replicaDirectory(cluster, i)));
            }
            String first = places.getFirst().client().toString();
            awaitServing(first);
            List<Server> servers = List.of(
                    server("etcd of one", one),
                    server("etcd of three", three),
                    new Server(
                            "Cairn", first, replicas.stream().map(Process::pid).toList()));
            // First, as long as memory that was needed before is not at hand.
            for (Server server : servers) {
                measureIdle(server);
            }
            for (Load load : LOADS) {
                for (Server server : servers) {
                    measure(server, load);
                }
            }
        } finally {
            replicas.forEach(Process::destroyForcibly);
            one.forEach(ReferenceEtcd::close);
            three.forEach(ReferenceEtcd::close);
        }
    }

    private static Server server(String name, List<ReferenceEtcd> members) {
        return new Server(
                name,
                members.getFirst().address(),
                members.stream().map(ReferenceEtcd::pid).toList());
    }

    private static List<NewCluster.Place> places() throws IOException {
        List<Integer> ports = FreePorts.distinct(2 * REPLICAS);
        return IntStream.range(0, REPLICAS)
                .mapToObj(i -> new NewCluster.Place(
                        new HostPort("127.0.0.1", ports.get(2 * i)), new HostPort("127.0.0.1", ports.get(2 * i + 1))))
                .toList();
    }

    private static Process start(Path replica) throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "server",
                        "--config",
                        replica.resolve(NewCluster.CONFIG).toString(),
                        "--until-stdin-closes")
                .redirectErrorStream(true)
                .redirectOutput(replica.resolve("log").toFile())
                .start();
    }

    private static void awaitServing(String target) throws InterruptedException {
        long deadline = System.nanoTime() + START.toNanos();
        try (Endpoint endpoint = new Endpoint("Cairn", target)) {
            while (!endpoint.isServing()) {
                assertThat(System.nanoTime()).as("it serves in time").isLessThan(deadline);
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    private static void measure(Server server, Load load) throws Exception {
        try (WatchLoad clients = new WatchLoad(server.target())) {
            clients.watch(load.watchers());
            var _ = clients.put(load.putsPerSecond(), WARM_UP);
            long before = residentKib(server.pid());
            Duration used = cpu(server.pid());
            Duration usedByAll = server.cpuOfAll();
            Duration usedHere = cpu(ProcessHandle.current().pid());
            WatchLoad.Result result = clients.put(load.putsPerSecond(), MEASURED);
            System.out.printf(
                    "%s, %d watchers, %d puts/s: %s; memory %d to %d MiB; cores: %.2f, all nodes %.2f, watchers %.2f%n",
                    server.name(),
                    load.watchers(),
                    load.putsPerSecond(),
                    result,
                    before >> 10,
                    residentKib(server.pid()) >> 10,
                    cores(cpu(server.pid()).minus(used)),
                    cores(server.cpuOfAll().minus(usedByAll)),
                    cores(cpu(ProcessHandle.current().pid()).minus(usedHere)));
            assertThat(result.delivered()).isEqualTo(result.expected());
            assertThat(clients.failures()).isZero();
        }
    }

    private static double cores(Duration used) {
        return used.toMillis() / (double) MEASURED.toMillis();
    }

    private static void measureIdle(Server server) throws Exception {
        long before = residentKib(server.pid());
        try (WatchLoad clients = new WatchLoad(server.target())) {
            clients.watch(IDLE);
            TimeUnit.SECONDS.sleep(2);
            System.out.printf(
                    "%s, %d idle watchers: %d MiB more%n",
                    server.name(), IDLE, (residentKib(server.pid()) - before) >> 10);
        }
    }

    private static long residentKib(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private static Duration cpu(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow();
    }
}
