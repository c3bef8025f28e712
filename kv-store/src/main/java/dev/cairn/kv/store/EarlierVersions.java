package dev.cairn.kv.store;

import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.proof.HistoryProof;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.rocksdb.RocksIterator;

/**
 * Reads what a leaf's history still holds: the versions before the newest, back to the newest at or below the compact
 * revision. Records of one key lie newest first, so walking backwards is walking up. Below the compact revision there may
 * be leftovers of a former life of the key; above it, indexes are consecutive.
 */
public final class EarlierVersions {
    /**
     * Consecutive versions of a key before its newest, oldest first.
     *
     * @param before the history before them
     * @param behind the subtrees that fill the history up if the range ends early; empty if it does not
     */
    public record Range(MerkleFrontier before, List<KeyVersion> versions, List<Digest> behind) {
        public Range {
            versions = List.copyOf(versions);
            behind = List.copyOf(behind);
        }
    }

    /** What a version takes up in a chunk beside its value, at most. */
    private static final int FIXED_BYTES = 41;

    private final RocksIterator at;
    private final byte[] escapedKey;
    private final Leaf leaf;
    private final long compactRevision;

    EarlierVersions(RocksIterator at, Leaf leaf, long compactRevision) {
        this.at = at;
        this.escapedKey = RecordFormat.escape(leaf.head().treeKey());
        this.leaf = leaf;
        this.compactRevision = Math.max(compactRevision, 0);
    }

    /**
     * The versions from {@code fromIndex} on, or from the oldest that must be there: about {@code maxBytes}, but at least
     * one. The leaf's newest version must be above the compact revision.
     *
     * @throws VersionGoneException if the disk does not hold them all any more
     */
    Range read(long fromIndex, long maxBytes) {
        if (seekOldest(compactRevision) < fromIndex) {
            seek(fromIndex);
        }
        long[] bytes = {0};
        return readWhile(version -> {
            bytes[0] += FIXED_BYTES + version.value().length();
            return bytes[0] < maxBytes;
        });
    }

    /**
     * The versions after one revision, through another, and their neighbours as far as these come before the newest: the
     * last that is not after the first revision, and the first that is after the second. The leaf's newest version must be
     * after the first revision, which must not be below the compact one.
     *
     * @throws VersionGoneException if the disk does not hold them all any more
     */
    Range readWindow(long after, long through) {
        if (leaf.history().size() == 0) {
            return new Range(MerkleFrontier.EMPTY, List.of(), List.of());
        }
        seekOldest(after);
        return readWhile(version -> version.modRevision() <= through);
    }

    /** The versions from here on up to the first for which {@code goesOn} is false. */
    private Range readWhile(Predicate<KeyVersion> goesOn) {
        long historySize = leaf.history().size();
        List<KeyVersion> versions = new ArrayList<>();
        if (!isHere()) {
            throw gone();
        }
        MerkleFrontier before = RecordFormat.earlierOf(at.value());
        long index = before.size();
        boolean goOn = true;
        while (goOn && index < historySize) {
            requireHere(index);
            KeyVersion version = RecordFormat.readVersion(at.key(), at.value());
            versions.add(version);
            goOn = goesOn.test(version);
            index++;
            at.prev();
        }
        return new Range(before, versions, subtrees(index, historySize));
    }

    private List<Digest> subtrees(long from, long historySize) {
        List<Digest> found = new ArrayList<>();
        for (long next = from; next < historySize; ) {
            int levels = HistoryProof.nextLevels(next, historySize);
            next += 1L << levels;
            seek(next - 1);
            byte[] last = at.value();
            found.add(HistoryProof.subtree(
                    RecordFormat.earlierOf(last),
                    RecordFormat.readVersion(at.key(), last).digest(),
                    levels));
        }
        return found;
    }

    /** Goes to the newest version at or below a revision, or else to the oldest one, and returns its index. */
    private long seekOldest(long revision) {
        at.seek(versionKey(revision));
        long atOrBelow = isHere() ? RecordFormat.indexOf(at.value()) : -1;
        if (at.isValid()) {
            at.prev();
        } else {
            at.seekToLast();
        }
        long above = isHere() ? RecordFormat.indexOf(at.value()) : -1;
        if (above == 0) {
            return above; // what is at or below it belonged to a former life of the key
        }
        if (above < 0 || atOrBelow != above - 1) {
            throw gone();
        }
        at.next();
        return atOrBelow;
    }

    /** Goes to the version of this index, which lies above the compact revision; or is the one that is sought already. */
    private void seek(long index) {
        long low = compactRevision + 1;
        long high = leaf.head().modRevision();
        while (low < high) {
            long middle = low + (high - low) / 2;
            at.seek(versionKey(middle));
            boolean reaches = isHere()
                    && RecordFormat.revisionOf(at.key()) > compactRevision
                    && RecordFormat.indexOf(at.value()) >= index;
            low = reaches ? low : middle + 1;
            high = reaches ? middle : high;
        }
        at.seek(versionKey(low));
        while (isHere() && RecordFormat.indexOf(at.value()) > index) {
            at.next();
        }
        requireHere(index);
    }

    /** The key of the newest version at or below a revision. */
    private byte[] versionKey(long revision) {
        return RecordFormat.versionKey(leaf.head().treeKey(), revision, Integer.MAX_VALUE);
    }

    private boolean isHere() {
        return at.isValid()
                && at.key().length == escapedKey.length + RecordFormat.VERSION_SUFFIX_BYTES
                && Arrays.equals(at.key(), 0, escapedKey.length, escapedKey, 0, escapedKey.length);
    }

    private void requireHere(long index) {
        if (!isHere() || RecordFormat.indexOf(at.value()) != index) {
            throw gone();
        }
    }

    private VersionGoneException gone() {
        return new VersionGoneException(leaf.head().treeKey());
    }
}
