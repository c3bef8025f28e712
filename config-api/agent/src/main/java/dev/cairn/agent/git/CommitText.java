package dev.cairn.agent.git;

import dev.cairn.client.repo.RepositoryName;
import java.nio.charset.StandardCharsets;
import org.eclipse.jgit.lib.ObjectId;

/**
 * The bytes of a commit. Nothing is in it but what every host can prove at any time: so no parent, and no revision before this
 * one, which a compaction may have taken away. Who approved is left to {@code cairn repo log}, which verifies the signatures.
 */
final class CommitText {
    private CommitText() {}

    static byte[] of(RepositoryName name, long revision, ObjectId tree, Authorship by) {
        String who = by.author() + " <" + by.author() + "@" + by.cluster() + "> " + by.seconds() + " +0000";
        StringBuilder text = new StringBuilder()
                .append("tree ")
                .append(tree.name())
                .append("\nauthor ")
                .append(who)
                .append("\ncommitter ")
                .append(who)
                .append("\n\n")
                .append(by.reason())
                .append("\n\nRepository: ")
                .append(name)
                .append("\nRevision: ")
                .append(revision)
                .append('\n');
        by.change()
                .ifPresent(
                        change -> text.append("Change: ").append(change.toHex()).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
