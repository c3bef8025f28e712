package dev.cairn.chaos.real;

import dev.cairn.cli.Main;
import dev.cairn.genesis.GenesisException;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.guard.Governance;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.v1.ReplicaGrpc;
import dev.cairn.proto.v1.ReplicaStatusRequest;
import dev.cairn.proto.v1.ReplicaStatusResponse;
import dev.cairn.protocol.Parameters;
import dev.cairn.server.config.NewCluster;
import dev.cairn.server.config.StartupException;
import io.etcd.jetcd.Client;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Four replicas, each an operating-system process of its own with its own data, on free ports of this machine. None of
 * the processes outlives this object or this virtual machine.
 */
final class RealCluster implements AutoCloseable {
    static final int REPLICAS = 4;

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final int CALL_SECONDS = 10;
    private static final int LOG_TAIL_LINES = 60;
    // Below where systems take the ports of outgoing connections from: no dialler can take a dead replica's port.

    private final Path home;
    private final Hosts hosts;
    private final List<HostPort> endpoints;
    private final List<Integer> peerPorts;
    private final List<ManagedChannel> channels;
    private final Map<Integer, Process> processes = new ConcurrentHashMap<>();
    private final Map<Integer, Client> clients = new ConcurrentHashMap<>();
    private final Thread atExit = new Thread(this::killProcesses, "kill-replicas");

    /** What differs when replicas run among faults. */
    interface Hosts {
        /** The host under which the others know the replica. */
        String peerHost(int replica);

        /** Options of the virtual machine, the main class and its arguments. */
        List<String> program(int replica, Path config);
    }

    /** The command as people run it, all on the loopback address. */
    static final Hosts PLAIN = new Hosts() {
        @Override
        public String peerHost(int replica) {
            return "127.0.0.1";
        }

        @Override
        public List<String> program(int replica, Path config) {
            return List.of(Main.class.getName(), "server", "--config", config.toString(), "--until-stdin-closes");
        }
    };

    RealCluster(Path directory) throws IOException, StartupException {
        this(directory, PLAIN, Parameters.DEFAULT);
    }

    RealCluster(Path directory, Parameters parameters) throws IOException, StartupException {
        this(directory, PLAIN, parameters);
    }

    RealCluster(Path directory, Hosts hosts) throws IOException, StartupException {
        this(directory, hosts, Parameters.DEFAULT);
    }

    RealCluster(Path directory, Governance governance) throws IOException, StartupException {
        this(directory, PLAIN, Parameters.DEFAULT, governance);
    }

    private RealCluster(Path directory, Hosts hosts, Parameters parameters) throws IOException, StartupException {
        this(directory, hosts, parameters, Governance.OPEN);
    }

    private RealCluster(Path directory, Hosts hosts, Parameters parameters, Governance governance)
            throws IOException, StartupException {
        this(hosts, directory.resolve("cluster"), found(directory.resolve("cluster"), hosts, parameters, governance));
    }

    /** That of {@code home}, as {@code cairn init} has made it. */
    static RealCluster existing(Path home, Hosts hosts) throws GenesisException {
        return new RealCluster(hosts, home, GenesisFile.read(home.resolve(NewCluster.GENESIS)));
    }

    private RealCluster(Hosts hosts, Path home, GenesisFile genesis) {
        this.hosts = hosts;
        this.home = home;
        peerPorts =
                genesis.replicas().stream().map(member -> member.peer().port()).toList();
        endpoints = genesis.replicas().stream().map(GenesisFile.Member::client).toList();
        channels = endpoints.stream()
                .map(endpoint -> NettyChannelBuilder.forAddress(endpoint.toSocketAddress())
                        .usePlaintext()
                        .build())
                .toList();
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    private static GenesisFile found(Path home, Hosts hosts, Parameters parameters, Governance governance)
            throws IOException, StartupException {
        List<Integer> ports = FreePorts.distinct(2 * REPLICAS);
        List<NewCluster.Place> places = new ArrayList<>();
        for (int i = 0; i < REPLICAS; i++) {
            places.add(new NewCluster.Place(
                    new HostPort("127.0.0.1", ports.get(2 * i)),
                    new HostPort(hosts.peerHost(i), ports.get(2 * i + 1))));
        }
        return new NewCluster("real", Instant.now(), parameters, places, governance).create(home);
    }

    /** Starts those of the replicas that do not run, and waits until all four serve. */
    void startAll() {
        for (int replica = 0; replica < REPLICAS; replica++) {
            if (!isRunning(replica)) {
                start(replica);
            }
        }
        for (int replica = 0; replica < REPLICAS; replica++) {
            awaitServing(replica);
        }
    }

    void awaitServing(int replica) {
        Await.until("replica " + replica + " serves", START, () -> {
            if (!isRunning(replica)) {
                throw new AssertionError("replica " + replica + " ended by itself");
            }
            return isServing(replica);
        });
    }

    boolean isRunning(int replica) {
        Process process = processes.get(replica);
        return process != null && process.isAlive();
    }

    void start(int replica) {
        List<String> command = new ArrayList<>(StartUp.java());
        command.add("-Xmx256m");
        command.addAll(hosts.program(replica, directory(replica).resolve(NewCluster.CONFIG)));
        try {
            processes.put(
                    replica,
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(
                                    log(replica).toFile()))
                            .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isServing(int replica) {
        ManagedChannel channel = channels.get(replica);
        if (status(replica).filter(status -> status.getReplica() == replica).isEmpty()) {
            return false;
        }
        try {
            var _ = KVGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(1, TimeUnit.SECONDS)
                    .range(RangeRequest.newBuilder()
                            .setKey(com.google.protobuf.ByteString.copyFromUtf8("any"))
                            .build());
            return true;
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    /** For one call, to this replica alone; it fails when it takes too long. */
    KVGrpc.KVBlockingStub kv(int replica) {
        return KVGrpc.newBlockingStub(channels.get(replica)).withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
    }

    /** What the replica says about itself, if it answers at once. */
    Optional<ReplicaStatusResponse> status(int replica) {
        ManagedChannel channel = channels.get(replica);
        channel.resetConnectBackoff();
        try {
            return Optional.of(ReplicaGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(1, TimeUnit.SECONDS)
                    .status(ReplicaStatusRequest.getDefaultInstance()));
        } catch (StatusRuntimeException e) {
            return Optional.empty();
        }
    }

    /** The primary by the word of all four replicas, once they agree. */
    int primary() {
        return Await.present("all replicas follow one primary", START, () -> {
            Set<Integer> primaries = new LinkedHashSet<>();
            for (int i = 0; i < REPLICAS; i++) {
                primaries.add(status(i)
                        .filter(status -> !status.getChanging())
                        .map(ReplicaStatusResponse::getPrimary)
                        .orElse(-1));
            }
            return primaries.size() == 1 && !primaries.contains(-1)
                    ? Optional.of(primaries.iterator().next())
                    : Optional.empty();
        });
    }

    /** Everything of one replica: configuration, keys, log and, in {@code data}, what it must not lose. */
    Path directory(int replica) {
        return NewCluster.replicaDirectory(home, replica);
    }

    int peerPort(int replica) {
        return peerPorts.get(replica);
    }

    HostPort endpoint(int replica) {
        return endpoints.get(replica);
    }

    /** Sends a signal by its name, such as STOP. */
    void signal(int replica, String signal) throws IOException, InterruptedException {
        Process process = processes.get(replica);
        if (process == null) {
            throw new IllegalStateException("replica " + replica + " was never started");
        }
        Commands.run("kill", "-" + signal, Long.toString(process.pid()));
    }

    /** What the replica's process has computed so far. */
    Duration cpuTime(int replica) {
        return Optional.ofNullable(processes.get(replica))
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow();
    }

    String target(int replica) {
        return "http://" + endpoints.get(replica);
    }

    /** A client that knows this replica only. */
    Client client(int replica) {
        return clients.computeIfAbsent(
                replica, i -> Client.builder().endpoints(target(i)).build());
    }

    /** {@code kill -9}, to all of them before waiting for any to be gone. */
    void kill(Integer... replicas) {
        List<Process> killed = Arrays.stream(replicas)
                .map(processes::get)
                .map(Process::destroyForcibly)
                .toList();
        killed.forEach(process -> process.onExit().join());
        for (Integer replica : replicas) {
            Client client = clients.remove(replica);
            if (client != null) {
                client.close();
            }
        }
    }

    /** The last line of what the replica printed. */
    String lastLine(int replica) throws IOException {
        List<String> lines = Files.readAllLines(log(replica));
        return lines.isEmpty() ? "(nothing)" : lines.getLast();
    }

    /** What the replica printed when it began to serve, between what it logs. */
    String announcement(int replica) throws IOException {
        return Files.readAllLines(log(replica)).stream()
                .filter(line -> line.startsWith("replica " + replica + " of cluster "))
                .findFirst()
                .orElseThrow();
    }

    private Path log(int replica) {
        return directory(replica).resolve("log");
    }

    void printLogs(PrintStream out) {
        for (int i = 0; i < REPLICAS; i++) {
            out.println("--- replica " + i + (isRunning(i) ? ", running" : ", not running"));
            try {
                List<String> lines = Files.exists(log(i)) ? Files.readAllLines(log(i)) : List.of();
                lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size())
                        .forEach(out::println);
            } catch (IOException e) {
                out.println("its log cannot be read: " + e.getMessage());
            }
            status(i).ifPresent(status -> out.println("status: " + status));
        }
    }

    private void killProcesses() {
        processes.values().forEach(Process::destroyForcibly);
    }

    @Override
    public void close() {
        killProcesses();
        for (Process process : processes.values()) {
            process.onExit().orTimeout(STOP.toSeconds(), TimeUnit.SECONDS).join();
        }
        Runtime.getRuntime().removeShutdownHook(atExit);
        clients.values().forEach(Client::close);
        channels.forEach(ManagedChannel::shutdownNow);
    }
}
