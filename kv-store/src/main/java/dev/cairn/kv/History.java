package dev.cairn.kv;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.protocol.model.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What only the disk holds: values too large for memory, and versions older than the newest. Safe to use from any
 * thread. Everything at or above the compact revision of the last committed state is there.
 */
public interface History {

    /** The value's bytes; nothing if that version has been compacted away meanwhile. */
    Optional<Bytes> value(KeyVersion version);

    /**
     * Visits, in key order, each key's newest version at or below {@code revision}, tombstones included, until
     * {@code visitor} returns false.
     */
    void scan(KeySpan treeSpan, long revision, Predicate<KeyVersion> visitor);

    /** The versions with revisions in [from, to] in order of revision and sub, at most {@code limit} revisions' worth. */
    List<KeyVersion> changes(long from, long to, int limit);

    /** The newest version of a key below (revision, sub). */
    Optional<KeyVersion> before(Bytes treeKey, long revision, int sub);
}
