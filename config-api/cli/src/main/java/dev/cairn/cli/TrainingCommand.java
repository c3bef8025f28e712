package dev.cairn.cli;

import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.protocol.Parameters;
import dev.cairn.server.ReplicaServer;
import dev.cairn.server.config.HostPort;
import dev.cairn.server.config.NewCluster;
import dev.cairn.server.config.ServerConfig;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
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

    private static final int ROUNDS = 300;
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

    private static void rehearseServer() throws Exception {
        Path directory = Files.createTempDirectory("cairn-training-");
        try {
            HostPort client = new HostPort("127.0.0.1", freePort());
            Path cluster = directory.resolve("cluster");
            new NewCluster(
                            "training",
                            Instant.now(),
                            Parameters.DEFAULT,
                            List.of(new NewCluster.Place(client, client.withPort(freePort()))))
                    .create(cluster);
            Path config = NewCluster.replicaDirectory(cluster, 0).resolve(NewCluster.CONFIG);
            try (AutoCloseable _ = ReplicaServer.start(ServerConfig.load(config));
                    EtcdClient etcd = new EtcdClient(List.of(client), PATIENCE)) {
                for (int i = 0; i < ROUNDS; i++) {
                    ByteString key = ByteString.copyFromUtf8("key-" + i % 10);
                    etcd.put(PutRequest.newBuilder().setKey(key).setValue(key).build());
                    etcd.range(RangeRequest.newBuilder().setKey(key).build());
                }
            }
        } finally {
            deleteTree(directory);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
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
