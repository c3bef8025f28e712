package dev.cairn.server.watch;

import dev.cairn.protocol.model.Bytes;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Values filed under half-open key intervals; finds those whose interval holds a key in O(log n + matches) for intervals
 * that do not nest deeply. A treap over (begin, end), each node knowing the greatest end below it. For one thread.
 */
final class IntervalIndex<T> {
    private final SplittableRandom priorities = new SplittableRandom(0);
    private @Nullable Node<T> root;

    private static final class Node<T> {
        final KeyInterval interval;
        final int priority;
        final SequencedSet<T> values = new LinkedHashSet<>();

        @Nullable
        Node<T> left;

        @Nullable
        Node<T> right;
        /** The greatest end in this subtree; null is beyond every key. */
        @Nullable
        Bytes reach;

        Node(KeyInterval interval, int priority) {
            this.interval = interval;
            this.priority = priority;
            this.reach = interval.end();
        }

        void measure() {
            Bytes far = interval.end();
            if (left != null) {
                far = farther(far, left.reach);
            }
            if (right != null) {
                far = farther(far, right.reach);
            }
            reach = far;
        }

        private static @Nullable Bytes farther(@Nullable Bytes a, @Nullable Bytes b) {
            if (a == null || b == null) {
                return null;
            }
            return a.compareTo(b) >= 0 ? a : b;
        }
    }

    void add(KeyInterval interval, T value) {
        root = add(root, interval, value);
    }

    private Node<T> add(@Nullable Node<T> node, KeyInterval interval, T value) {
        if (node == null) {
            Node<T> leaf = new Node<>(interval, priorities.nextInt());
            leaf.values.add(value);
            return leaf;
        }
        int order = interval.compareTo(node.interval);
        if (order == 0) {
            node.values.add(value);
            return node;
        }
        if (order < 0) {
            Node<T> child = add(node.left, interval, value);
            node.left = child;
            if (child.priority > node.priority) {
                node.left = child.right;
                child.right = node;
                node.measure();
                child.measure();
                return child;
            }
        } else {
            Node<T> child = add(node.right, interval, value);
            node.right = child;
            if (child.priority > node.priority) {
                node.right = child.left;
                child.left = node;
                node.measure();
                child.measure();
                return child;
            }
        }
        node.measure();
        return node;
    }

    void remove(KeyInterval interval, T value) {
        root = remove(root, interval, value);
    }

    private static <T> @Nullable Node<T> remove(@Nullable Node<T> node, KeyInterval interval, T value) {
        if (node == null) {
            return null;
        }
        int order = interval.compareTo(node.interval);
        if (order == 0) {
            node.values.remove(value);
            return node.values.isEmpty() ? merge(node.left, node.right) : node;
        }
        if (order < 0) {
            node.left = remove(node.left, interval, value);
        } else {
            node.right = remove(node.right, interval, value);
        }
        node.measure();
        return node;
    }

    private static <T> @Nullable Node<T> merge(@Nullable Node<T> left, @Nullable Node<T> right) {
        if (left == null) {
            return right;
        }
        if (right == null) {
            return left;
        }
        if (left.priority > right.priority) {
            left.right = merge(left.right, right);
            left.measure();
            return left;
        }
        right.left = merge(left, right.left);
        right.measure();
        return right;
    }

    void forEachHolding(Bytes key, Consumer<? super T> action) {
        visit(root, key, action);
    }

    private static <T> void visit(@Nullable Node<T> node, Bytes key, Consumer<? super T> action) {
        if (node == null || (node.reach != null && node.reach.compareTo(key) <= 0)) {
            return;
        }
        visit(node.left, key, action);
        if (node.interval.begin().compareTo(key) <= 0) {
            if (node.interval.holds(key)) {
                node.values.forEach(action);
            }
            visit(node.right, key, action);
        }
    }
}
