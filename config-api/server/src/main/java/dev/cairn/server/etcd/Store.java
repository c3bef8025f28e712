package dev.cairn.server.etcd;

import dev.cairn.kv.auth.Caller;
import dev.cairn.kv.model.Alarm;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Function;

/** The committed state, as the services read it. From any thread. */
public interface Store {

    /** The revision of the committed state. Never blocks. */
    long revision();

    /** Revisions below it can't be read any more. Never blocks. */
    long compactRevision();

    /** The alarms that are raised, in order. Never blocks. */
    SortedSet<Alarm> alarms();

    /** Reads the committed state, if the caller may. A big range takes long; older revisions are on disk. */
    Outcome read(Optional<Caller> caller, Operation.Range range);

    /** As {@link #read}, of the state that is committed now, however many ranges that takes and whatever is committed meanwhile. */
    Function<Operation.Range, Outcome> snapshot(Optional<Caller> caller);

    /** Decides and runs a transaction that writes nothing, on one committed state, if the caller may. */
    Outcome read(Optional<Caller> caller, Operation.Txn txn);

    /** The state that is committed now. Never blocks. */
    Committed committed();

    /** Why the operation needs signatures, in one line that names the guard; nothing if it needs none. Never blocks. */
    Optional<String> needsSignatures(Operation operation);

    /** A version's value, from disk where it is not in memory; nothing if it was compacted away meanwhile. */
    Optional<Bytes> value(KeyVersion version);
}
