package dev.cairn.server.net;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** TLS towards clients, from files that may be replaced while they are used. BoringSSL where it loads, else the JDK's. */
public final class PortTls {
    private static final Logger LOG = System.getLogger(PortTls.class.getName());

    /**
     * PEM files.
     *
     * @param certificate this replica's certificate, then those that signed it
     * @param key that certificate's
     * @param authority signs the certificates of those who may connect; if there is none, no client is asked for one
     */
    public record Pem(Path certificate, Path key, Optional<Path> authority) {
        private List<Path> all() {
            List<Path> files = new ArrayList<>(List.of(certificate, key));
            authority.ifPresent(files::add);
            return files;
        }
    }

    private final Pem pem;
    private volatile SslContext context;
    private List<FileTime> written;

    /** Reads the files. An {@link IOException} says in one line which of them is not what it should be. */
    public PortTls(Pem pem) throws IOException {
        this.pem = pem;
        this.written = written();
        this.context = context();
    }

    /**
     * Reads the files again if one was replaced; connections from now on meet what stands in them. If they do not fit
     * together, as while the second of two is still to come, what was used before stays in use. Blocks.
     */
    public synchronized void refresh() {
        try {
            List<FileTime> now = written();
            if (!now.equals(written)) {
                context = context();
                written = now;
                LOG.log(Level.INFO, "clients meet the certificate that is now in {0}", pem.certificate());
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "{0}; the certificate that was read before stays in use", e.getMessage());
        }
    }

    private List<FileTime> written() throws IOException {
        List<FileTime> times = new ArrayList<>();
        for (Path file : pem.all()) {
            if (!Files.isReadable(file)) {
                throw new IOException(file + ": is missing or cannot be read");
            }
            times.add(Files.getLastModifiedTime(file));
        }
        return times;
    }

    private SslContext context() throws IOException {
        PrivateKey key = PemFiles.key(pem.key());
        List<X509Certificate> chain = PemFiles.certificates(pem.certificate());
        if (!PemFiles.belongTogether(key, chain.getFirst())) {
            throw new IOException(pem.key() + ": not the key of the first certificate in " + pem.certificate());
        }
        SslContextBuilder builder = SslContextBuilder.forServer(key, chain)
                .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                .protocols("TLSv1.2", "TLSv1.3")
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_2,
                        ApplicationProtocolNames.HTTP_1_1));
        if (pem.authority().isPresent()) {
            builder.clientAuth(ClientAuth.REQUIRE)
                    .trustManager(PemFiles.certificates(pem.authority().get()));
        }
        try {
            return builder.build();
        } catch (IOException e) {
            throw new IOException(pem.certificate() + ": cannot be used for TLS (" + e.getMessage() + ")", e);
        }
    }

    SslHandler handler(Channel connection) {
        return context.newHandler(connection.alloc());
    }
}
