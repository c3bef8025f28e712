package dev.cairn.cli;

import com.google.protobuf.ByteString;
import dev.cairn.agent.Agent;
import dev.cairn.agent.AgentConfig;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.guard.Governance;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.protocol.Parameters;
import dev.cairn.server.ReplicaServer;
import dev.cairn.server.config.NewCluster;
import dev.cairn.server.config.ServerConfig;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** Does once what a program usually does, while Java records what to keep in its start-up cache. */
@Command(name = TrainingCommand.NAME, hidden = true, description = "Rehearse for the start-up cache.")
final class TrainingCommand implements Callable<Integer> {
    static final String NAME = "training";

    enum Part {
        CLI,
        SERVER,
        AGENT
    }

    private static final int REPLICAS = 4;
    private static final int CALLERS = 32;
    private static final Duration LOAD = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @picocli.CommandLine.Parameters(index = "0", description = "What to rehearse.")
    private Part part = Part.CLI;

    @Override
    public Integer call() throws Exception {
        switch (part) {
            case CLI -> rehearseCli();
            case SERVER -> withReplicas((_, clients) -> callFromManyThreads(clients));
            case AGENT -> withReplicas(TrainingCommand::askAnAgent);
        }
        return 0;
    }

    private static void rehearseCli() throws IOException {
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new EchoStore())
                .build()
                .start();
        try {
            String endpoint = "--endpoints=127.0.0.1:" + server.getPort();
            for (List<String> line : List.of(
                    List.of("put", "a", "b", endpoint),
                    List.of("get", "a", endpoint),
                    List.of("get", "a", "--prefix", "--json", endpoint),
                    List.of("status", endpoint))) {
                String[] arguments = line.toArray(String[]::new);
                Main.commandLine(arguments).execute(arguments);
            }
        } finally {
            server.shutdownNow();
        }
    }

    private interface Rehearsal {
        /** What is done with the cluster of which this is the directory, and these are the addresses. */
        void run(Path cluster, List<HostPort> clients) throws Exception;
    }

    /** Four replicas in this process: Java keeps with the classes which methods are hot, and how. */
    private static void withReplicas(Rehearsal rehearsal) throws Exception {
        Path directory = Files.createTempDirectory("cairn-training-");
        List<AutoCloseable> open = new ArrayList<>();
        try {
            List<NewCluster.Place> places = NewCluster.local(REPLICAS, Ports.freeBase(REPLICAS));
            Path cluster = directory.resolve("cluster");
            new NewCluster("training", Instant.now(), Parameters.DEFAULT, places, Governance.OPEN).create(cluster);
            for (int i = 0; i < REPLICAS; i++) {
                Path config = NewCluster.replicaDirectory(cluster, i).resolve(NewCluster.CONFIG);
                open.add(ReplicaServer.start(ServerConfig.load(config)));
            }
            rehearsal.run(cluster, places.stream().map(NewCluster.Place::client).toList());
        } finally {
            for (AutoCloseable each : open.reversed()) {
                each.close();
            }
            deleteTree(directory);
        }
    }

    /** An agent with a copy, asked until the copy answers, and for a repository. */
    private static void askAnAgent(Path cluster, List<HostPort> clients) throws Exception {
        Path config = cluster.resolve("agent.conf");
        Files.writeString(
                config,
                "chain-id = "
                        + GenesisFile.read(cluster.resolve(NewCluster.GENESIS))
                                .chainId()
                                .toHex()
                        + "\ncache = key\n");
        AgentConfig settings = AgentConfig.load(config);
        try (Agent _ = Agent.start(settings);
                EtcdClient etcd = new EtcdClient(clients, PATIENCE)) {
            etcd.put(PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("key"))
                    .setValue(ByteString.copyFromUtf8("value"))
                    .build());
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!LocalPage.get(settings.socket(), "/v1/get?key=key&max-stale=1h")
                    .body()
                    .contains("\"copy\"")) {
                if (System.nanoTime() > end) {
                    throw new Failure("the agent has no copy in time");
                }
            }
            for (String page : List.of("/v1/get?key=key", "/v1/list?prefix=", "/v1/status", "/metrics", "/health")) {
                LocalPage.get(settings.socket(), page);
            }
            etcd.put(PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("/repos/training/roles/file"))
                    .setValue(ByteString.copyFromUtf8("content"))
                    .build());
            TrainingFetch.run(settings.socket(), "training");
        }
    }

    private static void callFromManyThreads(List<HostPort> endpoints) throws Exception {
        long end = System.nanoTime() + LOAD.toNanos();
        try (ExecutorService threads = Executors.newFixedThreadPool(CALLERS)) {
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                int caller = i;
                calls.add(threads.submit(() -> {
                    callUntil(end, endpoints.get(caller % endpoints.size()), caller);
                    return null;
                }));
            }
            for (Future<?> call : calls) {
                call.get();
            }
        }
    }

    private static void callUntil(long end, HostPort endpoint, int caller) throws Failure {
        ByteString value = ByteString.copyFrom(new byte[256]);
        try (EtcdClient etcd = new EtcdClient(List.of(endpoint), PATIENCE)) {
            for (int i = 0; System.nanoTime() < end; i++) {
                ByteString key = ByteString.copyFromUtf8("key-" + caller + "-" + i % 500);
                if (i % 4 == 3) {
                    etcd.range(RangeRequest.newBuilder().setKey(key).build());
                } else {
                    etcd.put(PutRequest.newBuilder().setKey(key).setValue(value).build());
                }
            }
        }
    }

    private static void deleteTree(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
