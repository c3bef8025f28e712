package dev.cairn.kv.model;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.List;
import java.util.Optional;

/**
 * What became of an operation. {@code revision} is the store's revision as etcd's header shows it: after a write, that of
 * the write. Versions stand for keys and values; {@link KvStateMachine#load} gives the bytes.
 */
public sealed interface Outcome
        permits Outcome.Put,
                Outcome.Deleted,
                Outcome.Ranged,
                Outcome.Txn,
                Outcome.Change,
                Outcome.Compacted,
                Outcome.SessionOpened,
                Outcome.Failed,
                Outcome.AuthChanged,
                Outcome.Upkept,
                LeaseOutcome {
    long revision();

    record Put(long revision, Optional<KeyVersion> previous) implements Outcome {}

    /** {@code previous} is empty unless it was asked for. */
    record Deleted(long revision, long count, List<KeyVersion> previous) implements Outcome {
        public Deleted {
            previous = List.copyOf(previous);
        }
    }

    /** {@code count} is that of the whole span, whatever the limit and the filters. */
    record Ranged(long revision, List<KeyVersion> versions, boolean more, long count) implements Outcome {
        public Ranged {
            versions = List.copyOf(versions);
        }
    }

    record Txn(long revision, boolean succeeded, List<Outcome> responses) implements Outcome {
        public Txn {
            responses = List.copyOf(responses);
        }
    }

    /**
     * What became of a signed change.
     *
     * @param revision where it was executed, by this operation or before, the one that it made
     * @param change its digest
     * @param detail what it waits for, or why it was refused: docs/changes.md has the format
     */
    record Change(long revision, Digest change, ChangeStanding standing, Bytes detail) implements Outcome {}

    record Compacted(long revision) implements Outcome {}

    /** Users or roles are as was asked for. */
    record AuthChanged(long revision) implements Outcome {}

    record SessionOpened(long revision) implements Outcome {}

    /** Of an {@link UpkeepOperation}. */
    record Upkept(long revision, boolean changed) implements Outcome {}

    record Failed(long revision, KvError error) implements Outcome {}
}
