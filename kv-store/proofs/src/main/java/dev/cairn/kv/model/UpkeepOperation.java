package dev.cairn.kv.model;

/** What operators do to the store as a whole. None stands within a transaction. */
public sealed interface UpkeepOperation extends Operation {
    /** Revisions are raised no higher: above are more than anybody will use. */
    long MAX_RAISED_REVISION = 1L << 62;

    /** Raises an alarm; nothing changes if it is raised. */
    record RaiseAlarm(Alarm alarm) implements UpkeepOperation {}

    /** Takes an alarm back; nothing changes if it is not raised. */
    record DisarmAlarm(Alarm alarm) implements UpkeepOperation {}

    /**
     * Makes {@code revision} the store's, and what is below it compacted, so that no revision which clients know from another
     * store is ever another one here. Nothing changes if the store has come that far.
     */
    record RaiseRevision(long revision) implements UpkeepOperation {}
}
