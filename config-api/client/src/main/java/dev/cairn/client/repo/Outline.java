package dev.cairn.client.repo;

import dev.cairn.kv.change.ChangeText;
import dev.cairn.protocol.model.Bytes;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Which files a tree has and what each is, without what they hold: so much is needed to say whether records make a tree.
 *
 * @param files in the order of their paths
 */
public record Outline(SortedMap<TreePath, FileMode> files) {
    public Outline {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }

    /**
     * That of the tree which a repository's records make.
     *
     * @param keys of all its records
     * @param values asked for those of links and of the record of the modes only
     * @throws TreeException if they make none, as when they were not written as one publication
     */
    public static Outline ofRecords(RepositoryName name, Collection<Bytes> keys, Function<Bytes, Bytes> values)
            throws TreeException {
        SortedMap<TreePath, FileMode> modes = new TreeMap<>();
        SortedMap<TreePath, FileMode> files = new TreeMap<>();
        for (Bytes key : keys) {
            if (key.equals(name.modesKey())) {
                modes = Modes.parse(values.apply(key));
            } else {
                files.put(TreePath.of(key.slice(name.prefix().size(), key.size())), FileMode.REGULAR);
            }
        }
        for (TreePath path : modes.keySet()) {
            if (!files.containsKey(path)) {
                throw new TreeException(ChangeText.printKey(path.utf8()) + ": it has a mode, and is no file");
            }
        }
        files.putAll(modes);
        return of(files, path -> values.apply(name.key(path)));
    }

    /**
     * That of a tree with these files.
     *
     * @param contents asked for links only
     * @throws TreeException if one path is another's directory, or a link leads elsewhere than into the tree
     */
    static Outline of(SortedMap<TreePath, FileMode> files, Function<TreePath, Bytes> contents) throws TreeException {
        for (TreePath path : files.keySet()) {
            for (TreePath above : path.directories()) {
                if (files.containsKey(above)) {
                    throw path.refused("it would lie in " + above + ", which is no directory");
                }
                if (GitNames.areOfFilesOnly(above.parts().getLast())) {
                    throw path.refused("it lies in " + above + ", which git takes for a file; rename it");
                }
            }
            if (files.get(path) == FileMode.LINK) {
                LinkTarget.require(path, target(path, contents.apply(path)));
            }
        }
        return new Outline(files);
    }

    private static String target(TreePath link, Bytes content) throws TreeException {
        String target = content.toUtf8();
        if (!Bytes.utf8(target).equals(content)) {
            throw link.refused("where the link leads is not UTF-8");
        }
        return target;
    }
}
