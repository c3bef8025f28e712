package dev.cairn.kv.model;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.List;

/** What a client may ask of the store; fields as in etcd's requests. */
public sealed interface Operation
        permits Operation.Put,
                Operation.DeleteRange,
                Operation.Range,
                Operation.Txn,
                Operation.Compact,
                Operation.OpenSession,
                Operation.SubmitChange,
                Operation.StageValues,
                Operation.EndorseChange,
                Operation.SignedWrite,
                Operation.Unique,
                Operation.OnBehalf,
                LeaseOperation,
                UpkeepOperation,
                AuthOperation {

    /** Whether what it does is decided by people's signatures. It stands alone in its request. */
    default boolean isSigned() {
        return switch (this) {
            case SubmitChange _, StageValues _, EndorseChange _, SignedWrite _ -> true;
            case Unique unique -> unique.operation().isSigned();
            case Put _,
                    DeleteRange _,
                    Range _,
                    Txn _,
                    Compact _,
                    OpenSession _,
                    LeaseOperation _,
                    UpkeepOperation _,
                    Operation.OnBehalf _,
                    AuthOperation _ -> false;
        };
    }

    record Put(Bytes key, Bytes value, long lease, boolean prevKv, boolean ignoreValue, boolean ignoreLease)
            implements Operation {}

    record DeleteRange(Bytes key, Bytes rangeEnd, boolean prevKv) implements Operation {}

    /** {@code limit} 0 means no limit, {@code revision} 0 the current one; the revision filters are off at 0. */
    record Range(
            Bytes key,
            Bytes rangeEnd,
            long limit,
            long revision,
            SortOrder order,
            SortTarget target,
            boolean keysOnly,
            boolean countOnly,
            long minModRevision,
            long maxModRevision,
            long minCreateRevision,
            long maxCreateRevision)
            implements Operation {

        /** The whole span at the current revision, in key order. */
        public static Range all(Bytes key, Bytes rangeEnd) {
            return new Range(key, rangeEnd, 0, 0, SortOrder.NONE, SortTarget.KEY, false, false, 0, 0, 0, 0);
        }

        public boolean isFiltered() {
            return minModRevision != 0 || maxModRevision != 0 || minCreateRevision != 0 || maxCreateRevision != 0;
        }
    }

    enum SortOrder {
        NONE,
        ASCEND,
        DESCEND
    }

    enum SortTarget {
        KEY,
        VERSION,
        CREATE,
        MOD,
        VALUE
    }

    /** All or nothing; conditions are evaluated on the state before it, nested ones too. */
    record Txn(List<Compare> compares, List<Operation> success, List<Operation> failure) implements Operation {
        public Txn {
            compares = List.copyOf(compares);
            success = List.copyOf(success);
            failure = List.copyOf(failure);
        }
    }

    record Compact(long revision, boolean physical) implements Operation {}

    /**
     * Opens the session that the request itself names, where it is not open yet.
     *
     * @param seenHeight of a state that its client knows to be committed; a client some of whose sessions were pushed out
     *     opens none from before they were last used, so that what those executed is never executed again
     */
    record OpenSession(long seenHeight) implements Operation {}

    /**
     * Proposes a signed change, or lets it wait for further signatures, or executes it at once where none is missing.
     * docs/changes.md has the formats.
     *
     * @param text of the change
     * @param values of its first puts, in their order; those of the others are staged
     * @param signature the author's, as ssh-keygen writes it; one that withdraws makes sure that a change which was held back
     *     on its way is never brought in
     */
    record SubmitChange(Bytes text, List<Bytes> values, Bytes signature) implements Operation {
        public SubmitChange {
            values = List.copyOf(values);
        }
    }

    /**
     * Brings values of a change that waits, for those that do not fit into one request together. All are taken or none; what is
     * there already is not written again.
     *
     * @param change its digest
     * @param first the put, counted from 0, whose value is the first
     * @param values of consecutive puts, one or more, each the one that the text names by its hash
     */
    record StageValues(Digest change, int first, List<Bytes> values) implements Operation {
        /** @throws IllegalArgumentException if there is no value */
        public StageValues {
            values = List.copyOf(values);
            if (values.isEmpty()) {
                throw new IllegalArgumentException("nothing to bring");
            }
        }
    }

    /**
     * Approves or withdraws a change that waits; the last approval that it needs executes it.
     *
     * @param text of the approval or the withdrawal
     * @param signature as ssh-keygen writes it
     */
    record EndorseChange(Bytes text, Bytes signature) implements Operation {}

    /**
     * A write that the holder of a key answers for, whatever gateway carries it: it reaches guarded keys too, where that one
     * signature is all that their guard wants. It is done once at most. docs/changes.md has what is signed.
     *
     * @param timeMicros since 1970; above that of every write which was taken in from this key before
     * @param operation a put, a delete or a transaction
     * @param signature as ssh-keygen writes it
     */
    record SignedWrite(long timeMicros, Operation operation, Bytes signature) implements Operation {}

    /**
     * Does what {@code operation} does, with the same outcome. The nonce makes the bytes of this request differ from those
     * of every other, so that its receipt can be no other's. Neither opens a session nor stands within another operation.
     *
     * @param nonce drawn for this operation alone by whoever wants the receipt
     */
    record Unique(Digest nonce, Operation operation) implements Operation {}

    /**
     * Does what {@code operation} does, if etcd's permissions let the user do it. Who the user is, the gateway says and nobody
     * else: a lying one can name anybody. No signed operation stands in it, and it stands in none but {@link Unique}.
     *
     * @param authRevision of the users and roles by which the gateway knew the user; older than what they are, it is refused
     */
    record OnBehalf(Bytes user, long authRevision, Operation operation) implements Operation {}
}
