package dev.cairn.kv.change;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What an author proposes and others approve. It is executed as a whole or not at all, and once. It has one text, which is
 * what people sign.
 *
 * @param chain the cluster it is for
 * @param baseRevision the revision that the author looked at
 * @param validFromSeconds before that block time, in seconds since 1970, it is refused
 * @param expiresSeconds from that block time on it is refused; above {@code validFromSeconds}
 * @param reason for people, one line
 * @param preconditions at most one for each key; in the order of their keys, whatever the order given
 * @param operations at least one, no two of which touch the same key; in the order of their keys likewise
 */
public record Change(
        Digest chain,
        long baseRevision,
        long validFromSeconds,
        long expiresSeconds,
        PrincipalName author,
        String reason,
        List<Precondition> preconditions,
        List<ChangeOperation> operations)
        implements SignedText {

    /** What is wrong with the parts of a change. */
    private record Problem(ChangeRefusal reason, String message) {}

    public Change {
        preconditions = preconditions.stream()
                .sorted(Comparator.comparing(Precondition::key))
                .toList();
        operations = operations.stream()
                .sorted(Comparator.comparing(operation -> operation.span().from()))
                .toList();
        var _ = new Head(chain, baseRevision, validFromSeconds, expiresSeconds, author, reason);
        Optional<Problem> problem = problemOfKeys(preconditions, operations);
        if (problem.isPresent()) {
            throw new RefusedPartsException(
                    problem.get().reason(), problem.get().message());
        }
    }

    private static Optional<Problem> problemOfKeys(List<Precondition> preconditions, List<ChangeOperation> operations) {
        return problemOfCounts(preconditions, operations)
                .or(() -> problemOfPreconditions(preconditions))
                .or(() -> problemOfOperations(operations));
    }

    private static Optional<Problem> problemOfCounts(
            List<Precondition> preconditions, List<ChangeOperation> operations) {
        if (operations.isEmpty()) {
            return problem(ChangeRefusal.NOT_CANONICAL, "the change does nothing; add an operation");
        }
        if (Math.max(operations.size(), preconditions.size()) > ChangeLimits.MAX_LINES) {
            return problem(
                    ChangeRefusal.TOO_LARGE,
                    "a change has at most " + ChangeLimits.MAX_LINES
                            + " operations and as many preconditions; split it");
        }
        long all = 0;
        for (ChangeOperation operation : operations) {
            all += operation instanceof ChangeOperation.Put put ? put.valueBytes() : 0;
        }
        if (all > ChangeLimits.MAX_ALL_VALUES_BYTES) {
            return problem(
                    ChangeRefusal.TOO_LARGE,
                    "the values have " + all + " bytes together, more than " + ChangeLimits.MAX_ALL_VALUES_BYTES
                            + "; split the change");
        }
        return Optional.empty();
    }

    private static Optional<Problem> problemOfPreconditions(List<Precondition> sorted) {
        for (int i = 0; i < sorted.size(); i++) {
            Bytes key = sorted.get(i).key();
            if (!isKey(key)) {
                return noKey(key);
            }
            if (i > 0 && key.equals(sorted.get(i - 1).key())) {
                return twice(key);
            }
        }
        return Optional.empty();
    }

    private static Optional<Problem> problemOfOperations(List<ChangeOperation> sorted) {
        for (int i = 0; i < sorted.size(); i++) {
            ChangeOperation operation = sorted.get(i);
            Bytes key = operation.span().from();
            if (!isKey(key)) {
                return noKey(key);
            }
            if (operation instanceof ChangeOperation.DeleteRange range && !isKey(range.until())) {
                return noKey(range.until());
            }
            if (i == 0) {
                continue;
            }
            ChangeOperation before = sorted.get(i - 1);
            if (key.equals(before.span().from())) {
                return twice(key);
            }
            if (before.span().contains(key)) {
                return problem(
                        ChangeRefusal.OVERLAPPING,
                        "key " + Words.printKey(key) + " also lies in the range from "
                                + Words.printKey(before.span().from())
                                + " that is deleted; let each key be in one operation");
            }
        }
        return Optional.empty();
    }

    private static boolean isKey(Bytes key) {
        return !key.isEmpty() && key.size() <= ChangeLimits.MAX_KEY_BYTES;
    }

    private static Optional<Problem> noKey(Bytes key) {
        return problem(
                ChangeRefusal.TOO_LARGE,
                "a key has 1 to " + ChangeLimits.MAX_KEY_BYTES + " bytes, not " + key.size() + "; use another");
    }

    private static Optional<Problem> twice(Bytes key) {
        return problem(
                ChangeRefusal.KEY_LISTED_TWICE,
                "key " + Words.printKey(key) + " is listed twice; let each key be in one line of its kind");
    }

    private static Optional<Problem> problem(ChangeRefusal reason, String message) {
        return Optional.of(new Problem(reason, message));
    }

    /** The one text of this change. */
    @Override
    public Bytes text() {
        return Bytes.utf8(ChangeText.print(this));
    }

    /** Identifies the change: SHA-256 of its text. */
    @Override
    public Digest digest() {
        return Hashing.sha256(text().shared());
    }
}
