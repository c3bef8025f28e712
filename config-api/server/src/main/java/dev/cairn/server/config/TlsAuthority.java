package dev.cairn.server.config;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Signs the TLS certificates of one new cluster. Its key lives only as long as this object: nobody can issue a further
 * certificate afterwards, and there is no such secret to guard. What admits a replica is the fingerprint in the genesis
 * document, which is why certificates carry no end of validity (RFC 5280's 9999-12-31).
 */
final class TlsAuthority {
    private static final Instant NO_END = Instant.parse("9999-12-31T23:59:59Z");
    private static final Duration CLOCK_SKEW = Duration.ofDays(1);
    private static final String ALGORITHM = "SHA256withECDSA";
    private static final int SERIAL_BITS = 127;

    record Issued(PrivateKey key, X509Certificate certificate) {
        String keyPem() {
            return pem("PRIVATE KEY", key.getEncoded());
        }

        String certificatePem() {
            return TlsAuthority.certificatePem(certificate);
        }

        @Override
        public String toString() {
            return "Issued(" + certificate.getSubjectX500Principal() + ")";
        }
    }

    private final X500Name name;
    private final Instant notBefore;
    private final SecureRandom random;
    private final KeyPair keys;
    private final X509Certificate certificate;

    private TlsAuthority(String cluster, Instant created, SecureRandom random) throws IOException {
        this.name = new X500Name("CN=Cairn cluster " + cluster);
        this.notBefore = created.minus(CLOCK_SKEW);
        this.random = random;
        this.keys = newKeys(random);
        X509v3CertificateBuilder builder = builder(name, keys)
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
        this.certificate = sign(builder, keys.getPrivate());
    }

    static TlsAuthority create(String cluster, Instant created, SecureRandom random) throws IOException {
        return new TlsAuthority(cluster, created, random);
    }

    /** A fresh P-256 key and its certificate for {@code dnsName}, for both ends of a connection. */
    Issued issue(String dnsName) throws IOException {
        return issue(dnsName, List.of(new GeneralName(GeneralName.dNSName, dnsName)));
    }

    /** As {@link #issue(String)}, for what clients dial: {@code host}, or this machine's own name for itself. */
    Issued issueFor(String name, String host) throws IOException {
        boolean address = NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
        return issue(
                name,
                List.of(
                        new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host),
                        new GeneralName(GeneralName.dNSName, "localhost"),
                        new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
    }

    private Issued issue(String name, List<GeneralName> subjects) throws IOException {
        KeyPair own = newKeys(random);
        X509v3CertificateBuilder builder = builder(new X500Name("CN=" + name), own)
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                    KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                }))
                .addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(subjects.toArray(GeneralName[]::new)));
        return new Issued(own.getPrivate(), sign(builder, keys.getPrivate()));
    }

    String certificatePem() {
        return certificatePem(certificate);
    }

    private X509v3CertificateBuilder builder(X500Name subject, KeyPair subjectKeys) {
        return new JcaX509v3CertificateBuilder(
                name,
                new BigInteger(SERIAL_BITS, random).setBit(0),
                Date.from(notBefore),
                Date.from(NO_END),
                subject,
                subjectKeys.getPublic());
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key) throws IOException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(ALGORITHM).build(key)));
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot make ECDSA certificates", e);
        }
    }

    private static KeyPair newKeys(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no P-256 keys", e);
        }
    }

    private static String certificatePem(X509Certificate certificate) {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate just made has no encoding", e);
        }
    }

    private static String pem(String what, byte[] der) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n";
    }
}
