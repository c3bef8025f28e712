package dev.cairn.kv.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Value;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.kv.tree.Tree;
import dev.cairn.kv.tree.TreeEditor;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SpanProofTest {
    record Shown(Bytes treeKey, Summary summary) implements Pruned.ShownLeaf {
        static Shown of(Leaf leaf) {
            return new Shown(leaf.head().treeKey(), new Summary(leaf.hash(), leaf.maxModRevision(), leaf.liveCount()));
        }
    }

    /** Short keys over few bytes: prefixes of each other, zero and 0xff bytes, and many collisions. */
    @Provide
    Arbitrary<Set<Bytes>> keySets() {
        return keys().set().ofMinSize(1).ofMaxSize(40);
    }

    @Provide
    Arbitrary<Bytes> keys() {
        return Arbitraries.of((byte) 0, (byte) 1, (byte) 'a', (byte) 'b', (byte) 0x80, (byte) 0xff)
                .array(byte[].class)
                .ofMaxSize(4)
                .map(Bytes::copyOf);
    }

    private static Tree tree(Iterable<Bytes> keys) {
        TreeEditor editor = Tree.EMPTY.edit();
        long revision = 1;
        for (Bytes key : keys) {
            revision++;
            KeyVersion version = revision % 3 == 0
                    ? KeyVersion.tombstone(key, revision, 0)
                    : KeyVersion.put(key, revision, 0, revision, 1, 0, Value.of(key));
            editor.put(new Leaf(version, MerkleFrontier.EMPTY));
        }
        return editor.seal();
    }

    private static SpanProof<Shown> verify(Pruned<Shown> pruned, Digest root) throws InvalidProofException {
        return SpanProof.verify(Optional.of(pruned), root);
    }

    @Property
    void aPrunedTreeProvesItsLeavesAndThatNoneLieBetweenOrBeside(
            @ForAll("keySets") Set<Bytes> keys, @ForAll @IntRange(max = 39) int a, @ForAll @IntRange(max = 39) int b)
            throws InvalidProofException {
        List<Bytes> sorted = new ArrayList<>(new TreeSet<>(keys));
        int first = Math.min(a % sorted.size(), b % sorted.size());
        int last = Math.max(a % sorted.size(), b % sorted.size());
        Tree tree = tree(sorted);
        Pruned<Shown> pruned = tree.prune(sorted.get(first), sorted.get(last), Shown::of);
        SpanProof<Shown> proof = verify(pruned, tree.rootHash());
        assertThat(proof.leaves().stream().map(Shown::treeKey)).isEqualTo(sorted.subList(first, last + 1));
        assertThat(sorted.stream()
                        .filter(key -> key.compareTo(proof.from()) >= 0
                                && proof.until()
                                        .map(end -> key.compareTo(end) < 0)
                                        .orElse(true)))
                .isEqualTo(sorted.subList(first, last + 1));
        assertThat(proof.until().isEmpty()).isEqualTo(last == sorted.size() - 1);
    }

    @Property
    void aProofBeginsWhereItIsAskedTo(@ForAll("keySets") Set<Bytes> keys, @ForAll("keys") Bytes from)
            throws InvalidProofException {
        Tree tree = tree(keys);
        Bytes start = tree.proofStart(from).orElseThrow().head().treeKey();
        SpanProof<Shown> proof = verify(tree.prune(start, start, Shown::of), tree.rootHash());
        assertThat(proof.from()).isLessThanOrEqualTo(from);
        proof.until().ifPresent(end -> assertThat(end).isGreaterThan(from));
    }

    @Property
    void spansBetweenBoundariesMeet(@ForAll("keySets") Set<Bytes> keys, @ForAll @IntRange(min = 1, max = 9) int parts)
            throws InvalidProofException {
        Tree tree = tree(keys);
        List<Bytes> boundaries = tree.boundaries(parts);
        assertThat(boundaries).isSorted().doesNotHaveDuplicates().hasSizeLessThan(parts);
        for (Bytes boundary : boundaries) {
            Bytes behind = tree.proofStart(boundary).orElseThrow().head().treeKey();
            Bytes before = new TreeSet<>(keys).lower(behind);
            assertThat(before).isNotNull().isLessThan(boundary);
            assertThat(verify(tree.prune(before, before, Shown::of), tree.rootHash())
                            .until())
                    .contains(boundary);
            assertThat(verify(tree.prune(behind, behind, Shown::of), tree.rootHash())
                            .from())
                    .isEqualTo(boundary);
        }
    }

    /** Every node in turn is made another, the root stays: nothing passes. */
    @Property
    void whateverIsChangedIsRefused(@ForAll("keySets") Set<Bytes> keys, @ForAll @IntRange(max = 39) int at) {
        List<Bytes> sorted = new ArrayList<>(new TreeSet<>(keys));
        Bytes key = sorted.get(at % sorted.size());
        Tree tree = tree(sorted);
        Pruned<Shown> honest = tree.prune(key, key, Shown::of);
        List<UnaryOperator<Summary>> lies = List.of(
                s -> new Summary(Digest.ZERO, s.maxModRevision(), s.liveCount()),
                s -> new Summary(s.hash(), s.maxModRevision() + 1, s.liveCount()),
                s -> new Summary(s.hash(), s.maxModRevision(), s.liveCount() - 1));
        for (UnaryOperator<Summary> lie : lies) {
            for (int node = 0; node < size(honest); node++) {
                Pruned<Shown> forged = lie(honest, node, lie);
                if (forged.equals(honest) || (honest instanceof Pruned.Tip<Shown> && !changesHash(lie))) {
                    continue; // branches have no summary of their own; a lone leaf's annotations are bound by nobody
                }
                assertThatThrownBy(() -> verify(forged, tree.rootHash())).isInstanceOf(InvalidProofException.class);
            }
        }
    }

    private static boolean changesHash(UnaryOperator<Summary> lie) {
        Summary any = new Summary(NodeHash.EMPTY, 1, 1);
        return !lie.apply(any).hash().equals(any.hash());
    }

    private static int size(Pruned<Shown> node) {
        return node instanceof Pruned.Branch<Shown>(int _, Pruned<Shown> left, Pruned<Shown> right)
                ? 1 + size(left) + size(right)
                : 1;
    }

    private static Pruned<Shown> lie(Pruned<Shown> node, int at, UnaryOperator<Summary> lie) {
        return switch (node) {
            case Pruned.Stub<Shown>(Summary summary) -> at == 0 ? new Pruned.Stub<>(lie.apply(summary)) : node;
            case Pruned.Tip<Shown>(Shown leaf) ->
                at == 0 ? new Pruned.Tip<>(new Shown(leaf.treeKey(), lie.apply(leaf.summary()))) : node;
            case Pruned.Branch<Shown>(int critBit, Pruned<Shown> left, Pruned<Shown> right) -> {
                int leftSize = size(left);
                if (at == 0) {
                    yield node;
                }
                yield at <= leftSize
                        ? new Pruned.Branch<>(critBit, lie(left, at - 1, lie), right)
                        : new Pruned.Branch<>(critBit, left, lie(right, at - 1 - leftSize, lie));
            }
        };
    }

    /** The hashes hold in all of these; what is refused is that leaves are missing, or that the shape is no crit-bit tree's. */
    @Test
    void trueHashesInAWrongShapeAreRefused() {
        Shown a = shown("b");
        Shown b = shown("c");
        Shown c = shown("d");
        int ab = CritBit.firstDifference(a.treeKey(), b.treeKey());
        int bc = CritBit.firstDifference(b.treeKey(), c.treeKey());
        assertThat(ab).isGreaterThan(bc);
        Pruned<Shown> left = new Pruned.Branch<>(ab, new Pruned.Tip<>(a), new Pruned.Stub<>(b.summary()));
        refused(new Pruned.Branch<>(bc, left, new Pruned.Tip<>(c)), "lies between");
        refused(new Pruned.Branch<>(bc, new Pruned.Tip<>(c), new Pruned.Tip<>(b)), "wrong side");
        refused(new Pruned.Branch<>(ab + 1, new Pruned.Tip<>(a), new Pruned.Tip<>(a)), "wrong side");
        refused(
                new Pruned.Branch<>(
                        ab, new Pruned.Tip<>(a), new Pruned.Branch<>(bc, new Pruned.Tip<>(b), new Pruned.Tip<>(c))),
                "ascend");
        refused(new Pruned.Branch<>(bc, new Pruned.Stub<>(a.summary()), new Pruned.Stub<>(b.summary())), "no leaf");
        refused(new Pruned.Stub<>(a.summary()), "no leaf");
        refused(new Pruned.Branch<>(900, new Pruned.Tip<>(a), new Pruned.Stub<>(b.summary())), "none of the keys");
        refused(new Pruned.Branch<>(-1, new Pruned.Tip<>(a), new Pruned.Tip<>(b)), "ascend");
    }

    private static void refused(Pruned<Shown> pruned, String reason) {
        assertThatThrownBy(() -> verify(pruned, rootOf(pruned)))
                .isInstanceOf(InvalidProofException.class)
                .hasMessageContaining(reason);
    }

    private static Digest rootOf(Pruned<Shown> pruned) {
        return summaryOf(pruned).hash();
    }

    private static Summary summaryOf(Pruned<Shown> node) {
        return switch (node) {
            case Pruned.Stub<Shown>(Summary summary) -> summary;
            case Pruned.Tip<Shown>(Shown leaf) -> leaf.summary();
            case Pruned.Branch<Shown>(int critBit, Pruned<Shown> left, Pruned<Shown> right) -> {
                Summary l = summaryOf(left);
                Summary r = summaryOf(right);
                yield new Summary(
                        NodeHash.inner(critBit, l, r),
                        Math.max(l.maxModRevision(), r.maxModRevision()),
                        l.liveCount() + r.liveCount());
            }
        };
    }

    private static Shown shown(String key) {
        return Shown.of(tree(List.of(Bytes.utf8(key))).get(Bytes.utf8(key)).orElseThrow());
    }

    @Test
    void anEmptyTreeIsProvenByItsRootAlone() throws InvalidProofException {
        SpanProof<Shown> proof = SpanProof.verify(Optional.empty(), Tree.EMPTY.rootHash());
        assertThat(proof).isEqualTo(new SpanProof<>(Bytes.EMPTY, Optional.empty(), List.of()));
        assertThatThrownBy(() -> SpanProof.verify(Optional.empty(), Digest.ZERO))
                .isInstanceOf(InvalidProofException.class);
    }
}
