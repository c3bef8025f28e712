package dev.cairn.kv.change;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;

/** What must hold for one key when the change executes. */
public sealed interface Precondition {
    Bytes key();

    record Absent(Bytes key) implements Precondition {}

    /** The key was last written at this revision; the change's authors saw that version. */
    record LastWrittenAt(Bytes key, long revision) implements Precondition {
        public LastWrittenAt {
            if (revision < 1) {
                throw new IllegalArgumentException(
                        "a key is written at revision 1 or later, not " + revision + "; expect it absent instead");
            }
        }
    }

    /** {@code valueDigest} is SHA-256 of the value, whichever write brought it. */
    record HasValue(Bytes key, Digest valueDigest) implements Precondition {}
}
