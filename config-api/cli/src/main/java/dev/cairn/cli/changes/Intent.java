package dev.cairn.cli.changes;

import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Hashing;

/** What a draft is to do, its values and all; the text of a change names only their hashes. */
sealed interface Intent {
    ChangeOperation operation();

    record Put(Bytes key, Bytes value) implements Intent {
        @Override
        public ChangeOperation operation() {
            return new ChangeOperation.Put(key, value.size(), Hashing.sha256(value.shared()));
        }
    }

    record Delete(Bytes key) implements Intent {
        @Override
        public ChangeOperation operation() {
            return new ChangeOperation.Delete(key);
        }
    }

    record DeleteRange(Bytes from, Bytes until) implements Intent {
        @Override
        public ChangeOperation operation() {
            return new ChangeOperation.DeleteRange(from, until);
        }
    }
}
