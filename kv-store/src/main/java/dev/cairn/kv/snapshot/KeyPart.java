package dev.cairn.kv.snapshot;

import dev.cairn.kv.KeyVersion;
import dev.cairn.kv.proof.HistoryProof;
import dev.cairn.kv.proof.InvalidProofException;
import dev.cairn.kv.proof.NodeHash;
import dev.cairn.kv.proof.Pruned;
import dev.cairn.kv.proof.Summary;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A leaf of the tree with some consecutive versions of its key, which end with the newest unless something is left out
 * behind them.
 *
 * @param before the history before the first of the versions
 * @param versions at least one, with values; oldest first
 * @param history of the leaf: of all versions before the newest
 */
record KeyPart(
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
    record LeftOut(List<Digest> subtrees, Digest newest, long maxModRevision, boolean isLive) {
        LeftOut {
            subtrees = List.copyOf(subtrees);
        }
    }

    KeyPart {
        versions = List.copyOf(versions);
    }

    /** Computes the leaf's history from what is given of it. */
    static KeyPart of(
            Bytes treeKey,
            long historySize,
            MerkleFrontier before,
            List<KeyVersion> versions,
            Optional<LeftOut> leftOut)
            throws InvalidProofException {
        if (versions.isEmpty()) {
            throw new InvalidProofException("a key without versions");
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
        Leaf leaf = new Leaf(versions.getLast(), history);
        return new Summary(leaf.hash(), leaf.maxModRevision(), leaf.liveCount());
    }

    Place start() {
        return new Place(treeKey, before.size());
    }

    /** Behind the last version that is given. */
    Place end() {
        return new Place(treeKey, before.size() + versions.size());
    }

    /** Whether no version before the first is one that a state compacted at {@code compactRevision} holds. */
    boolean isFromTheOldest(long compactRevision) {
        return before.size() == 0 || versions.getFirst().modRevision() <= compactRevision;
    }

    /** The versions, each with the history before it. */
    List<Leaf> leaves() {
        List<Leaf> leaves = new ArrayList<>(versions.size());
        MerkleFrontier earlier = before;
        for (KeyVersion version : versions) {
            leaves.add(new Leaf(version, earlier));
            earlier = earlier.append(version.digest());
        }
        return leaves;
    }

    /** About what this takes up in a chunk. */
    long sizeBytes() {
        long bytes = treeKey.size() + 64L + (long) Digest.BYTES * before.peaks().size();
        for (KeyVersion version : versions) {
            bytes += 41L + version.value().length();
        }
        return bytes;
    }
}
