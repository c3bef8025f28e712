package dev.cairn.kv.change;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.Optional;

/** What a change does. No two of one change touch the same key, so their order means nothing. */
public sealed interface ChangeOperation {
    /** The keys that it may write. */
    KeySpan span();

    /** {@code valueDigest} is SHA-256 of the value, which travels beside the text. */
    record Put(Bytes key, long valueBytes, Digest valueDigest) implements ChangeOperation {
        public Put {
            if (valueBytes < 0 || valueBytes > ChangeLimits.MAX_VALUE_BYTES) {
                throw new IllegalArgumentException("a value has 0 to " + ChangeLimits.MAX_VALUE_BYTES + " bytes, not "
                        + valueBytes + "; split it");
            }
        }

        @Override
        public KeySpan span() {
            return KeySpan.single(key);
        }
    }

    record Delete(Bytes key) implements ChangeOperation {
        @Override
        public KeySpan span() {
            return KeySpan.single(key);
        }
    }

    /** All keys from {@code from} on that are below {@code until}. */
    record DeleteRange(Bytes from, Bytes until) implements ChangeOperation {
        public DeleteRange {
            if (from.compareTo(until) >= 0) {
                throw new IllegalArgumentException("a range ends above its beginning; exchange the two keys");
            }
        }

        @Override
        public KeySpan span() {
            return new KeySpan(from, Optional.of(until));
        }
    }
}
