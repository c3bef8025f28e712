package dev.cairn.cli;

import dev.cairn.server.config.ServerConfig;
import dev.cairn.server.config.StartupException;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.util.Arrays;
import picocli.CommandLine;

/** {@code cairn server} with a store that needs no peers. */
final class FakeReplica {
    private FakeReplica() {}

    public static void main(String[] args) {
        CommandLine server = Main.configured(new CommandLine(new ServerCommand(FakeReplica::serve)));
        System.exit(server.execute(Arrays.copyOfRange(args, 1, args.length)));
    }

    static AutoCloseable serve(ServerConfig config) throws StartupException {
        try {
            Server server = NettyServerBuilder.forAddress(config.clientListen().toSocketAddress())
                    .addService(new EchoStore())
                    .build()
                    .start();
            return server::shutdownNow;
        } catch (IOException e) {
            throw new StartupException("port " + config.clientListen().port() + " is taken", e);
        }
    }
}
