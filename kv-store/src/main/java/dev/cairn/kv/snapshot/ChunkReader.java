package dev.cairn.kv.snapshot;

import static java.util.Objects.requireNonNull;

import dev.cairn.kv.KvState;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.proof.KeyPart;
import dev.cairn.kv.proof.Pruned;
import dev.cairn.kv.proof.TreeCodec;
import dev.cairn.kv.store.EarlierVersions;
import dev.cairn.kv.store.KvStore;
import dev.cairn.kv.store.VersionGoneException;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.kv.tree.Tree;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Message;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Cuts chunks out of a pinned state that has reached the disk. */
public final class ChunkReader {
    private final KvState state;
    private final KvStore store;

    public ChunkReader(KvState state, KvStore store) {
        this.state = state;
        this.store = store;
    }

    /** See {@link dev.cairn.protocol.StateMachine#splits}. */
    public static List<Bytes> splits(KvState state, int parts) {
        return state.tree().boundaries(parts).stream()
                .map(key -> Place.before(key).encode())
                .filter(place -> place.size() <= Message.SnapshotOffer.MAX_SPLIT_BYTES)
                .toList();
    }

    /** See {@link dev.cairn.protocol.StateMachine#chunk}; nothing if the disk does not hold all of it any more. */
    public Optional<Bytes> chunk(Bytes from, Optional<Bytes> until, int maxBytes) {
        try {
            return Optional.of(cut(from, until, maxBytes));
        } catch (VersionGoneException _) {
            return Optional.empty();
        }
    }

    private Bytes cut(Bytes from, Optional<Bytes> until, int maxBytes) {
        Place start = Place.atOrAfter(from);
        Optional<Place> limit = until.map(Place::atOrAfter);
        Tree tree = state.tree();
        Optional<Leaf> first = tree.proofStart(start.treeKey());
        if (first.isEmpty()) {
            return TreeCodec.CHUNK.encode(Optional.empty());
        }
        NavigableMap<Bytes, KeyPart> parts = parts(first.get().head().treeKey(), start, limit, maxBytes);
        Pruned<KeyPart> pruned = tree.prune(
                parts.firstKey(),
                parts.lastKey(),
                leaf -> requireNonNull(parts.get(leaf.head().treeKey())));
        return TreeCodec.CHUNK.encode(Optional.of(pruned));
    }

    /** Neighbouring keys with their versions. Only the first may be cut short: others wait for the next chunk. */
    private NavigableMap<Bytes, KeyPart> parts(Bytes firstKey, Place start, Optional<Place> limit, int maxBytes) {
        NavigableMap<Bytes, KeyPart> parts = new TreeMap<>();
        long[] bytes = {0};
        state.tree().forEachLeaf(new KeySpan(firstKey, Optional.empty()), leaf -> {
            Place place = Place.before(leaf.head().treeKey());
            boolean isFirst = parts.isEmpty();
            if (!isFirst && limit.isPresent() && limit.get().compareTo(place) <= 0) {
                return false;
            }
            KeyPart part = part(leaf, firstIndex(leaf, start), maxBytes - bytes[0]);
            bytes[0] += sizeBytes(part);
            if (!isFirst && (part.leftOut().isPresent() || bytes[0] > maxBytes)) {
                return false;
            }
            parts.put(place.treeKey(), part);
            return part.leftOut().isEmpty() && bytes[0] < maxBytes;
        });
        return parts;
    }

    /** Of a key before the start only its newest version is shown: that nothing lies between it and the start. */
    private static long firstIndex(Leaf leaf, Place start) {
        int order = leaf.head().treeKey().compareTo(start.treeKey());
        if (order == 0) {
            return start.index();
        }
        return order < 0 ? leaf.history().size() : 0;
    }

    private KeyPart part(Leaf leaf, long fromIndex, long maxBytes) {
        KeyVersion newest = leaf.head();
        long historySize = leaf.history().size();
        boolean isAlone = fromIndex >= historySize || newest.modRevision() <= state.compactRevision();
        EarlierVersions.Range earlier = isAlone
                ? new EarlierVersions.Range(leaf.history(), List.of(), List.of())
                : store.earlier(leaf, state.compactRevision(), fromIndex, maxBytes);
        long end = earlier.before().size() + earlier.versions().size();
        if (end < historySize) {
            KeyPart.LeftOut later =
                    new KeyPart.LeftOut(earlier.behind(), newest.digest(), newest.modRevision(), newest.isLive());
            return new KeyPart(
                    newest.treeKey(), earlier.before(), earlier.versions(), Optional.of(later), leaf.history());
        }
        List<KeyVersion> versions = Stream.concat(earlier.versions().stream(), Stream.of(withValue(newest)))
                .toList();
        return new KeyPart(newest.treeKey(), earlier.before(), versions, Optional.empty(), leaf.history());
    }

    /** A copy that keeps its value's bytes, whatever reaches the disk meanwhile. */
    private KeyVersion withValue(KeyVersion version) {
        if (!version.isLive()) {
            return version;
        }
        return version.withValue(store.value(version).orElseThrow(() -> new VersionGoneException(version.treeKey())));
    }

    /** About what a part takes up in a chunk. */
    private static long sizeBytes(KeyPart part) {
        long bytes = part.treeKey().size()
                + 64L
                + (long) Digest.BYTES * part.before().peaks().size();
        for (KeyVersion version : part.versions()) {
            bytes += 41L + version.value().length();
        }
        return bytes;
    }
}
