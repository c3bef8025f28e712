package dev.cairn.client.repo;

import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The files of a repository. Whoever writes them into an empty directory writes nowhere else: no path is another's
 * directory, so no link is one either, and links lead into the tree.
 */
public final class Tree {
    private final SortedMap<TreePath, TreeFile> files;

    private Tree(SortedMap<TreePath, TreeFile> files) {
        this.files = Collections.unmodifiableSortedMap(files);
    }

    /**
     * The tree of these files.
     *
     * @throws TreeException if one path is another's directory, or a link leads elsewhere than into the tree
     */
    public static Tree of(Map<TreePath, TreeFile> files) throws TreeException {
        SortedMap<TreePath, TreeFile> sorted = new TreeMap<>(files);
        for (Map.Entry<TreePath, TreeFile> each : sorted.entrySet()) {
            TreePath path = each.getKey();
            requireDirectoriesAbove(path, sorted);
            if (each.getValue().mode() == FileMode.LINK) {
                LinkTarget.require(path, target(path, each.getValue().content()));
            }
        }
        return new Tree(sorted);
    }

    private static void requireDirectoriesAbove(TreePath path, Map<TreePath, TreeFile> files) throws TreeException {
        for (TreePath above : path.directories()) {
            if (files.containsKey(above)) {
                throw path.refused("it would lie in " + above + ", which is no directory");
            }
        }
    }

    private static String target(TreePath link, Bytes content) throws TreeException {
        String target = content.toUtf8();
        if (!Bytes.utf8(target).equals(content)) {
            throw link.refused("where the link leads is not UTF-8");
        }
        return target;
    }

    /**
     * The tree that a repository's records make, all of which are needed.
     *
     * @throws TreeException if they make none, as when they were not written as one publication
     */
    public static Tree ofRecords(RepositoryName name, Collection<KeyValue> records) throws TreeException {
        Map<TreePath, Bytes> contents = new HashMap<>();
        SortedMap<TreePath, FileMode> modes = new TreeMap<>();
        for (KeyValue record : records) {
            if (record.key().equals(name.modesKey())) {
                modes = Modes.parse(record.value());
            } else {
                Bytes path =
                        record.key().slice(name.prefix().size(), record.key().size());
                contents.put(TreePath.of(path), record.value());
            }
        }
        Map<TreePath, TreeFile> files = new HashMap<>();
        for (Map.Entry<TreePath, Bytes> each : contents.entrySet()) {
            FileMode mode = modes.getOrDefault(each.getKey(), FileMode.REGULAR);
            files.put(each.getKey(), new TreeFile(mode, each.getValue()));
        }
        for (TreePath path : modes.keySet()) {
            if (!contents.containsKey(path)) {
                throw new TreeException(ChangeText.printKey(path.utf8()) + ": it has a mode, and is no file");
            }
        }
        return of(files);
    }

    /** In the order of their paths. */
    public SortedMap<TreePath, TreeFile> files() {
        return files;
    }

    public long bytes() {
        return files.values().stream().mapToLong(file -> file.content().size()).sum();
    }

    /** What is to stand in the store. {@link #ofRecords} makes the same tree of it. */
    public SortedMap<Bytes, Bytes> records(RepositoryName name) {
        SortedMap<Bytes, Bytes> records = new TreeMap<>();
        files.forEach((path, file) -> records.put(name.key(path), file.content()));
        records.put(name.modesKey(), Modes.print(files));
        return records;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Tree tree && files.equals(tree.files);
    }

    @Override
    public int hashCode() {
        return files.hashCode();
    }
}
