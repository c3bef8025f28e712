package dev.cairn.chaos.proofs;

import dev.cairn.kv.proof.KeyPart;
import dev.cairn.kv.proof.NodeHash;
import dev.cairn.kv.proof.Pruned;
import dev.cairn.kv.proof.Summary;
import java.util.function.Predicate;

/** What a liar can do to a proof without any change of a hash. */
final class PrunedTrees {
    private PrunedTrees() {}

    /** The tree with those subtrees hidden, truthfully summed up. */
    static Pruned<KeyPart> hide(Pruned<KeyPart> node, Predicate<Pruned<KeyPart>> hidden) {
        if (hidden.test(node)) {
            return new Pruned.Stub<>(summary(node));
        }
        return switch (node) {
            case Pruned.Branch<KeyPart>(int critBit, Pruned<KeyPart> left, Pruned<KeyPart> right) ->
                new Pruned.Branch<>(critBit, hide(left, hidden), hide(right, hidden));
            case Pruned.Tip<KeyPart> tip -> tip;
            case Pruned.Stub<KeyPart> stub -> stub;
        };
    }

    private static Summary summary(Pruned<KeyPart> node) {
        return switch (node) {
            case Pruned.Stub<KeyPart>(Summary summary) -> summary;
            case Pruned.Tip<KeyPart>(KeyPart part) -> part.summary();
            case Pruned.Branch<KeyPart>(int critBit, Pruned<KeyPart> left, Pruned<KeyPart> right) -> {
                Summary l = summary(left);
                Summary r = summary(right);
                yield new Summary(
                        NodeHash.inner(critBit, l, r),
                        Math.max(l.maxModRevision(), r.maxModRevision()),
                        l.liveCount() + r.liveCount());
            }
        };
    }
}
