package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshPublicKey;
import java.nio.file.Path;

/** A public key as {@code ssh-keygen} keeps it. */
final class PublicKeyFile {
    private static final int MAX_BYTES = 16 << 10;

    private PublicKeyFile() {}

    static SshPublicKey read(Path file) throws Failure {
        try {
            return SshPublicKey.parseLine(
                    ChangeFiles.read(file, MAX_BYTES).toUtf8().strip());
        } catch (SshException e) {
            throw new Failure(file + ": " + e.getMessage() + "; name the .pub file of a key", e);
        }
    }
}
