package dev.cairn.kv.snapshot;

import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Value;
import dev.cairn.kv.proof.HistoryProof;
import dev.cairn.kv.proof.Input;
import dev.cairn.kv.proof.InvalidProofException;
import dev.cairn.kv.proof.KeyPart;
import dev.cairn.kv.proof.Pruned;
import dev.cairn.kv.proof.Summary;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The bytes of chunks, as docs/state-encoding.md has them. There is one encoding of everything; others are refused. */
final class ChunkCodec {
    private static final int FORMAT = 1;
    private static final int STUB = 0;
    private static final int BRANCH = 1;
    private static final int TIP = 2;
    private static final int TOMBSTONE = 0;
    private static final int PUT = 1;

    /** No key has so many versions, and below this no sum overflows. */
    private static final long MAX_HISTORY = 1L << 62;

    private ChunkCodec() {}

    // Writing.

    static Bytes encode(Optional<Pruned<KeyPart>> tree) {
        ByteWriter out = new ByteWriter(1 << 16).putByte(FORMAT);
        tree.ifPresent(root -> put(out, root));
        return Bytes.wrap(out.toArray());
    }

    private static void put(ByteWriter out, Pruned<KeyPart> node) {
        switch (node) {
            case Pruned.Stub<KeyPart>(Summary summary) ->
                out.putByte(STUB)
                        .putDigest(summary.hash())
                        .putLong(summary.maxModRevision())
                        .putLong(summary.liveCount());
            case Pruned.Branch<KeyPart>(int critBit, Pruned<KeyPart> left, Pruned<KeyPart> right) -> {
                out.putByte(BRANCH).putInt(critBit);
                put(out, left);
                put(out, right);
            }
            case Pruned.Tip<KeyPart>(KeyPart part) -> put(out.putByte(TIP), part);
        }
    }

    private static void put(ByteWriter out, KeyPart part) {
        out.putBytes(part.treeKey())
                .putLong(part.history().size())
                .putLong(part.before().size());
        part.before().peaks().forEach(out::putDigest);
        out.putInt(part.versions().size());
        part.versions().forEach(version -> put(out, version));
        part.leftOut().ifPresent(later -> {
            later.subtrees().forEach(out::putDigest);
            out.putDigest(later.newest()).putLong(later.maxModRevision()).putByte(later.isLive() ? 1 : 0);
        });
    }

    private static void put(ByteWriter out, KeyVersion version) {
        out.putLong(version.modRevision()).putInt(version.sub()).putByte(version.isLive() ? PUT : TOMBSTONE);
        if (version.isLive()) {
            out.putLong(version.createRevision())
                    .putLong(version.version())
                    .putLong(version.lease())
                    .putBytes(version.value().resident().orElseThrow());
        }
    }

    // Reading.

    static Optional<Pruned<KeyPart>> decode(Bytes content) throws InvalidProofException {
        Input in = new Input(content.shared());
        if (in.nextByte() != FORMAT) {
            throw new InvalidProofException("not a chunk of format " + FORMAT);
        }
        Optional<Pruned<KeyPart>> tree = in.isAtEnd() ? Optional.empty() : Optional.of(node(in, 0));
        if (!in.isAtEnd()) {
            throw new InvalidProofException("bytes behind the end of a chunk");
        }
        return tree;
    }

    private static Pruned<KeyPart> node(Input in, int depth) throws InvalidProofException {
        if (depth > Pruned.MAX_DEPTH) {
            throw new InvalidProofException("a tree deeper than " + Pruned.MAX_DEPTH);
        }
        int kind = in.nextByte();
        return switch (kind) {
            case STUB -> new Pruned.Stub<>(new Summary(in.nextDigest(), in.nextLong(), in.nextLong()));
            case BRANCH -> new Pruned.Branch<>(in.nextInt(), node(in, depth + 1), node(in, depth + 1));
            case TIP -> new Pruned.Tip<>(part(in));
            default -> throw new InvalidProofException("no node is of kind " + kind);
        };
    }

    private static KeyPart part(Input in) throws InvalidProofException {
        Bytes treeKey = in.nextBytes();
        long historySize = in.nextLong();
        long first = in.nextLong();
        if (first < 0 || first > historySize || historySize >= MAX_HISTORY) {
            throw new InvalidProofException("version " + first + " of a history of " + historySize);
        }
        MerkleFrontier before = new MerkleFrontier(first, in.nextDigests(Long.bitCount(first)));
        int count = in.nextInt();
        if (count < 1 || count - 1 > historySize - first) {
            throw new InvalidProofException(count + " versions from version " + first + " of " + historySize);
        }
        List<KeyVersion> versions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            versions.add(version(treeKey, in));
        }
        long end = first + count;
        Optional<KeyPart.LeftOut> leftOut =
                end > historySize ? Optional.empty() : Optional.of(leftOut(in, end, historySize));
        return KeyPart.of(treeKey, historySize, before, versions, leftOut);
    }

    private static KeyPart.LeftOut leftOut(Input in, long from, long historySize) throws InvalidProofException {
        List<Digest> subtrees = new ArrayList<>();
        for (long next = from; next < historySize; ) {
            next += 1L << HistoryProof.nextLevels(next, historySize);
            subtrees.add(in.nextDigest());
        }
        return new KeyPart.LeftOut(subtrees, in.nextDigest(), in.nextLong(), in.nextFlag());
    }

    private static KeyVersion version(Bytes treeKey, Input in) throws InvalidProofException {
        long modRevision = in.nextLong();
        int sub = in.nextInt();
        return in.nextFlag()
                ? KeyVersion.put(
                        treeKey,
                        modRevision,
                        sub,
                        in.nextLong(),
                        in.nextLong(),
                        in.nextLong(),
                        Value.of(in.nextBytes()))
                : KeyVersion.tombstone(treeKey, modRevision, sub);
    }
}
