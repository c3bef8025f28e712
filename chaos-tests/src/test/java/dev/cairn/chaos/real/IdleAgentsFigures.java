package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.agent.Refusals;
import dev.cairn.agent.mirror.Mirrors;
import dev.cairn.client.CairnClient;
import dev.cairn.client.ClientSettings;
import dev.cairn.client.Pin;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.Bytes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a hundred agents with a copy each, of which nothing changes, cost each replica. They are what an agent is underneath, a
 * verifying client with its copies, all in this process; a quarter of them asks each replica first.
 *
 * <pre>mvn -q -pl chaos-tests -am test -Dtest=IdleAgentsFigures -Dsurefire.failIfNoSpecifiedTests=false -Dcairn.figures=true</pre>
 */
@EnabledIfSystemProperty(named = "cairn.figures", matches = "true")
class IdleAgentsFigures {
    private static final int AGENTS = 100;
    private static final Duration SETTLING = Duration.ofSeconds(20);
    private static final Duration MEASURED = Duration.ofSeconds(40);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void print() throws Exception {
        List<AutoCloseable> agents = new ArrayList<>();
        try (RealCluster cluster = new RealCluster(directory)) {
            cluster.startAll();
            measure("without agents", cluster);
            Pin pin = Pin.of(GenesisFile.read(cluster.directory(0).resolve("genesis.json")));
            List<Mirrors> copies = new ArrayList<>();
            for (int i = 0; i < AGENTS; i++) {
                List<HostPort> order = new ArrayList<>(IntStream.range(0, RealCluster.REPLICAS)
                        .mapToObj(cluster::endpoint)
                        .toList());
                Collections.rotate(order, i);
                CairnClient client = CairnClient.connect(ClientSettings.of(pin).withEndpoints(order));
                if (i == 0) {
                    assertThat(client.submit(new Operation.Put(
                                            Bytes.utf8("app/a"), Bytes.utf8("1"), 0, false, false, false))
                                    .value()
                                    .outcome()
                                    .revision())
                            .isPositive();
                }
                Mirrors mirrors = Mirrors.start(
                        client,
                        List.of(Bytes.utf8("app/")),
                        1 << 20,
                        new Refusals(new SimpleMeterRegistry(), InstantSource.system()));
                copies.add(mirrors);
                agents.add(client);
                agents.add(mirrors);
            }
            Await.until("all have their copy", PATIENCE, () -> copies.stream().allMatch(each -> each.keys() == 1));
            measure(AGENTS + " agents", cluster);
        } finally {
            for (AutoCloseable each : agents.reversed()) {
                each.close();
            }
        }
    }

    private static void measure(String what, RealCluster cluster) throws InterruptedException {
        Thread.sleep(SETTLING);
        List<Duration> before = cpu(cluster);
        Thread.sleep(MEASURED);
        List<Duration> after = cpu(cluster);
        for (int i = 0; i < RealCluster.REPLICAS; i++) {
            double share = 100.0 * after.get(i).minus(before.get(i)).toMillis() / MEASURED.toMillis();
            System.out.printf(Locale.ROOT, "%s: replica %d takes %.1f %% of a core%n", what, i, share);
        }
    }

    private static List<Duration> cpu(RealCluster cluster) {
        return IntStream.range(0, RealCluster.REPLICAS)
                .mapToObj(cluster::cpuTime)
                .toList();
    }
}
