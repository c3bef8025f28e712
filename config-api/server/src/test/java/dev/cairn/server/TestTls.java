package dev.cairn.server;

import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.Parameters;
import dev.cairn.server.config.KeyFiles;
import dev.cairn.server.config.NewCluster;
import dev.cairn.server.net.PortTls;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Certificates of one authority: those that a new cluster's replicas have. {@code replica-i} is the name in the i-th. */
public record TestTls(Path directory) {
    public static TestTls create(Path directory) throws Exception {
        new NewCluster("tls", Instant.now(), Parameters.DEFAULT, NewCluster.local(4, 2379), Governance.OPEN)
                .create(directory);
        return new TestTls(directory);
    }

    public Path certificate(int i) {
        return NewCluster.replicaDirectory(directory, i).resolve(KeyFiles.TLS_CERTIFICATE);
    }

    public Path key(int i) {
        return NewCluster.replicaDirectory(directory, i).resolve(KeyFiles.TLS_KEY);
    }

    public Path authority() {
        return NewCluster.replicaDirectory(directory, 0).resolve(KeyFiles.TLS_AUTHORITY);
    }

    /** A server with certificate 0, in files of its own that may be replaced. */
    public PortTls.Pem server(boolean asksClients) throws IOException {
        PortTls.Pem pem = new PortTls.Pem(
                directory.resolve("server.crt"),
                directory.resolve("server.key"),
                asksClients ? Optional.of(authority()) : Optional.empty());
        Files.copy(certificate(0), pem.certificate());
        Files.copy(key(0), pem.key());
        return pem;
    }

    /** For a JDK's client that shows certificate {@code i}, or none, and believes any server of the authority. */
    public SSLContext client(Optional<Integer> i) throws Exception {
        KeyManager[] own = {};
        if (i.isPresent()) {
            KeyFiles files = KeyFiles.load(NewCluster.replicaDirectory(directory, i.get()));
            own = keyManagers(files.tlsKey(), files.tlsCertificate());
        }
        X509Certificate authority =
                KeyFiles.load(NewCluster.replicaDirectory(directory, 0)).tlsAuthority();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own, new TrustManager[] {new SignedBy(authority)}, null);
        return context;
    }

    private static KeyManager[] keyManagers(PrivateKey key, X509Certificate certificate) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", key, new char[0], new Certificate[] {certificate});
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    /** Does not look at names, which are none of this machine's. */
    private static final class SignedBy extends X509ExtendedTrustManager {
        private final X509Certificate authority;

        SignedBy(X509Certificate authority) {
            this.authority = authority;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            try {
                chain[0].verify(authority.getPublicKey());
            } catch (GeneralSecurityException e) {
                throw new CertificateException(e);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
