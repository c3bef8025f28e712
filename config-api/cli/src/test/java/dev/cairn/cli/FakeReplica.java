package dev.cairn.cli;

import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.AuthGrpc;
import dev.cairn.proto.etcdserverpb.AuthStatusRequest;
import dev.cairn.proto.etcdserverpb.AuthStatusResponse;
import dev.cairn.proto.v1.ReplicaGrpc;
import dev.cairn.proto.v1.ReplicaStatusRequest;
import dev.cairn.proto.v1.ReplicaStatusResponse;
import dev.cairn.server.config.ServerConfig;
import dev.cairn.server.config.StartupException;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine;

/** {@code cairn server} with a store that needs no peers. */
final class FakeReplica {
    private FakeReplica() {}

    public static void main(String[] args) {
        CommandLine server = Main.configured(new CommandLine(new ServerCommand(FakeReplica::serve)));
        System.exit(server.execute(Arrays.copyOfRange(args, 1, args.length)));
    }

    static ServerCommand.Running serve(ServerConfig config) throws StartupException {
        try {
            Server server = NettyServerBuilder.forAddress(config.clientListen().toSocketAddress())
                    .addService(new EchoStore())
                    .addService(new Status(config))
                    .addService(new NoPermissions())
                    .build()
                    .start();
            return new ServerCommand.Running(new CompletableFuture<>(), server::shutdownNow);
        } catch (IOException e) {
            throw new StartupException("port " + config.clientListen().port() + " is taken", e);
        }
    }

    private static final class NoPermissions extends AuthGrpc.AuthImplBase {
        @Override
        public void authStatus(AuthStatusRequest request, StreamObserver<AuthStatusResponse> observer) {
            observer.onNext(AuthStatusResponse.getDefaultInstance());
            observer.onCompleted();
        }
    }

    private static final class Status extends ReplicaGrpc.ReplicaImplBase {
        private final ServerConfig config;

        Status(ServerConfig config) {
            this.config = config;
        }

        @Override
        public void status(ReplicaStatusRequest request, StreamObserver<ReplicaStatusResponse> observer) {
            observer.onNext(ReplicaStatusResponse.newBuilder()
                    .setReplica(config.self().index())
                    .setChainId(ByteString.copyFrom(config.genesis().chainId().toArray()))
                    .build());
            observer.onCompleted();
        }
    }
}
