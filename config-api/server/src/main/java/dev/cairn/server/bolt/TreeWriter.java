package dev.cairn.server.bolt;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A B+ tree from the leaves upwards, of keys that come in their order: one page of each level is held at a time. */
final class TreeWriter {
    private final PageFile pages;
    private final PageBuilder leaf = PageBuilder.leaf();
    private final List<PageBuilder> branches = new ArrayList<>();
    private byte @Nullable [] last;

    TreeWriter(PageFile pages) {
        this.pages = pages;
    }

    void put(byte[] key, byte[] value, int flags) throws IOException {
        if (last != null && Arrays.compareUnsigned(last, key) >= 0) {
            throw new IllegalArgumentException("keys come in ascending order, each once");
        }
        last = key;
        if (leaf.isFullFor(key, value.length)) {
            endLeaf();
        }
        leaf.addValue(key, value, flags);
    }

    /** Writes what is left, and returns the page of the root. */
    long finish() throws IOException {
        if (branches.isEmpty() && leaf.isEmpty()) {
            return pages.append(leaf.take(pages.next()));
        }
        if (!leaf.isEmpty()) {
            endLeaf();
        }
        int level = 0;
        while (level < branches.size() - 1 || branches.get(level).count() > 1) {
            if (!branches.get(level).isEmpty()) {
                endBranch(level);
            }
            level++;
        }
        return branches.get(level).onlyChild();
    }

    private void endLeaf() throws IOException {
        byte[] first = leaf.firstKey();
        addChild(0, first, pages.append(leaf.take(pages.next())));
    }

    private void endBranch(int level) throws IOException {
        PageBuilder branch = branches.get(level);
        byte[] first = branch.firstKey();
        addChild(level + 1, first, pages.append(branch.take(pages.next())));
    }

    private void addChild(int level, byte[] key, long child) throws IOException {
        if (level == branches.size()) {
            branches.add(PageBuilder.branch());
        }
        if (branches.get(level).isFullFor(key, 0)) {
            endBranch(level);
        }
        branches.get(level).addChild(key, child);
    }
}
