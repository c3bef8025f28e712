package dev.cairn.kv.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.KeyKind;
import dev.cairn.ssh.OpenSsh;
import dev.cairn.ssh.TestKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bare ssh-keygen accepts at each block time what the registry counts then. */
class AllowedSignersTest {
    private static final long FROM = 1_795_662_000;
    private static final long REVOKED = FROM + 1000;

    @TempDir
    Path directory = Path.of("");

    @Test
    void linesNameTimesAndNamespaces() throws Exception {
        assertThat(AllowedSigners.export(registry()))
                .isEqualTo("alice namespaces=\"change@cairn.dev,approve@cairn.dev,withdraw@cairn.dev,admin@cairn.dev\","
                        + "valid-after=\"20261126030000Z\",valid-before=\"20261126031639Z\" "
                        + TestKey.of(KeyKind.ED25519, 1).publicKey().line() + "\n");
    }

    private static Registry registry() throws Exception {
        Principal.HeldKey revoked = new Principal.HeldKey(
                TestKey.of(KeyKind.ED25519, 1).publicKey(),
                Lifetime.between(FROM, FROM + 5000).revokedAt(REVOKED));
        Principal.HeldKey never = new Principal.HeldKey(
                TestKey.of(KeyKind.ED25519, 2).publicKey(),
                Lifetime.between(FROM, FROM + 5000).revokedAt(FROM));
        return new Registry(List.of(new Principal(
                new PrincipalName("alice"),
                Principal.Kind.PERSON,
                new TreeSet<>(),
                List.of(revoked, never),
                Lifetime.between(0, 2 * FROM))));
    }

    @Test
    void sshKeygenAgreesAtEverySecondThatMatters() throws Exception {
        OpenSsh.require();
        Bytes text = Bytes.utf8("text\n");
        Files.writeString(directory.resolve("allowed"), AllowedSigners.export(registry()));
        Files.write(directory.resolve("text"), text.shared());
        for (Purpose purpose : Purpose.values()) {
            assertThat(verifies(purpose.namespace(), purpose.namespace(), text, FROM))
                    .isTrue();
            assertThat(verifies(purpose.namespace(), "file", text, FROM)).isFalse();
        }
        assertThat(verifies("file", "file", text, FROM)).isFalse();
        String namespace = Purpose.CHANGE.namespace();
        Principal alice = registry().principal(new PrincipalName("alice")).orElseThrow();
        for (long time : new long[] {FROM - 1, FROM, REVOKED - 1, REVOKED, FROM + 5000}) {
            boolean counts = alice.keys().getFirst().lifetime().at(time) == Lifetime.Standing.VALID;
            assertThat(verifies(namespace, namespace, text, time))
                    .as("at " + time)
                    .isEqualTo(counts);
        }
    }

    private boolean verifies(String signedFor, String expected, Bytes text, long seconds) throws Exception {
        Files.write(
                directory.resolve("text.sig"),
                TestKey.of(KeyKind.ED25519, 1).sign(signedFor, text).shared());
        return OpenSsh.run(
                                directory,
                                Map.of("TZ", "America/New_York"),
                                directory.resolve("text"),
                                "ssh-keygen",
                                "-Y",
                                "verify",
                                "-f",
                                "allowed",
                                "-I",
                                "alice",
                                "-n",
                                expected,
                                "-s",
                                "text.sig",
                                "-O",
                                "verify-time=" + AllowedSigners.sshTime(seconds))
                        .exitCode()
                == 0;
    }
}
