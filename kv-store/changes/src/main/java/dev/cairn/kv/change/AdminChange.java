package dev.cairn.kv.change;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A change of the governance, or a compaction. Otherwise as a {@link Change}: executed as a whole or not at all, and once, and
 * one text.
 *
 * @param baseRevision the revision that the author looked at; the governance must not have changed since
 * @param operations at least one, no two of which are about the same thing; in the order of their lines, whatever the order
 *     given
 */
public record AdminChange(
        Digest chain,
        long baseRevision,
        long validFromSeconds,
        long expiresSeconds,
        PrincipalName author,
        String reason,
        List<AdminOperation> operations)
        implements SignedText {

    public AdminChange {
        operations = operations.stream()
                .sorted(Comparator.comparing(operation -> Bytes.utf8(AdminText.print(operation))))
                .toList();
        var _ = new Head(chain, baseRevision, validFromSeconds, expiresSeconds, author, reason);
        if (operations.isEmpty()) {
            throw new RefusedPartsException(ChangeRefusal.NOT_CANONICAL, "the change does nothing; add an operation");
        }
        if (operations.size() > ChangeLimits.MAX_LINES) {
            throw new RefusedPartsException(
                    ChangeRefusal.TOO_LARGE,
                    "a change has at most " + ChangeLimits.MAX_LINES + " operations; split it");
        }
        Set<String> subjects = new TreeSet<>();
        for (AdminOperation operation : operations) {
            if (!subjects.add(operation.subject())) {
                throw new RefusedPartsException(
                        ChangeRefusal.OVERLAPPING,
                        "two operations are about " + operation.subject() + "; keep one of them");
            }
        }
    }

    /** Whether it does nothing but revoke: whatever else has changed since its author looked, that is meant as it stands. */
    public boolean onlyRevokes() {
        return operations.stream()
                .allMatch(operation -> operation instanceof AdminOperation.RevokePrincipal
                        || operation instanceof AdminOperation.RevokeKey);
    }

    @Override
    public Bytes text() {
        return AdminText.print(this);
    }

    @Override
    public Digest digest() {
        return Hashing.sha256(text().shared());
    }
}
