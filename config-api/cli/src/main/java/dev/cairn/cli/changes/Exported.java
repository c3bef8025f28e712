package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.guard.AllowedSigners;
import dev.cairn.kv.guard.Registry;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.SshPublicKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A directory for bare ssh-keygen: {@code allowed_signers}, for each change a directory of its text and signatures, and
 * {@code signatures} with what to check, one a line: text, signature, principal, namespace and verify-time.
 */
final class Exported {
    private final Path top;
    private final List<ToCheck> index = new ArrayList<>();

    /** One signature that was written down. */
    private record ToCheck(Path text, Path signature, PrincipalName name, ChangeRecord.Taken taken, SshPublicKey key) {}

    private Exported(Path top) {
        this.top = top;
    }

    static Exported into(Path directory) throws Failure {
        make(directory);
        return new Exported(directory);
    }

    void change(LogEntry entry) throws Failure {
        Path home = top.resolve(entry.record().revision() + "-" + entry.text().digest());
        make(home);
        ChangeFiles files = new ChangeFiles(home.resolve("change.txt"));
        ChangeFiles.write(files.text(), entry.text().text());
        for (int i = 0; i < entry.record().signatures().size(); i++) {
            ChangeRecord.Taken taken = entry.record().signatures().get(i);
            if (entry.judgement().signatures().get(i) instanceof Judgement.Signature.Counts counts) {
                write(entry, files, taken, counts);
            }
        }
    }

    private void write(LogEntry entry, ChangeFiles files, ChangeRecord.Taken taken, Judgement.Signature.Counts counts)
            throws Failure {
        PrincipalName name = counts.name();
        Path text = files.text();
        Path signature = files.signature();
        if (taken.purpose() == Purpose.APPROVE) {
            text = files.approval();
            signature = files.approvalBy(name);
            ChangeFiles.write(text, Judgement.signedText(entry.text(), Purpose.APPROVE));
        }
        ChangeFiles.write(signature, taken.signature());
        index.add(new ToCheck(top.relativize(text), top.relativize(signature), name, taken, counts.key()));
    }

    /**
     * Writes down what there is to check, and by which keys.
     *
     * @param registry as it is now: it knows all keys that ever counted, and until when
     */
    void close(Registry registry) throws Failure {
        ChangeFiles.write(top.resolve("allowed_signers"), Bytes.utf8(AllowedSigners.export(registry)));
        StringBuilder all = new StringBuilder();
        for (ToCheck each : index) {
            all.append(String.join(
                            " ",
                            each.text().toString(),
                            each.signature().toString(),
                            each.name().text(),
                            each.taken().purpose().namespace(),
                            AllowedSigners.sshTime(Math.min(each.taken().seconds(), lastSecond(registry, each.key())))))
                    .append('\n');
        }
        ChangeFiles.write(top.resolve("signatures"), Bytes.utf8(all.toString()));
    }

    /** At which the key counted. One that was revoked in the second of its last signature ends, for ssh-keygen, before it. */
    private static long lastSecond(Registry registry, SshPublicKey key) {
        Registry.Holding holding = registry.holderOf(key.blob())
                .orElseThrow(() -> new IllegalStateException("keys that counted stay in the registry"));
        return Math.min(
                        holding.principal().lifetime().endSeconds(),
                        holding.key().lifetime().endSeconds())
                - 1;
    }

    private static void make(Path directory) throws Failure {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new Failure(directory + ": cannot be made (" + e.getMessage() + ")", e);
        }
    }
}
