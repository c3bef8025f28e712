package dev.cairn.kv;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.ChangeRefusal;
import dev.cairn.kv.change.ChangeValues;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.Bytes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The texts in operations and records, read. */
final class LedgerTexts {
    private LedgerTexts() {}

    /** That of a record: it was read before it was kept. */
    static SignedText change(ChangeRecord record) {
        try {
            return SignedText.parse(record.text());
        } catch (ChangeException e) {
            throw new IllegalStateException("the ledger holds a text that is no change", e);
        }
    }

    /** The values of its puts, in their order, which must be the very ones that the text names. */
    static List<Bytes> values(SignedText text, Operation.SubmitChange submit) throws ChangeException {
        return switch (text) {
            case Change change -> values(change, submit);
            case AdminChange _ -> {
                if (!submit.values().isEmpty()) {
                    throw new ChangeException(
                            ChangeRefusal.SURPLUS_VALUE, "a change of the governance has no values; leave them out");
                }
                yield List.of();
            }
        };
    }

    private static List<Bytes> values(Change change, Operation.SubmitChange submit) throws ChangeException {
        List<Bytes> keys = change.operations().stream()
                .filter(ChangeOperation.Put.class::isInstance)
                .map(put -> ((ChangeOperation.Put) put).key())
                .toList();
        Map<Bytes, Bytes> byKey = new TreeMap<>();
        for (int i = 0; i < Math.min(keys.size(), submit.values().size()); i++) {
            byKey.put(keys.get(i), submit.values().get(i));
        }
        if (submit.values().size() > keys.size()) {
            byKey.put(Bytes.EMPTY, Bytes.EMPTY); // refused as a value of no key
        }
        return List.copyOf(ChangeValues.bind(change, byKey).byKey().values());
    }

    /** How many values it has. */
    static int puts(SignedText text) {
        return switch (text) {
            case Change change ->
                (int) change.operations().stream()
                        .filter(ChangeOperation.Put.class::isInstance)
                        .count();
            case AdminChange _ -> 0;
        };
    }

    static long sizeBytes(Operation.SubmitChange submit) {
        return submit.text().size()
                + submit.values().stream().mapToLong(Bytes::size).sum();
    }

    /** By its first line it is an approval or a withdrawal. */
    static Endorsement endorsement(Bytes text) throws ChangeException {
        boolean isWithdrawal = text.startsWith(Bytes.utf8("cairn-withdraw-"));
        return Endorsement.parse(isWithdrawal ? Endorsement.Kind.WITHDRAWAL : Endorsement.Kind.APPROVAL, text);
    }
}
