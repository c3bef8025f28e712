package dev.cairn.client;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * TLS to replicas: for those that want it, and for secrecy of the line. What is verified is believed for its proof, not for
 * its line.
 *
 * @param authority PEM: signs the replicas' certificates; those that this system trusts if there is none
 * @param own the client's certificate and its key
 */
public record LineTls(Optional<Path> authority, Optional<Own> own) {
    /** PEM files, the key's in PKCS #8. */
    public record Own(Path certificate, Path key) {}

    /** Reads the files. The error names the one that cannot be used, in one line. */
    public SslContext context() throws IOException {
        // The JDK's, which is there; what BoringSSL saves is less than loading it costs.
        SslContextBuilder builder = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK);
        if (authority.isPresent()) {
            using(authority.get(), () -> builder.trustManager(authority.get().toFile()));
        }
        if (own.isPresent()) {
            Own files = own.get();
            using(
                    files.certificate(),
                    () -> builder.keyManager(
                            files.certificate().toFile(), files.key().toFile()));
        }
        return builder.build();
    }

    private static void using(Path file, Runnable step) throws IOException {
        try {
            step.run();
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": cannot be used for TLS (" + e.getMessage() + ")", e);
        }
    }
}
