package dev.cairn.chaos.conformance;

import dev.cairn.chaos.real.FreePorts;
import dev.cairn.genesis.HostPort;
import dev.cairn.genesis.StoreLimits;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.Parameters;
import dev.cairn.server.ReplicaServer;
import dev.cairn.server.config.NewCluster;
import dev.cairn.server.config.ServerConfig;
import dev.cairn.server.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A whole Cairn cluster in this virtual machine. */
final class CairnInProcess implements AutoCloseable {
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final List<ReplicaServer> replicas = new ArrayList<>();
    private final List<NewCluster.Place> places = new ArrayList<>();
    private final Path genesis;

    /** Returns when the first replica serves. */
    CairnInProcess(Path directory, int count) throws IOException, StartupException {
        this(directory, count, Map.of());
    }

    /** @param settings of each replica's server.conf, in place of what stands there */
    CairnInProcess(Path directory, int count, Map<String, String> settings) throws IOException, StartupException {
        this(directory, count, settings, Governance.OPEN, StoreLimits.DEFAULT);
    }

    CairnInProcess(Path directory, int count, Map<String, String> settings, Governance governance, StoreLimits limits)
            throws IOException, StartupException {
        List<Integer> ports = FreePorts.distinct(2 * count);
        for (int i = 0; i < count; i++) {
            places.add(new NewCluster.Place(
                    new HostPort("127.0.0.1", ports.get(2 * i)), new HostPort("127.0.0.1", ports.get(2 * i + 1))));
        }
        genesis = directory.resolve(NewCluster.GENESIS);
        new NewCluster("conformance", Instant.now(), Parameters.DEFAULT, places, governance, false, limits)
                .create(directory);
        for (int i = 0; i < count; i++) {
            Path config = NewCluster.replicaDirectory(directory, i).resolve(NewCluster.CONFIG);
            set(config, settings);
            replicas.add(ReplicaServer.start(ServerConfig.load(config)));
        }
        try (Endpoint endpoint = new Endpoint("cairn", address(0))) {
            long end = System.nanoTime() + START_NANOS;
            while (!endpoint.isServing()) {
                if (System.nanoTime() > end) {
                    close();
                    throw new IOException("Cairn does not serve");
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }

    private static void set(Path config, Map<String, String> settings) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(config));
        settings.forEach((name, value) -> {
            lines.removeIf(line -> line.startsWith(name + " "));
            lines.add(name + " = " + value);
        });
        Files.write(config, lines);
    }

    /** The document that clients pin. */
    Path genesis() {
        return genesis;
    }

    String address(int replica) {
        return places.get(replica).client().toString();
    }

    /** Ends that replica alone, for good. */
    void stop(int replica) {
        replicas.get(replica).close();
    }

    @Override
    public void close() {
        replicas.reversed().forEach(ReplicaServer::close);
    }
}
