package dev.cairn.server.config;

import dev.cairn.genesis.GenesisFile;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.ReplicaId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;

/**
 * One replica's own keys: the Ed25519 seed it votes with, and its TLS key with certificate. Each file was readable by
 * its owner only when it was loaded. Nothing here prints a secret.
 */
public final class KeyFiles {
    public static final String VOTE_KEY = "vote.key";
    public static final String TLS_KEY = "tls.key";
    public static final String TLS_CERTIFICATE = "tls.crt";
    public static final String TLS_AUTHORITY = "ca.crt";

    private static final int MAX_BYTES = 1 << 16;
    private static final String PEM_KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String PEM_KEY_END = "-----END PRIVATE KEY-----";
    private static final Set<PosixFilePermission> OTHERS =
            EnumSet.complementOf(EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));

    private final Path directory;
    private final Bytes voteSeed;
    private final PrivateKey tlsKey;
    private final X509Certificate tlsCertificate;
    private final X509Certificate tlsAuthority;

    private KeyFiles(
            Path directory,
            Bytes voteSeed,
            PrivateKey tlsKey,
            X509Certificate tlsCertificate,
            X509Certificate tlsAuthority) {
        this.directory = directory;
        this.voteSeed = voteSeed;
        this.tlsKey = tlsKey;
        this.tlsCertificate = tlsCertificate;
        this.tlsAuthority = tlsAuthority;
    }

    /** Reads the four files; the TLS key belongs to the certificate, and the authority has signed it. */
    public static KeyFiles load(Path directory) throws StartupException {
        Path voteFile = directory.resolve(VOTE_KEY);
        Path keyFile = directory.resolve(TLS_KEY);
        Path certificateFile = directory.resolve(TLS_CERTIFICATE);
        Path authorityFile = directory.resolve(TLS_AUTHORITY);
        Bytes seed = seed(voteFile, secret(voteFile));
        PrivateKey key = privateKey(keyFile, secret(keyFile));
        X509Certificate certificate = certificate(certificateFile);
        X509Certificate authority = certificate(authorityFile);
        if (!belongTogether(key, certificate)) {
            throw new StartupException(
                    keyFile + ": not the key of " + certificateFile + "; copy both from the same replica's directory");
        }
        try {
            certificate.verify(authority.getPublicKey());
        } catch (GeneralSecurityException e) {
            throw new StartupException(
                    certificateFile + ": not signed by " + authorityFile
                            + "; copy both from the same replica's directory",
                    e);
        }
        return new KeyFiles(directory, seed, key, certificate, authority);
    }

    /** Requires that these keys are the ones that {@code genesis} gives to {@code self}. */
    void requireOwnedBy(ReplicaId self, GenesisFile genesis) throws StartupException {
        GenesisFile.Member member = genesis.replicas().get(self.index());
        if (!votePublicKey().equals(member.voteKey())) {
            throw new StartupException(
                    directory.resolve(VOTE_KEY) + ": not the vote key that the genesis document gives" + " to replica "
                            + self.index() + "; " + advice(genesis));
        }
        if (!fingerprint(tlsCertificate).equals(member.tlsFingerprint())) {
            throw new StartupException(
                    directory.resolve(TLS_CERTIFICATE) + ": not the TLS certificate that the genesis document gives"
                            + " to replica " + self.index() + "; copy the one that `cairn init` wrote for it");
        }
    }

    private String advice(GenesisFile genesis) {
        Bytes mine = votePublicKey();
        for (int i = 0; i < genesis.replicas().size(); i++) {
            if (genesis.replicas().get(i).voteKey().equals(mine)) {
                return "it is replica " + i + "'s: give each host its own replica's directory";
            }
        }
        return "it is of no replica there: keys and genesis.json must come from the same `cairn init`";
    }

    /** The secret 32 bytes of the vote key. */
    public Bytes voteSeed() {
        return voteSeed;
    }

    public Bytes votePublicKey() {
        return Bytes.wrap(new Ed25519PrivateKeyParameters(voteSeed.shared(), 0)
                .generatePublicKey()
                .getEncoded());
    }

    public PrivateKey tlsKey() {
        return tlsKey;
    }

    public X509Certificate tlsCertificate() {
        return tlsCertificate;
    }

    /** The certificate that signed every replica's. */
    public X509Certificate tlsAuthority() {
        return tlsAuthority;
    }

    /** The PEM files themselves, for libraries that read them on their own. */
    public Path directory() {
        return directory;
    }

    /** SHA-256 of a certificate's DER bytes, as in the genesis document. */
    public static Digest fingerprint(X509Certificate certificate) {
        try {
            return Hashing.sha256(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate without an encoding", e);
        }
    }

    @Override
    public String toString() {
        return "KeyFiles(" + directory + ")";
    }

    private static byte[] secret(Path file) throws StartupException {
        byte[] bytes = read(file);
        try {
            Set<PosixFilePermission> mode = EnumSet.copyOf(OTHERS);
            mode.retainAll(Files.getPosixFilePermissions(file));
            if (!mode.isEmpty()) {
                throw new StartupException(file + ": others may read or change this secret; run: chmod 600 " + file);
            }
        } catch (UnsupportedOperationException e) {
            return bytes;
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        return bytes;
    }

    private static byte[] read(Path file) throws StartupException {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new StartupException(
                        file + ": far too large for a key file; copy the one that `cairn init` wrote");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new StartupException(
                    file + ": this key file is missing; copy the one that `cairn init` wrote for this replica", e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static StartupException unreadable(Path file, IOException e) {
        return new StartupException(
                file + ": cannot be read (" + e.getMessage() + "); check that the server's user owns it", e);
    }

    private static Bytes seed(Path file, byte[] content) throws StartupException {
        try {
            byte[] seed = HexFormat.of().parseHex(new String(content, StandardCharsets.US_ASCII).strip());
            if (seed.length == Ed25519PrivateKeyParameters.KEY_SIZE) {
                return Bytes.wrap(seed);
            }
        } catch (IllegalArgumentException e) {
            // said below, without the content
        }
        throw damaged(file, "64 hexadecimal digits");
    }

    private static PrivateKey privateKey(Path file, byte[] content) throws StartupException {
        String pem = new String(content, StandardCharsets.US_ASCII).strip();
        if (!pem.startsWith(PEM_KEY_BEGIN) || !pem.endsWith(PEM_KEY_END)) {
            throw damaged(file, "a PEM file with one PRIVATE KEY");
        }
        try {
            String body = pem.substring(PEM_KEY_BEGIN.length(), pem.length() - PEM_KEY_END.length());
            return KeyFactory.getInstance("EC")
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(body)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw damaged(file, "a PEM file with one ECDSA PRIVATE KEY");
        }
    }

    private static X509Certificate certificate(Path file) throws StartupException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(read(file)));
        } catch (CertificateException e) {
            throw damaged(file, "a PEM file with one CERTIFICATE");
        }
    }

    private static StartupException damaged(Path file, String wanted) {
        return new StartupException(
                file + ": damaged, for it is not " + wanted + "; copy the file that `cairn init` wrote again");
    }

    private static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
        byte[] probe = {1};
        try {
            Signature signer = Signature.getInstance("SHA256withECDSA");
            signer.initSign(key);
            signer.update(probe);
            byte[] signature = signer.sign();
            signer.initVerify(certificate);
            signer.update(probe);
            return signer.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
