package dev.cairn.ssh;

import java.util.Arrays;
import java.util.Optional;

/** The kinds of key that sign changes. */
public enum KeyKind {
    ED25519("ssh-ed25519", "ssh-ed25519"),
    SK_ED25519("sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519@openssh.com"),
    ECDSA_P256("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"),
    SK_ECDSA_P256("sk-ecdsa-sha2-nistp256@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"),
    RSA("ssh-rsa", "rsa-sha2-512");

    private final String keyName;
    private final String signatureName;

    KeyKind(String keyName, String signatureName) {
        this.keyName = keyName;
        this.signatureName = signatureName;
    }

    /** OpenSSH's name of such a key, the first word of its line. */
    public String keyName() {
        return keyName;
    }

    /** OpenSSH's name of the one signature algorithm that is accepted from such a key. */
    public String signatureName() {
        return signatureName;
    }

    /** Whether the secret is in a device that asks for a touch. */
    public boolean isHardware() {
        return this == SK_ED25519 || this == SK_ECDSA_P256;
    }

    public static Optional<KeyKind> named(String keyName) {
        return Arrays.stream(values())
                .filter(kind -> kind.keyName.equals(keyName))
                .findFirst();
    }
}
