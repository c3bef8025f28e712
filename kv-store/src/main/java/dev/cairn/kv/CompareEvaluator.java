package dev.cairn.kv;

import dev.cairn.kv.model.Compare;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.kv.tree.TreeEditor;
import dev.cairn.protocol.model.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * Evaluates a transaction's conditions. An absent key counts as version, revisions and lease 0, but no VALUE comparison
 * with it ever holds, not even NOT_EQUAL; an empty interval behaves like one absent key (etcd).
 */
final class CompareEvaluator {
    private final TreeEditor tree;
    private final History history;
    private final Limits limits;
    private long visited;

    CompareEvaluator(TreeEditor tree, History history, Limits limits) {
        this.tree = tree;
        this.history = history;
        this.limits = limits;
    }

    /** More keys were compared than one operation may look at; what was answered since is void. */
    boolean isOverCap() {
        return visited > limits.keysVisited();
    }

    boolean holds(List<Compare> compares) {
        for (Compare compare : compares) {
            if (!holds(compare)) {
                return false;
            }
        }
        return true;
    }

    private boolean holds(Compare compare) {
        if (compare.rangeEnd().isEmpty()) {
            visited++;
            return holds(
                    compare,
                    tree.get(Space.CLIENTS.treeKey(compare.key()))
                            .map(Leaf::head)
                            .filter(KeyVersion::isLive));
        }
        KeySpan span = Space.CLIENTS.treeSpan(KeySpan.of(compare.key(), compare.rangeEnd()));
        if (tree.liveCount(span) == 0) {
            return holds(compare, Optional.empty());
        }
        boolean[] all = {true};
        tree.forEach(span, version -> {
            visited++;
            all[0] &= !version.isLive() || holds(compare, Optional.of(version));
            return all[0] && !isOverCap();
        });
        return all[0];
    }

    private boolean holds(Compare compare, Optional<KeyVersion> version) {
        return switch (compare.target()) {
            case VERSION -> compareNumber(compare, version.map(KeyVersion::version));
            case CREATE -> compareNumber(compare, version.map(KeyVersion::createRevision));
            case MOD -> compareNumber(compare, version.map(KeyVersion::modRevision));
            case LEASE -> compareNumber(compare, version.map(KeyVersion::lease));
            case VALUE ->
                version.isPresent()
                        && compare.isMet(
                                history.value(version.get()).orElse(Bytes.EMPTY).compareTo(compare.value()));
        };
    }

    private static boolean compareNumber(Compare compare, Optional<Long> number) {
        return compare.isMet(Long.compare(number.orElse(0L), compare.number()));
    }
}
