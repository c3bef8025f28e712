package dev.cairn.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cairn.protocol.model.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beside the installed OpenSSH: it writes the key, and signs the same bytes. */
class SshSigningKeyTest {
    private static final Bytes MESSAGE = Bytes.utf8("cairn-write-1\n");

    @TempDir
    private Path directory;

    private Path key(String... options) throws IOException, InterruptedException {
        Path file = directory.resolve("key");
        keygen(List.of(options), "-q", "-C", "web1", "-f", file.toString());
        return file;
    }

    private void keygen(List<String> options, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ssh-keygen"));
        command.addAll(options);
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(directory.resolve("output")))
                .isZero();
    }

    private static SshSigningKey read(Path file) throws IOException, SshException {
        return SshSigningKey.parse(Bytes.wrap(Files.readAllBytes(file)));
    }

    @Test
    void signsTheBytesThatSshKeygenSigns() throws Exception {
        Path file = key("-t", "ed25519", "-N", "");
        Path message = Files.write(directory.resolve("message"), MESSAGE.toArray());
        keygen(List.of("-Y", "sign", "-n", "write@cairn.dev"), "-f", file.toString(), message.toString());

        SshSigningKey key = read(file);

        assertThat(key.sign("write@cairn.dev", MESSAGE).toUtf8())
                .isEqualTo(Files.readString(directory.resolve("message.sig")));
        assertThat(Files.readString(directory.resolve("key.pub")))
                .isEqualTo(key.publicKey().line() + " web1\n");
    }

    @Test
    void refusesWhatNobodyCouldSignWith() throws Exception {
        refuses(key("-t", "ed25519", "-N", "secret"), "wants a passphrase");
        Files.delete(directory.resolve("key"));
        refuses(key("-t", "ecdsa", "-N", ""), "is of kind ecdsa-sha2-nistp256");
        Files.delete(directory.resolve("key"));
        key("-t", "ed25519", "-N", "");
        refuses(directory.resolve("key.pub"), "not the .pub beside it");
    }

    @Test
    void noErrorTellsTheSecret() throws Exception {
        byte[] content = Files.readAllBytes(key("-t", "ed25519", "-N", ""));
        String secret = new String(content, StandardCharsets.US_ASCII).substring(200, 260);
        for (int length = 0; length < content.length; length += 7) {
            Bytes cut = Bytes.wrap(Arrays.copyOf(content, length));
            SshException refusal = catchThrowableOfType(SshException.class, () -> SshSigningKey.parse(cut));
            assertThat(refusal.getMessage()).doesNotContain(secret);
        }
        assertThat(read(directory.resolve("key")).toString()).doesNotContain(secret);
    }

    private static void refuses(Path file, String because) {
        SshException refusal = catchThrowableOfType(SshException.class, () -> read(file));
        assertThat(refusal.getMessage()).contains(because);
    }
}
