package dev.cairn.kv.proof;

import dev.cairn.kv.model.KeyVersion;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.List;
import java.util.Optional;

/**
 * A leaf of the tree with some consecutive versions of its key, which end with the newest unless something is left out
 * behind them.
 *
 * @param before the history before the first of the versions
 * @param versions at least one; oldest first
 * @param history of the leaf: of all versions before the newest
 */
public record KeyPart(
        Bytes treeKey,
        MerkleFrontier before,
        List<KeyVersion> versions,
        Optional<LeftOut> leftOut,
        MerkleFrontier history)
        implements Pruned.ShownLeaf {

    /**
     * What stands for the versions that come later: the subtrees that fill up the history, and the newest version's digest
     * and annotations.
     */
    public record LeftOut(List<Digest> subtrees, Digest newest, long maxModRevision, boolean isLive) {
        public LeftOut {
            subtrees = List.copyOf(subtrees);
        }
    }

    public KeyPart {
        versions = List.copyOf(versions);
    }

    /** Computes the leaf's history from what is given of it. */
    public static KeyPart of(
            Bytes treeKey,
            long historySize,
            MerkleFrontier before,
            List<KeyVersion> versions,
            Optional<LeftOut> leftOut)
            throws InvalidProofException {
        if (versions.isEmpty()) {
            throw new InvalidProofException(Refusal.MALFORMED, "a key without versions");
        }
        List<KeyVersion> earlier = leftOut.isPresent() ? versions : versions.subList(0, versions.size() - 1);
        MerkleFrontier history = HistoryProof.complete(
                before,
                earlier.stream().map(KeyVersion::digest).toList(),
                leftOut.map(LeftOut::subtrees).orElse(List.of()),
                historySize);
        return new KeyPart(treeKey, before, versions, leftOut, history);
    }

    @Override
    public Summary summary() {
        if (leftOut.isPresent()) {
            LeftOut later = leftOut.get();
            Digest leaf = NodeHash.leaf(later.newest(), history.size(), history.root());
            return new Summary(leaf, later.maxModRevision(), later.isLive() ? 1 : 0);
        }
        KeyVersion newest = versions.getLast();
        Digest leaf = NodeHash.leaf(newest.digest(), history.size(), history.root());
        return new Summary(leaf, newest.modRevision(), newest.isLive() ? 1 : 0);
    }

    /** The newest version, if nothing else is given. */
    KeyVersion requireNewestAlone() throws InvalidProofException {
        if (leftOut.isPresent()) {
            throw new InvalidProofException(Refusal.INCOMPLETE, "the newest version of " + treeKey + " is missing");
        }
        if (versions.size() > 1) {
            throw new InvalidProofException(Refusal.SURPLUS, "old versions of " + treeKey + " are given");
        }
        return versions.getFirst();
    }

    /** A value is given if and only if it is wanted. A tombstone has none. */
    static void requireValue(KeyVersion version, boolean isWanted) throws InvalidProofException {
        if (version.isLive() && version.isWhole() != isWanted) {
            throw isWanted
                    ? new InvalidProofException(Refusal.INCOMPLETE, "the value of " + version + " is missing")
                    : new InvalidProofException(Refusal.SURPLUS, "the value of " + version + " was not asked for");
        }
    }

    /** Whether no version before the first is one that a state compacted at {@code compactRevision} holds. */
    public boolean isFromTheOldest(long compactRevision) {
        return before.size() == 0 || versions.getFirst().modRevision() <= compactRevision;
    }
}
