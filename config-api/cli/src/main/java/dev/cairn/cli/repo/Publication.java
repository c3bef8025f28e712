package dev.cairn.cli.repo;

import dev.cairn.cli.Failure;
import dev.cairn.cli.changes.Intent;
import dev.cairn.client.repo.RepositoryName;
import dev.cairn.client.repo.Tree;
import dev.cairn.client.repo.TreeException;
import dev.cairn.client.repo.TreeFile;
import dev.cairn.client.repo.TreePath;
import dev.cairn.kv.change.ChangeLimits;
import dev.cairn.kv.change.Precondition;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What makes a repository exactly a tree. The record of the modes is put by every publication and expected as it was, so of two
 * that were made of one state only one is executed: no mixture of both, which nobody has seen, can come about.
 *
 * @param files those that do not stay as they are, content and mode, by their keys
 * @param unchanged how many files stay as they are
 * @param intents nothing if the repository is that tree already
 */
record Publication(SortedMap<Bytes, Fate> files, int unchanged, List<Intent> intents, List<Precondition> expected) {
    /** An author may have so much in waiting. */
    static final long MAX_CHANGED_BYTES = 16L << 20;

    enum Fate {
        ADDED('A'),
        MODIFIED('M'),
        DELETED('D');

        private final char letter;

        Fate(char letter) {
            this.letter = letter;
        }

        /** As git abbreviates it. */
        char letter() {
            return letter;
        }
    }

    /** @param there all records that the repository has */
    static Publication of(RepositoryName name, Tree tree, Collection<KeyValue> there) {
        Map<Bytes, KeyValue> before = new HashMap<>();
        there.forEach(record -> before.put(record.key(), record));
        SortedMap<Bytes, Bytes> after = tree.records(name);
        SortedMap<Bytes, Fate> differing = new TreeMap<>();
        for (Bytes key : union(before.keySet(), after.keySet())) {
            Optional<Bytes> old = Optional.ofNullable(before.get(key)).map(KeyValue::value);
            Optional<Bytes> value = Optional.ofNullable(after.get(key));
            if (!old.equals(value)) {
                differing.put(key, value.isEmpty() ? Fate.DELETED : old.isEmpty() ? Fate.ADDED : Fate.MODIFIED);
            }
        }
        if (!differing.isEmpty()) {
            differing.putIfAbsent(name.modesKey(), Fate.MODIFIED);
        }
        List<Intent> intents = new ArrayList<>();
        List<Precondition> expected = new ArrayList<>();
        for (Bytes key : differing.keySet()) {
            Bytes value = after.get(key);
            KeyValue old = before.get(key);
            intents.add(value == null ? new Intent.Delete(key) : new Intent.Put(key, value));
            expected.add(
                    old == null
                            ? new Precondition.Absent(key)
                            : new Precondition.LastWrittenAt(key, old.modRevision()));
        }
        SortedMap<Bytes, Fate> files = new TreeMap<>(differing);
        files.remove(name.modesKey());
        otherModes(name, tree, there).forEach(key -> files.putIfAbsent(key, Fate.MODIFIED));
        int written = (int)
                files.values().stream().filter(fate -> fate != Fate.DELETED).count();
        return new Publication(files, tree.files().size() - written, List.copyOf(intents), List.copyOf(expected));
    }

    /** The files that have another mode than before; not known where what is there makes no tree. */
    private static List<Bytes> otherModes(RepositoryName name, Tree tree, Collection<KeyValue> there) {
        try {
            SortedMap<TreePath, TreeFile> old = Tree.ofRecords(name, there).files();
            return tree.files().entrySet().stream()
                    .filter(each -> Optional.ofNullable(old.get(each.getKey()))
                            .filter(file -> file.mode() != each.getValue().mode())
                            .isPresent())
                    .map(each -> name.key(each.getKey()))
                    .toList();
        } catch (TreeException e) {
            return List.of();
        }
    }

    private static TreeSet<Bytes> union(Collection<Bytes> some, Collection<Bytes> others) {
        TreeSet<Bytes> all = new TreeSet<>(some);
        all.addAll(others);
        return all;
    }

    boolean changesNothing() {
        return intents.isEmpty();
    }

    long count(Fate fate) {
        return files.values().stream().filter(fate::equals).count();
    }

    /** How many bytes it puts. */
    long bytes() {
        return intents.stream()
                .mapToLong(intent -> intent instanceof Intent.Put(Bytes _, Bytes value) ? value.size() : 0)
                .sum();
    }

    /** Refuses what no one change can do. */
    void requireFits() throws Failure {
        if (intents.size() > ChangeLimits.MAX_LINES) {
            throw new Failure(files.size() + " files differ, and one change does " + (ChangeLimits.MAX_LINES - 1)
                    + " at most; publish in several changes, with a .gitignore that leaves fewer out each time");
        }
        if (bytes() > MAX_CHANGED_BYTES) {
            throw new Failure("the files that differ have " + bytes() + " bytes, and one change carries "
                    + MAX_CHANGED_BYTES
                    + " at most; publish in several changes, with a .gitignore that leaves fewer out each time");
        }
    }
}
