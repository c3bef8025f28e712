package dev.cairn.cli;

import com.google.protobuf.ByteString;
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
        SERVER
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
            case SERVER -> rehearseServer();
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

    /** Four replicas in this process under load: Java keeps with the classes which methods are hot, and how. */
    private static void rehearseServer() throws Exception {
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
            callFromManyThreads(places.stream().map(NewCluster.Place::client).toList());
        } finally {
            for (AutoCloseable each : open.reversed()) {
                each.close();
            }
            deleteTree(directory);
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
