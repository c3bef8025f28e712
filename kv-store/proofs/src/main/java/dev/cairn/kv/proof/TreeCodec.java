package dev.cairn.kv.proof;

import dev.cairn.kv.model.KeyVersion;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of pruned trees, as docs/state-encoding.md has them. There is one encoding of everything; others are
 * refused.
 */
public enum TreeCodec {
    /** A part of a state for another replica: every version comes with its value. */
    CHUNK(1),
    /** An answer for a client: of values that it did not ask for there is only the digest. */
    PROOF(2);

    private static final int STUB = 0;
    private static final int BRANCH = 1;
    private static final int TIP = 2;

    /** No key has so many versions, and below this no sum overflows. */
    private static final long MAX_HISTORY = 1L << 62;

    private final int format;

    TreeCodec(int format) {
        this.format = format;
    }

    // Writing.

    public Bytes encode(Optional<Pruned<KeyPart>> tree) {
        ByteWriter out = new ByteWriter(1 << 12).putByte(format);
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
        part.versions().forEach(version -> VersionCodec.put(out, version));
        part.leftOut().ifPresent(later -> {
            later.subtrees().forEach(out::putDigest);
            out.putDigest(later.newest()).putLong(later.maxModRevision()).putByte(later.isLive() ? 1 : 0);
        });
    }

    // Reading.

    public Optional<Pruned<KeyPart>> decode(Bytes content) throws InvalidProofException {
        Input in = new Input(content.shared());
        if (in.nextByte() != format) {
            throw malformed("not of format " + format);
        }
        Optional<Pruned<KeyPart>> tree = in.isAtEnd() ? Optional.empty() : Optional.of(node(in, 0));
        in.requireEnd();
        return tree;
    }

    private Pruned<KeyPart> node(Input in, int depth) throws InvalidProofException {
        if (depth > Pruned.MAX_DEPTH) {
            throw malformed("a tree deeper than " + Pruned.MAX_DEPTH);
        }
        int kind = in.nextByte();
        return switch (kind) {
            case STUB -> new Pruned.Stub<>(new Summary(in.nextDigest(), in.nextLong(), in.nextLong()));
            case BRANCH -> new Pruned.Branch<>(in.nextInt(), node(in, depth + 1), node(in, depth + 1));
            case TIP -> new Pruned.Tip<>(part(in));
            default -> throw malformed("no node is of kind " + kind);
        };
    }

    private KeyPart part(Input in) throws InvalidProofException {
        Bytes treeKey = in.nextBytes();
        long historySize = in.nextLong();
        long first = in.nextLong();
        if (first < 0 || first > historySize || historySize >= MAX_HISTORY) {
            throw malformed("version " + first + " of a history of " + historySize);
        }
        MerkleFrontier before = new MerkleFrontier(first, in.nextDigests(Long.bitCount(first)));
        int count = in.nextInt();
        if (count < 1 || count - 1 > historySize - first) {
            throw malformed(count + " versions from version " + first + " of " + historySize);
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

    private KeyVersion version(Bytes treeKey, Input in) throws InvalidProofException {
        KeyVersion version = VersionCodec.next(treeKey, in);
        if (this == CHUNK && !version.isWhole()) {
            throw malformed("a value is missing");
        }
        return version;
    }

    private static KeyPart.LeftOut leftOut(Input in, long from, long historySize) throws InvalidProofException {
        List<Digest> subtrees = new ArrayList<>();
        for (long next = from; next < historySize; ) {
            next += 1L << HistoryProof.nextLevels(next, historySize);
            subtrees.add(in.nextDigest());
        }
        return new KeyPart.LeftOut(subtrees, in.nextDigest(), in.nextLong(), in.nextFlag());
    }

    private static InvalidProofException malformed(String message) {
        return new InvalidProofException(Refusal.MALFORMED, message);
    }
}
