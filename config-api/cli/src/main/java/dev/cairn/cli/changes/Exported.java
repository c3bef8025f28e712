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
    private final Registry registry;
    private final List<String> index = new ArrayList<>();

    private Exported(Path top, Registry registry) {
        this.top = top;
        this.registry = registry;
    }

    /** @param registry as it is now: it knows all keys that ever counted, and until when */
    static Exported into(Path directory, Registry registry) throws Failure {
        make(directory);
        ChangeFiles.write(directory.resolve("allowed_signers"), Bytes.utf8(AllowedSigners.export(registry)));
        return new Exported(directory, registry);
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
        index.add(String.join(
                " ",
                top.relativize(text).toString(),
                top.relativize(signature).toString(),
                name.text(),
                taken.purpose().namespace(),
                AllowedSigners.sshTime(Math.min(taken.seconds(), lastSecond(counts.key())))));
    }

    /** At which the key counted. One that was revoked in the second of its last signature ends, for ssh-keygen, before it. */
    private long lastSecond(SshPublicKey key) {
        Registry.Holding holding = registry.holderOf(key.blob())
                .orElseThrow(() -> new IllegalStateException("keys that counted stay in the registry"));
        return Math.min(
                        holding.principal().lifetime().endSeconds(),
                        holding.key().lifetime().endSeconds())
                - 1;
    }

    /** Writes down what there is to check. */
    void close() throws Failure {
        String all = index.isEmpty() ? "" : String.join("\n", index) + "\n";
        ChangeFiles.write(top.resolve("signatures"), Bytes.utf8(all));
    }

    private static void make(Path directory) throws Failure {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new Failure(directory + ": cannot be made (" + e.getMessage() + ")", e);
        }
    }
}
