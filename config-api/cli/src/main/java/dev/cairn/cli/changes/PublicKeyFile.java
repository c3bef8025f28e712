package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshPublicKey;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** A public key as {@code ssh-keygen} keeps it. */
final class PublicKeyFile {
    private static final int MAX_BYTES = 16 << 10;
    private static final Pattern PRIVATE = Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----");

    private PublicKeyFile() {}

    static SshPublicKey read(Path file) throws Failure {
        String text = ChangeFiles.read(file, MAX_BYTES).toUtf8().strip();
        if (PRIVATE.matcher(text).lookingAt()) {
            throw new Failure(file + ": this is a private key; name the .pub file");
        }
        try {
            return SshPublicKey.parseLine(text);
        } catch (SshException e) {
            throw new Failure(file + ": " + e.getMessage() + "; name the .pub file of a key", e);
        }
    }
}
