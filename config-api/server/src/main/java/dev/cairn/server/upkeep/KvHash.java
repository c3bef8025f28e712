package dev.cairn.server.upkeep;

import dev.cairn.kv.HeldState;
import dev.cairn.kv.KvState;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * etcd's hash of its keys: over the rows of its database that a compaction at the compact revision leaves, up to a revision.
 * Equal states have equal hashes.
 */
public final class KvHash {
    /** What came of asking for a hash. */
    public sealed interface Answer {
        /**
         * A hash of the versions up to a revision.
         *
         * @param current the store's revision
         */
        record Hashed(int hash, long current, long compactRevision, long hashRevision) implements Answer {}

        record Compacted() implements Answer {}

        record Future() implements Answer {}

        /**
         * The disk did not give them.
         *
         * @param why one line for people
         */
        record Unreadable(String why) implements Answer {}
    }

    private KvHash() {}

    static Answer of(HeldState held, long wanted) {
        KvState state = held.state();
        long revision = wanted <= 0 ? state.revision() : wanted;
        if (revision < state.compactRevision()) {
            return new Answer.Compacted();
        }
        if (revision > state.revision()) {
            return new Answer.Future();
        }
        CRC32C crc = new CRC32C();
        crc.update("key".getBytes(StandardCharsets.US_ASCII));
        held.forEachVersion(revision, revision, (version, value) -> {
            // Not every release of etcd keeps the tombstone that is exactly at the compact revision.
            boolean counts = version.isLive() || version.modRevision() > state.compactRevision();
            if (counts) {
                EtcdRow row = EtcdRow.of(version, value);
                crc.update(row.name());
                crc.update(row.value());
            }
        });
        return new Answer.Hashed((int) crc.getValue(), state.revision(), state.compactRevision(), revision);
    }
}
