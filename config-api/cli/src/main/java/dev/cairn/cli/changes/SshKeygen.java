package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.kv.change.Purpose;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.Fingerprint;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshPublicKey;
import dev.cairn.ssh.SshSignature;
import dev.cairn.ssh.VerifiedSignature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Signs by running the user's own ssh-keygen: files, agents and hardware keys work as they do everywhere, and no key is
 * read here. What it wrote counts only once it has been verified on the bytes that were to be signed.
 */
final class SshKeygen {
    private static final String PROGRAM = "ssh-keygen";

    private SshKeygen() {}

    /** @param armoured the file's content */
    record Signed(Bytes armoured, VerifiedSignature signature) {}

    /** Asks on the terminal for whatever it needs: a passphrase, a touch. */
    static Signed sign(SigningKey key, Purpose purpose, Bytes text) throws Failure {
        try {
            // A file, because ssh-keygen asks for no passphrase where the text is its standard input.
            Path scratch = Files.createTempDirectory("cairn-sign");
            try {
                return sign(scratch, key, purpose, text);
            } finally {
                remove(scratch);
            }
        } catch (IOException e) {
            throw new Failure("the text to sign cannot be put into a file of its own: " + e.getMessage(), e);
        }
    }

    private static Signed sign(Path scratch, SigningKey key, Purpose purpose, Bytes text) throws Failure, IOException {
        Path message = Files.write(scratch.resolve("text"), text.shared());
        run(List.of(
                PROGRAM,
                "-q",
                "-Y",
                "sign",
                "-f",
                key.file(scratch).toString(),
                "-n",
                purpose.namespace(),
                message.toString()));
        Bytes armoured = ChangeFiles.read(scratch.resolve("text.sig"), SshSignature.MAX_ARMOURED_BYTES);
        try {
            return new Signed(armoured, verify(armoured, purpose.namespace(), text));
        } catch (SshException e) {
            throw new Failure(PROGRAM + " wrote a signature that does not hold: " + e.getMessage(), e);
        }
    }

    /** By the key that the signature itself names; whose that is, others must know. */
    static VerifiedSignature verify(Bytes armoured, String namespace, Bytes text) throws SshException {
        SshSignature signature = SshSignature.parse(armoured);
        return signature.verify(SshPublicKey.parse(signature.keyBlob()), namespace, text);
    }

    /** Of a key's file, public or private, without its passphrase; nothing where ssh-keygen cannot tell. */
    static Optional<Fingerprint> fingerprint(Path key) {
        try {
            Process process = new ProcessBuilder(PROGRAM, "-l", "-E", "sha256", "-f", key.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            String told = process.inputReader().lines().findFirst().orElse("");
            String[] words = told.split(" ", 3);
            return words.length < 2 ? Optional.empty() : Fingerprint.parse(words[1]);
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private static void run(List<String> command) throws Failure {
        int exitCode;
        try {
            exitCode = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new Failure(
                    "there is no " + PROGRAM + " to sign with; install OpenSSH 8.2 or later and have it on the PATH",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted before it was signed", e);
        }
        if (exitCode != 0) {
            throw new Failure(PROGRAM + " did not sign (exit code " + exitCode + "); what it said stands above");
        }
    }

    private static void remove(Path scratch) throws IOException {
        try (var files = Files.list(scratch)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(scratch);
    }
}
