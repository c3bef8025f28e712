package dev.cairn.cli.changes;

import dev.cairn.ssh.Fingerprint;
import dev.cairn.ssh.SshPublicKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where ssh-keygen finds a key to sign with. */
sealed interface SigningKey {
    /** What to give ssh-keygen for it. */
    Path file(Path scratch) throws IOException;

    /** Its public key's; nothing where only signing shows it. */
    Optional<Fingerprint> fingerprint();

    /** A private key's file, or a public key's whose private one the agent has. */
    record InFile(Path path) implements SigningKey {
        @Override
        public Path file(Path scratch) {
            return path;
        }

        @Override
        public Optional<Fingerprint> fingerprint() {
            return SshKeygen.fingerprint(path);
        }
    }

    record InAgent(SshPublicKey key) implements SigningKey {
        @Override
        public Path file(Path scratch) throws IOException {
            return Files.writeString(scratch.resolve("key.pub"), key.line() + "\n", StandardCharsets.US_ASCII);
        }

        @Override
        public Optional<Fingerprint> fingerprint() {
            return Optional.of(key.fingerprint());
        }
    }
}
