package dev.cairn.kv.change;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The values of a change, which travel beside its text: exactly those that it names, by key. */
public final class ChangeValues {
    private final SortedMap<Bytes, Bytes> byKey;

    private ChangeValues(SortedMap<Bytes, Bytes> byKey) {
        this.byKey = byKey;
    }

    /** Binds the values to the change; each must have the length and the hash that the text says. */
    public static ChangeValues bind(Change change, Map<Bytes, Bytes> values) throws ChangeException {
        SortedMap<Bytes, Bytes> bound = new TreeMap<>();
        for (ChangeOperation operation : change.operations()) {
            if (operation instanceof ChangeOperation.Put put) {
                bound.put(put.key(), valueOf(put, values));
            }
        }
        for (Bytes key : new TreeMap<>(values).keySet()) {
            if (!bound.containsKey(key)) {
                throw new ChangeException(
                        ChangeRefusal.SURPLUS_VALUE,
                        "the change puts no key " + Words.printKey(key) + "; leave its value out");
            }
        }
        return new ChangeValues(bound);
    }

    private static Bytes valueOf(ChangeOperation.Put put, Map<Bytes, Bytes> values) throws ChangeException {
        Bytes value = values.get(put.key());
        if (value == null) {
            throw new ChangeException(
                    ChangeRefusal.MISSING_VALUE,
                    "the value of key " + Words.printKey(put.key()) + " is missing; send it with the change");
        }
        requireSame(put, value);
        return value;
    }

    /** Refuses a value that is not the one which the put names by length and hash. */
    public static void requireSame(ChangeOperation.Put put, Bytes value) throws ChangeException {
        Digest digest = Hashing.sha256(value.shared());
        if (value.size() != put.valueBytes() || !digest.equals(put.valueDigest())) {
            throw new ChangeException(
                    ChangeRefusal.WRONG_VALUE,
                    "the value of key " + Words.printKey(put.key()) + " has " + value.size() + " bytes and SHA-256 "
                            + digest.toHex() + ", not those signed; send the one that was drafted");
        }
    }

    /** In the order of the keys. */
    public SortedMap<Bytes, Bytes> byKey() {
        return Collections.unmodifiableSortedMap(byKey);
    }
}
