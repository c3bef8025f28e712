package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.cli.HomeDirectory;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshPublicKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** With which key to sign: the one that is named, else one of the agent's, else one of ssh's usual files. */
final class KeyOption {
    private static final List<String> USUAL =
            List.of("id_ed25519", "id_ed25519_sk", "id_ecdsa", "id_ecdsa_sk", "id_rsa");
    private static final int AGENT_SECONDS = 10;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "Sign with this key: a private key's file, or a .pub file whose key the agent holds. Default:"
                    + " whichever registered key of yours ssh-agent holds, else ~/.ssh has.")
    private @Nullable Path file;

    /**
     * The key that is named, else the first at hand that belongs.
     *
     * @param whose for errors: whose key is looked for
     */
    SigningKey choose(Predicate<SshPublicKey> belongs, String whose) throws Failure {
        return find(belongs)
                .orElseThrow(() -> new Failure("none of the " + found().size()
                        + " keys in ssh-agent and ~/.ssh is registered as " + whose
                        + "; name the key with --key, or add it with ssh-add"));
    }

    /** The key that is named, else the first at hand that belongs; nothing if none does. */
    Optional<SigningKey> find(Predicate<SshPublicKey> belongs) throws Failure {
        if (file != null) {
            if (!Files.isRegularFile(file)) {
                throw new Failure(file + ": there is no such key; name the file of a private key with --key");
            }
            return Optional.of(new SigningKey.InFile(file));
        }
        return found().entrySet().stream()
                .filter(entry -> belongs.test(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** Every key at hand that could sign, the agent's first. */
    static Map<SshPublicKey, SigningKey> found() {
        Map<SshPublicKey, SigningKey> found = new LinkedHashMap<>();
        for (String line : agentLines()) {
            parse(line).ifPresent(key -> found.putIfAbsent(key, new SigningKey.InAgent(key)));
        }
        Path home = HomeDirectory.find().resolve(".ssh");
        for (String name : USUAL) {
            Path publicFile = home.resolve(name + ".pub");
            if (Files.isRegularFile(publicFile)) {
                firstLine(publicFile)
                        .flatMap(KeyOption::parse)
                        .ifPresent(key -> found.putIfAbsent(key, new SigningKey.InFile(home.resolve(name))));
            }
        }
        return found;
    }

    /** A key of a kind that is not accepted cannot be the one. */
    private static Optional<SshPublicKey> parse(String line) {
        try {
            return Optional.of(SshPublicKey.parseLine(line));
        } catch (SshException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> firstLine(Path file) {
        try (var lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            return lines.findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** What ssh-add lists; nothing where there is no agent, or no ssh-add. */
    private static List<String> agentLines() {
        try {
            Process process = new ProcessBuilder("ssh-add", "-L")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            List<String> lines = process.inputReader().lines().toList();
            return process.waitFor(AGENT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0 ? lines : List.of();
        } catch (IOException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}
