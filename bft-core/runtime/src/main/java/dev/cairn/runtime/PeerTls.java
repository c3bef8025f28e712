package dev.cairn.runtime;

import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.ReplicaId;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Mutual TLS 1.3 in which a replica is known by exactly one certificate, the one whose fingerprint the genesis document
 * names. No authority, name or date counts beside it. BoringSSL where its native library loads, else the JDK's.
 */
final class PeerTls {
    private final ReplicaId self;
    private final List<PeerAddress> peers;
    private final KeyMaterial keys;

    PeerTls(ReplicaId self, List<PeerAddress> peers, KeyMaterial keys) {
        this.self = self;
        this.peers = peers;
        this.keys = keys;
    }

    /** Lets in every other replica. */
    SslContext server() throws SSLException {
        Set<Digest> others = IntStream.range(0, peers.size())
                .filter(i -> i != self.index())
                .mapToObj(i -> peers.get(i).tlsFingerprint())
                .collect(Collectors.toUnmodifiableSet());
        SslContextBuilder builder = SslContextBuilder.forServer(new OwnKey(keys))
                .clientAuth(ClientAuth.REQUIRE)
                .trustManager(new Pinned(others))
                .protocols("TLSv1.3");
        return GrpcSslContexts.configure(builder, provider()).build();
    }

    /** Talks to this one replica. */
    SslContext client(ReplicaId peer) throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .keyManager(new OwnKey(keys))
                .trustManager(new Pinned(Set.of(peers.get(peer.index()).tlsFingerprint())))
                .protocols("TLSv1.3");
        return GrpcSslContexts.configure(builder, provider()).build();
    }

    private static SslProvider provider() {
        return OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    }

    /** Which replica is at the other end. */
    Optional<ReplicaId> identify(SSLSession session) {
        try {
            Certificate[] chain = session.getPeerCertificates();
            Digest fingerprint = Hashing.sha256(chain[0].getEncoded());
            return IntStream.range(0, peers.size())
                    .filter(i ->
                            i != self.index() && peers.get(i).tlsFingerprint().equals(fingerprint))
                    .mapToObj(ReplicaId::new)
                    .findFirst();
        } catch (SSLPeerUnverifiedException | CertificateEncodingException e) {
            return Optional.empty();
        }
    }

    /** The one key there is. (A key store in memory would cost tens of milliseconds of key derivation each time.) */
    private static final class OwnKey extends X509ExtendedKeyManager {
        private static final String ALIAS = "replica";

        private final KeyMaterial keys;

        OwnKey(KeyMaterial keys) {
            this.keys = keys;
        }

        private @Nullable String aliasFor(String keyType) {
            return keyType.startsWith("EC") ? ALIAS : null;
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
            return Arrays.stream(keyTypes).anyMatch(type -> aliasFor(type) != null) ? ALIAS : null;
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
            return aliasFor(keyType);
        }

        @Override
        public @Nullable String chooseClientAlias(String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
            return Arrays.stream(keyTypes).anyMatch(type -> aliasFor(type) != null) ? ALIAS : null;
        }

        @Override
        public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
            return aliasFor(keyType);
        }

        @Override
        public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {keys.tlsCertificate()};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return keys.tlsKey();
        }
    }

    /** Accepts the certificates with these fingerprints and no others. Possession of the key is TLS's own part. */
    private static final class Pinned extends X509ExtendedTrustManager {
        private final Set<Digest> fingerprints;

        Pinned(Set<Digest> fingerprints) {
            this.fingerprints = fingerprints;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            if (chain.length == 0 || !fingerprints.contains(Hashing.sha256(chain[0].getEncoded()))) {
                throw new CertificateException("not the certificate that the genesis document names");
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
