package dev.cairn.chaos.real;

import dev.cairn.genesis.HostPort;
import dev.cairn.proto.v1.ReplicaStatusResponse;
import dev.cairn.server.config.StartupException;
import dev.cairn.simulator.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Four real replicas within reach of a nemesis: one of them lies, one has a small disk, all have relays between them and
 * clocks that can be set. Leaves no process and no mount behind.
 */
final class ChaosCluster implements AutoCloseable {
    private static final Duration CONVERGENCE = Duration.ofSeconds(30);

    private final Path directory;
    private final int liar;
    private final List<Strategy> strategies;
    private final long seed;
    private final PeerNetwork network = new PeerNetwork(RealCluster.REPLICAS);
    private final RealCluster replicas;
    private final Optional<SmallDisk> smallDisk;
    private final Thread atExit = new Thread(this::unmountAtExit, "unmount");
    private int restartsOfLiar;

    ChaosCluster(Path directory, int liar, List<Strategy> strategies, long seed)
            throws IOException, InterruptedException, StartupException {
        this.directory = directory;
        this.liar = liar;
        this.strategies = List.copyOf(strategies);
        this.seed = seed;
        this.replicas = new RealCluster(directory, new AmongFaults());
        for (int replica = 0; replica < RealCluster.REPLICAS; replica++) {
            network.writeHosts(replica, hostsFile(replica));
            network.open(replica, replicas.peerPort(replica));
        }
        this.smallDisk =
                SmallDisk.mount(replicas.directory(replicaWithSmallDisk()).resolve("data"));
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    private final class AmongFaults implements RealCluster.Hosts {
        @Override
        public String peerHost(int replica) {
            return PeerNetwork.host(replica);
        }

        @Override
        public List<String> program(int replica, Path config) {
            Stream<String> arguments = Stream.of(
                    "-Djdk.net.hosts.file=" + hostsFile(replica),
                    ChaosReplica.class.getName(),
                    config.toString(),
                    clockFile(replica).toString(),
                    Long.toString(seed));
            return Stream.concat(
                            arguments, replica == liar ? strategies.stream().map(Strategy::name) : Stream.empty())
                    .toList();
        }
    }

    private Path hostsFile(int replica) {
        return directory.resolve("hosts-" + replica);
    }

    private Path clockFile(int replica) {
        return directory.resolve("clock-" + replica);
    }

    /** From now on the replica's clock is wrong by this much. */
    void setClock(int replica, long millis) throws IOException {
        Path draft = Files.writeString(directory.resolve("clock-draft"), Long.toString(millis));
        Files.move(draft, clockFile(replica), StandardCopyOption.ATOMIC_MOVE);
    }

    RealCluster replicas() {
        return replicas;
    }

    PeerNetwork network() {
        return network;
    }

    Optional<SmallDisk> smallDisk() {
        return smallDisk;
    }

    List<Integer> honest() {
        return IntStream.range(0, RealCluster.REPLICAS)
                .filter(replica -> replica != liar)
                .boxed()
                .toList();
    }

    int replicaWithSmallDisk() {
        return honest().getLast();
    }

    HostPort endpoint(int replica) {
        return replicas.endpoint(replica);
    }

    /** Starts those that do not run, and waits until the honest ones serve. */
    void startAll() {
        for (int replica = 0; replica < RealCluster.REPLICAS; replica++) {
            if (!replicas.isRunning(replica)) {
                replicas.start(replica);
            }
        }
        honest().forEach(replicas::awaitServing);
    }

    void start(int replica) {
        replicas.start(replica);
    }

    void killAll() {
        replicas.kill(IntStream.range(0, RealCluster.REPLICAS)
                .filter(replicas::isRunning)
                .boxed()
                .toArray(Integer[]::new));
    }

    /** No honest replica ends without cause. The liar may; it comes back. */
    void requireHonestRun() {
        for (int replica : honest()) {
            if (!replicas.isRunning(replica)) {
                throw new AssertionError("honest replica " + replica + " ended by itself");
            }
        }
        if (!replicas.isRunning(liar)) {
            System.out.println(
                    "the liar, replica " + liar + ", ended by itself for the " + ++restartsOfLiar + ". time");
            replicas.start(liar);
        }
    }

    /** Waits until all honest replicas are at one height; there they must have one state. */
    void awaitOneState() {
        List<String> last = new ArrayList<>();
        Await.until(
                "all honest replicas are at one height",
                CONVERGENCE,
                () -> {
                    last.clear();
                    Map<Long, String> roots = new HashMap<>();
                    for (int replica : honest()) {
                        Optional<ReplicaStatusResponse> status = replicas.status(replica);
                        if (status.isEmpty()) {
                            return false;
                        }
                        long height = status.get().getCommittedHeight();
                        String root = HexFormat.of()
                                .formatHex(status.get().getStateRoot().toByteArray());
                        last.add("replica " + replica + " at " + height + " has " + root);
                        String other = roots.putIfAbsent(height, root);
                        if (other != null && !other.equals(root)) {
                            throw new AssertionError("two states at one height: " + last);
                        }
                    }
                    return roots.size() == 1;
                },
                last::toString);
        System.out.println("one state: " + last.getFirst());
    }

    /** The replicas may still be dying; a lazy unmount does not mind. */
    private void unmountAtExit() {
        try {
            unmount();
        } catch (IOException e) {
            System.out.println("a mount was left behind: " + e.getMessage());
        }
    }

    private void unmount() throws IOException {
        if (smallDisk.isPresent()) {
            smallDisk.get().close();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            replicas.close();
            network.close();
        } finally {
            unmount();
            Runtime.getRuntime().removeShutdownHook(atExit);
        }
    }
}
