package dev.cairn.cli.bench;

import dev.cairn.cli.UserOption;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which servers are measured, and how they are reached. */
final class TargetOptions {
    @Option(
            names = "--endpoints",
            split = ",",
            paramLabel = "HOST:PORT",
            converter = EndpointConverter.class,
            description = "Servers, separated by commas; https:// for TLS, a bare port means 127.0.0.1. Default:"
                    + " $CAIRN_ENDPOINTS, else 127.0.0.1:2379,2389,2399,2409.")
    private List<Endpoint> endpoints = new ArrayList<>();

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "HTTP/2 connections, dealt to the endpoints in turn. Default: one to each endpoint.")
    int connections;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = NanosConverter.class,
            description = "The longest an operation may take. Default: ${DEFAULT-VALUE}.")
    long timeoutNanos;

    @Option(
            names = "--dial-timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = NanosConverter.class,
            description = "How long to try to connect. Default: ${DEFAULT-VALUE}.")
    long dialTimeoutNanos;

    @Option(names = "--cacert", paramLabel = "FILE", description = "Trust servers that this certificate vouches for.")
    @Nullable
    Path caCertificate;

    @Option(names = "--cert", paramLabel = "FILE", description = "Certificate to show to servers; needs --key.")
    @Nullable
    Path certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "Private key of --cert.")
    @Nullable
    Path privateKey;

    @Mixin
    private UserOption user = new UserOption();

    List<Endpoint> endpoints() {
        if (endpoints.isEmpty()) {
            String named = System.getenv("CAIRN_ENDPOINTS");
            String all = named == null || named.isBlank() ? "2379,2389,2399,2409" : named;
            for (String one : all.split(",", -1)) {
                endpoints.add(Endpoint.parse(one.strip()));
            }
        }
        return List.copyOf(endpoints);
    }

    void check() {
        if ((certificate == null) != (privateKey == null)) {
            throw new IllegalArgumentException("--cert and --key go together");
        }
        if (connections < 0) {
            throw new IllegalArgumentException("--connections cannot be negative");
        }
        if (timeoutNanos == 0 || dialTimeoutNanos == 0) {
            throw new IllegalArgumentException("--timeout and --dial-timeout must be longer than nothing");
        }
    }

    Connections open() throws IOException, InterruptedException {
        return Connections.open(
                endpoints(),
                connections > 0 ? connections : endpoints().size(),
                new Connections.Credentials(InsecureChannelCredentials.create(), tls()),
                user.login(),
                dialTimeoutNanos);
    }

    private ChannelCredentials tls() throws IOException {
        TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder();
        if (caCertificate != null) {
            credentials.trustManager(caCertificate.toFile());
        }
        if (certificate != null && privateKey != null) {
            credentials.keyManager(certificate.toFile(), privateKey.toFile());
        }
        return credentials.build();
    }
}
