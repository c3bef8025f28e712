package dev.cairn.kv.governed;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.KeyKind;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshPublicKey;
import dev.cairn.ssh.TestKey;
import java.util.List;
import java.util.stream.IntStream;

/** A few keys, made once, of two kinds in turn. */
public final class KeyRing {
    public static final int SIZE = 12;

    private static final List<TestKey> KEYS = IntStream.range(0, SIZE)
            .mapToObj(i -> TestKey.of(i % 2 == 0 ? KeyKind.ED25519 : KeyKind.SK_ED25519, 100 + i))
            .toList();

    private static final List<SshPublicKey> PUBLIC_KEYS =
            KEYS.stream().map(KeyRing::open).toList();

    private KeyRing() {}

    private static SshPublicKey open(TestKey key) {
        try {
            return key.publicKey();
        } catch (SshException e) {
            throw new IllegalStateException(e);
        }
    }

    public static TestKey key(int number) {
        return KEYS.get(number);
    }

    public static SshPublicKey publicKey(int number) {
        return PUBLIC_KEYS.get(number);
    }

    /** The one with this spelling. */
    public static SshPublicKey publicKey(Bytes blob) {
        return PUBLIC_KEYS.stream()
                .filter(key -> key.blob().equals(blob))
                .findFirst()
                .orElseThrow();
    }

    public static int number(SshPublicKey key) {
        return PUBLIC_KEYS.indexOf(key);
    }
}
