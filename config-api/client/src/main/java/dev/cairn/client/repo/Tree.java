package dev.cairn.client.repo;

import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The files of a repository. Whoever writes them into an empty directory writes nowhere else: no path is another's
 * directory, so no link is one either, and links lead into the tree.
 */
public final class Tree {
    /** Of one tree. */
    public static final int MAX_FILES = 20_000;

    /** Of all its files together. */
    public static final long MAX_BYTES = 64L << 20;

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
        SortedMap<TreePath, FileMode> modes = new TreeMap<>();
        sorted.forEach((path, file) -> modes.put(path, file.mode()));
        var _ = Outline.of(modes, path -> content(sorted, path));
        return new Tree(sorted);
    }

    private static Bytes content(Map<TreePath, TreeFile> files, TreePath path) {
        return Objects.requireNonNull(files.get(path)).content();
    }

    /**
     * The tree that a repository's records make, all of which are needed.
     *
     * @throws TreeException if they make none, as when they were not written as one publication
     */
    public static Tree ofRecords(RepositoryName name, Collection<KeyValue> records) throws TreeException {
        Map<Bytes, Bytes> values = new HashMap<>();
        records.forEach(record -> values.put(record.key(), record.value()));
        Outline outline = Outline.ofRecords(name, values.keySet(), key -> Objects.requireNonNull(values.get(key)));
        SortedMap<TreePath, TreeFile> files = new TreeMap<>();
        outline.files()
                .forEach((path, mode) ->
                        files.put(path, new TreeFile(mode, Objects.requireNonNull(values.get(name.key(path))))));
        return new Tree(files);
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
