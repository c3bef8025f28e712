package dev.cairn.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.protocol.model.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Real OpenSSH signs and Cairn verifies, and the other way round. */
class OpenSshTest {
    private static final String NAMESPACE = "change@cairn.dev";
    private static final Path NOTHING = Path.of("/dev/null");

    @TempDir
    Path directory = Path.of("");

    private final Bytes text = Bytes.utf8("cairn-change-1\nnot the whole of it\n");

    @BeforeEach
    void setUp() throws IOException {
        OpenSsh.require();
        Files.write(directory.resolve("text"), text.shared());
    }

    @ParameterizedTest
    @CsvSource({"ed25519, 256", "ecdsa, 256", "rsa, 3072", "rsa, 4096"})
    void whatSshKeygenSignsIsVerified(String type, String bits) throws Exception {
        SshPublicKey key = newKey(type, bits);
        OpenSsh.succeed(directory, "ssh-keygen", "-q", "-Y", "sign", "-f", "key", "-n", NAMESPACE, "text");
        assertSigned(key);
    }

    @ParameterizedTest
    @CsvSource({"ed25519, 256", "ecdsa, 256", "rsa, 3072"})
    void whatSshAgentSignsIsVerified(String type, String bits) throws Exception {
        SshPublicKey key = newKey(type, bits);
        Path socket = directory.resolve("agent");
        Process agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("agent.log").toFile())
                .start();
        try {
            Map<String, String> environment = Map.of("SSH_AUTH_SOCK", socket.toString());
            awaitAgent(agent, environment);
            OpenSsh.Result added = OpenSsh.run(directory, environment, NOTHING, "ssh-add", "-q", "key");
            assertThat(added.exitCode()).as(added.output()).isZero();
            Files.delete(directory.resolve("key"));
            OpenSsh.Result signed = OpenSsh.run(
                    directory,
                    environment,
                    NOTHING,
                    "ssh-keygen",
                    "-Y",
                    "sign",
                    "-f",
                    "key.pub",
                    "-n",
                    NAMESPACE,
                    "text");
            assertThat(signed.exitCode()).as(signed.output()).isZero();
            assertSigned(key);
        } finally {
            agent.destroy();
            agent.waitFor();
        }
    }

    /** The agent answers "no identities" with 1; 2 means that it cannot be reached yet. */
    private void awaitAgent(Process agent, Map<String, String> environment) throws Exception {
        while (OpenSsh.run(directory, environment, NOTHING, "ssh-add", "-l").exitCode() == 2) {
            assertThat(agent.isAlive())
                    .as(Files.readString(directory.resolve("agent.log")))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void sshKeygenVerifiesWhatTheTestsSign(KeyKind kind) throws Exception {
        TestKey key = TestKey.of(kind, 7);
        Files.writeString(
                directory.resolve("allowed"),
                "alice namespaces=\"" + NAMESPACE + "\" " + key.publicKey().line() + "\n");
        Files.write(directory.resolve("text.sig"), key.sign(NAMESPACE, text).shared());
        OpenSsh.Result result = OpenSsh.run(
                directory,
                Map.of(),
                directory.resolve("text"),
                "ssh-keygen",
                "-Y",
                "verify",
                "-f",
                "allowed",
                "-I",
                "alice",
                "-n",
                NAMESPACE,
                "-s",
                "text.sig");
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(result.output()).contains(key.publicKey().fingerprint().toString());
    }

    @ParameterizedTest
    @CsvSource({"rsa, 2048, WEAK_RSA_KEY", "ecdsa, 384, UNKNOWN_KEY_KIND"})
    void realKeysThatAreTooWeakOrOfAnotherKindAreRefused(String type, String bits, SshRefusal reason) {
        assertThatThrownBy(() -> newKey(type, bits))
                .isInstanceOfSatisfying(
                        SshException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(reason));
    }

    private SshPublicKey newKey(String type, String bits) throws Exception {
        OpenSsh.succeed(directory, "ssh-keygen", "-q", "-t", type, "-b", bits, "-N", "", "-f", "key");
        return SshPublicKey.parseLine(Files.readString(directory.resolve("key.pub")));
    }

    private void assertSigned(SshPublicKey key) throws Exception {
        SshSignature signature = SshSignature.parse(Bytes.wrap(Files.readAllBytes(directory.resolve("text.sig"))));
        assertThat(signature.keyBlob()).isEqualTo(key.blob());
        assertThat(signature.verify(key, NAMESPACE, text).key()).isEqualTo(key);
        assertThatThrownBy(() -> signature.verify(key, NAMESPACE, Bytes.utf8("other")))
                .isInstanceOf(SshException.class);
        assertThatThrownBy(() -> signature.verify(key, "approve@cairn.dev", text))
                .isInstanceOf(SshException.class);
    }
}
