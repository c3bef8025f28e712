package dev.cairn.kv.tree;

import dev.cairn.kv.proof.KeyPart;
import dev.cairn.kv.proof.Pruned;
import dev.cairn.kv.proof.Selection;
import dev.cairn.protocol.model.Bytes;

/** One walk that shows of a tree what a {@link Selection} wants, in key order. */
final class Selecting {
    private final Selection selection;
    private final Tree.LeafView view;
    private long entries;

    Selecting(Selection selection, Tree.LeafView view) {
        this.selection = selection;
        this.view = view;
    }

    Pruned<KeyPart> run(Node root) {
        return show(root, lowest(root));
    }

    /** {@code lowest} is the node's lowest key. */
    private Pruned<KeyPart> show(Node node, Bytes lowest) {
        return switch (node) {
            case Leaf leaf -> new Pruned.Tip<>(show(leaf));
            case Inner inner -> {
                boolean opensLeft = opens(inner, 0, lowest);
                Pruned<KeyPart> left = opensLeft
                        ? show(inner.left(), lowest)
                        : new Pruned.Stub<>(inner.left().summary());
                boolean opensRight = opens(inner, 1, lowest);
                Pruned<KeyPart> right = opensRight
                        ? show(inner.right(), lowest(inner.right()))
                        : new Pruned.Stub<>(inner.right().summary());
                yield new Pruned.Branch<>(
                        inner.critBit, opensLeft || opensRight ? left : show(inner.left(), lowest), right);
            }
        };
    }

    private boolean opens(Inner inner, int side, Bytes lowest) {
        return selection.opens(lowest, inner.critBit, side, inner.child(side).summary(), entries);
    }

    private KeyPart show(Leaf leaf) {
        boolean isNeeded = selection.needs(leaf.head().treeKey(), leaf.summary(), entries);
        KeyPart part = view.show(leaf, isNeeded, entries);
        entries += isNeeded && selection.isEntry(part) ? 1 : 0;
        return part;
    }

    private static Bytes lowest(Node node) {
        Node at = node;
        while (at instanceof Inner inner) {
            at = inner.left();
        }
        return ((Leaf) at).head().treeKey();
    }
}
