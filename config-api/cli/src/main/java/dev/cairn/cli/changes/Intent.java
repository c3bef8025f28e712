package dev.cairn.cli.changes;

import dev.cairn.client.NotVerifiedException;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Hashing;
import java.util.Optional;

/** What a draft is to do, its values and all; the text of a change names only their hashes. */
public sealed interface Intent {
    ChangeOperation operation();

    /** Whether a key would not be as it was then. */
    boolean changes(Snapshot then) throws NotVerifiedException;

    record Put(Bytes key, Bytes value) implements Intent {
        @Override
        public ChangeOperation operation() {
            return new ChangeOperation.Put(key, value.size(), Hashing.sha256(value.shared()));
        }

        @Override
        public boolean changes(Snapshot then) throws NotVerifiedException {
            return !then.get(key).map(KeyValue::value).equals(Optional.of(value));
        }
    }

    record Delete(Bytes key) implements Intent {
        @Override
        public ChangeOperation operation() {
            return new ChangeOperation.Delete(key);
        }

        @Override
        public boolean changes(Snapshot then) throws NotVerifiedException {
            return then.get(key).isPresent();
        }
    }

    record DeleteRange(Bytes from, Bytes until) implements Intent {
        @Override
        public ChangeOperation operation() {
            return new ChangeOperation.DeleteRange(from, until);
        }

        @Override
        public boolean changes(Snapshot then) throws NotVerifiedException {
            return !then.list(operation().span()).isEmpty();
        }
    }
}
