package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.Precondition;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Guard;
import dev.cairn.kv.guard.Ruling;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A change and its values.
 *
 * @param valuesByDigest by the SHA-256 of each, in hexadecimal digits
 */
public record Draft(Change change, Map<String, Bytes> valuesByDigest) {
    public Draft {
        valuesByDigest = Map.copyOf(valuesByDigest);
    }

    /** What all drafts of a chain at a revision have in common. */
    record Head(Digest chain, long baseRevision, PrincipalName author, String reason) {}

    static Draft of(
            Head head,
            ValidityOptions.Validity validity,
            List<Precondition> preconditions,
            List<? extends Intent> intents)
            throws Failure {
        Map<String, Bytes> values = new HashMap<>();
        for (Intent intent : intents) {
            if (intent instanceof Intent.Put(Bytes _, Bytes value)) {
                values.put(Hashing.sha256(value.shared()).toHex(), value);
            }
        }
        try {
            List<ChangeOperation> operations =
                    intents.stream().map(Intent::operation).toList();
            return new Draft(
                    new Change(
                            head.chain(),
                            head.baseRevision(),
                            validity.fromSeconds(),
                            validity.untilSeconds(),
                            head.author(),
                            head.reason(),
                            preconditions,
                            operations),
                    values);
        } catch (IllegalArgumentException e) {
            throw new Failure(String.valueOf(e.getMessage()), e);
        }
    }

    /** How long a change of these keys may be valid, as the guards that decide on them say; nothing if none does. */
    static OptionalLong longestValiditySeconds(Collection<? extends Intent> intents, Governance governance) {
        return intents.stream()
                .flatMap(
                        intent -> governance.guards().rulings(intent.operation().span()).stream())
                .filter(Ruling.Guarded.class::isInstance)
                .map(Ruling.Guarded.class::cast)
                .map(Ruling.Guarded::guard)
                .mapToLong(Guard::maxValiditySeconds)
                .min();
    }
}
