package dev.cairn.kv.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Value;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class TreeTest {

    /** Short keys over few bytes: prefixes of each other, zero and 0xff bytes, and many collisions. */
    @Provide
    Arbitrary<Bytes> keys() {
        return Arbitraries.of((byte) 0, (byte) 1, (byte) 'a', (byte) 'b', (byte) 0x80, (byte) 0xff)
                .array(byte[].class)
                .ofMaxSize(5)
                .map(Bytes::copyOf);
    }

    @Provide
    Arbitrary<List<Bytes>> keyLists() {
        return keys().list().ofMaxSize(60);
    }

    private static Leaf leaf(Bytes key, long revision) {
        boolean live = revision % 3 != 0;
        KeyVersion head = live
                ? KeyVersion.put(key, revision, 0, revision, 1, 0, Value.of(Bytes.utf8("v" + revision)))
                : KeyVersion.tombstone(key, revision, 0);
        return new Leaf(head, MerkleFrontier.EMPTY);
    }

    private static Tree treeOf(NavigableMap<Bytes, Leaf> leaves) {
        TreeEditor editor = Tree.EMPTY.edit();
        leaves.values().forEach(editor::put);
        return editor.seal();
    }

    private static NavigableMap<Bytes, Leaf> model(List<Bytes> keys) {
        NavigableMap<Bytes, Leaf> model = new TreeMap<>();
        for (int i = 0; i < keys.size(); i++) {
            model.put(keys.get(i), leaf(keys.get(i), i + 1));
        }
        return model;
    }

    /** The root as docs/state-encoding.md defines it, from a sorted listing, with none of the tree's code. */
    private static Digest naiveRoot(List<Leaf> sorted) {
        if (sorted.isEmpty()) {
            return Hashing.sha256(new byte[] {0x23, 1});
        }
        if (sorted.size() == 1) {
            return sorted.getFirst().hash();
        }
        String first = bits(sorted.getFirst().head().treeKey());
        String last = bits(sorted.getLast().head().treeKey());
        int critBit = 0;
        while (first.charAt(critBit) == last.charAt(critBit)) {
            critBit++;
        }
        int split = 0;
        while (bits(sorted.get(split).head().treeKey()).charAt(critBit) == '0') {
            split++;
        }
        ByteWriter out = new ByteWriter(128).putByte(0x22).putByte(1).putInt(critBit);
        for (List<Leaf> side : List.of(sorted.subList(0, split), sorted.subList(split, sorted.size()))) {
            out.putDigest(naiveRoot(side))
                    .putLong(side.stream().mapToLong(Leaf::maxModRevision).max().orElse(0))
                    .putLong(side.stream().filter(l -> l.head().isLive()).count());
        }
        return Hashing.sha256(out.toArray());
    }

    private static String bits(Bytes key) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < key.size(); i++) {
            text.append('1');
            for (int bit = 7; bit >= 0; bit--) {
                text.append((key.at(i) >> bit) & 1);
            }
        }
        return text.append("0".repeat(80)).toString();
    }

    @Property
    void theRootIsThatOfTheSortedListing(@ForAll("keyLists") List<Bytes> keys) {
        NavigableMap<Bytes, Leaf> model = model(keys);
        assertThat(treeOf(model).rootHash()).isEqualTo(naiveRoot(List.copyOf(model.values())));
    }

    @Property
    void theRootDoesNotDependOnTheOrderOfInsertionNorOnWhatWasRemoved(
            @ForAll("keyLists") List<Bytes> keys, @ForAll("keyLists") List<Bytes> transients, @ForAll long seed) {
        NavigableMap<Bytes, Leaf> model = model(keys);
        List<Leaf> shuffled = new ArrayList<>(model.values());
        java.util.Collections.shuffle(shuffled, new Random(seed));
        TreeEditor editor = Tree.EMPTY.edit();
        transients.forEach(key -> editor.put(leaf(key, 999)));
        shuffled.forEach(editor::put);
        transients.stream().filter(key -> !model.containsKey(key)).forEach(editor::remove);
        assertThat(editor.seal().rootHash()).isEqualTo(treeOf(model).rootHash());
    }

    @Property
    void spansAreWalkedAndCountedAsInASortedMap(
            @ForAll("keyLists") List<Bytes> keys,
            @ForAll("keys") Bytes from,
            @ForAll("keys") Bytes until,
            @ForAll boolean open) {
        NavigableMap<Bytes, Leaf> model = model(keys);
        Tree tree = treeOf(model);
        KeySpan span = new KeySpan(from, open ? Optional.empty() : Optional.of(until));
        List<KeyVersion> expected = model.values().stream()
                .map(Leaf::head)
                .filter(version -> span.contains(version.treeKey()))
                .toList();
        List<KeyVersion> walked = new ArrayList<>();
        tree.forEach(span, walked::add);
        assertThat(walked).isEqualTo(expected);
        assertThat(tree.liveCount(span))
                .isEqualTo(expected.stream().filter(KeyVersion::isLive).count());
    }

    @Property
    void aSealedTreeNeverChanges(@ForAll("keyLists") List<Bytes> before, @ForAll("keyLists") List<Bytes> after) {
        NavigableMap<Bytes, Leaf> model = model(before);
        Tree old = treeOf(model);
        Digest root = old.rootHash();
        TreeEditor editor = old.edit();
        for (Bytes key : after) {
            editor.put(leaf(key, 1000));
        }
        before.stream().limit(5).forEach(editor::remove);
        editor.seal().rootHash();
        List<KeyVersion> walked = new ArrayList<>();
        old.forEach(new KeySpan(Bytes.EMPTY, Optional.empty()), walked::add);
        assertThat(walked).isEqualTo(model.values().stream().map(Leaf::head).toList());
        assertThat(treeOf(model).rootHash()).isEqualTo(root);
    }

    @Property
    void rollingBackForgetsEverythingSinceTheSavepoint(
            @ForAll("keyLists") List<Bytes> before,
            @ForAll("keyLists") List<Bytes> undone,
            @ForAll("keyLists") List<Bytes> after) {
        TreeEditor editor = Tree.EMPTY.edit();
        TreeEditor straight = Tree.EMPTY.edit();
        for (Bytes key : before) {
            editor.put(leaf(key, 1));
            straight.put(leaf(key, 1));
        }
        TreeEditor.Savepoint savepoint = editor.savepoint();
        undone.forEach(key -> editor.put(leaf(key, 2)));
        before.stream().limit(3).forEach(editor::remove);
        savepoint.rollBack();
        for (Bytes key : after) {
            editor.put(leaf(key, 4));
            straight.put(leaf(key, 4));
        }
        assertThat(editor.seal().rootHash()).isEqualTo(straight.seal().rootHash());
    }

    @Test
    void keysNestedDeeperThanTheCapAreRefusedBeforeAnythingChanges() {
        TreeEditor editor = Tree.EMPTY.edit();
        byte[] key = new byte[Tree.MAX_DEPTH + 2];
        int accepted = 0;
        for (int length = 1; length <= key.length; length++) {
            Bytes nested = Bytes.wrap(Arrays.copyOf(key, length));
            if (editor.fits(nested, 0)) {
                editor.put(leaf(nested, 1));
                accepted++;
            }
        }
        assertThat(accepted).isEqualTo(Tree.MAX_DEPTH + 1);
        assertThat(editor.fits(Bytes.wrap(Arrays.copyOf(key, 1)), 0))
                .as("an overwrite always fits")
                .isTrue();
    }

    @Test
    void aSiblingsAnnotationsAreBoundByTheParent() {
        Leaf a = leaf(Bytes.utf8("a"), 1);
        Leaf b = leaf(Bytes.utf8("b"), 2);
        Leaf deleted = new Leaf(KeyVersion.tombstone(Bytes.utf8("b"), 2, 0), MerkleFrontier.EMPTY);
        assertThat(new Inner(9, a, b, new Edit()).hash()).isNotEqualTo(new Inner(9, a, deleted, new Edit()).hash());
        assertThat(new Inner(9, a, b, new Edit()).hash()).isNotEqualTo(new Inner(10, a, b, new Edit()).hash());
    }

    @Test
    void goldenRoots() {
        TreeEditor editor = Tree.EMPTY.edit();
        assertThat(Tree.EMPTY.rootHash().toHex())
                .isEqualTo("fff4c04ca7c0dea1d9ce552d547b47c4352b05178009e884c025fe6dbb6aa88d");
        editor.put(leaf(Bytes.utf8("a"), 1));
        editor.put(leaf(Bytes.utf8("ab"), 2));
        editor.put(leaf(Bytes.utf8("b"), 3));
        assertThat(editor.seal().rootHash().toHex())
                .isEqualTo("5aeccd1cb6d7329f1ab39613a625d84c2b8e7cdd5453f25b86c5cd83c2a645b6");
    }
}
