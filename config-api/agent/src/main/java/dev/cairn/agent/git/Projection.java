package dev.cairn.agent.git;

import dev.cairn.client.KeyStamp;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.repo.Outline;
import dev.cairn.client.repo.RepositoryName;
import dev.cairn.client.repo.Tree;
import dev.cairn.client.repo.TreeException;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.jspecify.annotations.Nullable;

/**
 * One repository as git's objects. What a commit is follows from the state alone, so every host makes the same ones; what was
 * made before only saves work. For one thread at a time.
 */
final class Projection {
    /** Of the newest publications. */
    static final int MAX_TAGS = 8;

    /** One more than a repository may have, with its record of the modes. */
    static final int MAX_KEYS = Tree.MAX_FILES + 2;

    /** Fetched one by one where no more are new; else the whole repository is. */
    private static final int MAX_SINGLE_READS = 64;

    private final RepositoryName name;
    private final Source source;
    private final ObjectStore store;

    /** Of the trees that were made last, by what was read. */
    private Map<KeyStamp, Blob> known = Map.of();

    /** Those that were told last, or that they are no tree; what was at a revision never changes. */
    private SortedMap<Long, Optional<ObjectId>> tags = new TreeMap<>();

    private @Nullable Told last;

    private record Blob(ObjectId id, int bytes) {}

    /**
     * What was told last.
     *
     * @param keys of the repository in that state
     */
    private record Told(Source.State state, List<KeyStamp> keys, Commit head, Refs refs) {}

    /** @param revision the highest at which one of its keys was written */
    private record Commit(long revision, ObjectId id) {}

    Projection(RepositoryName name, Source source, ObjectStore store) {
        this.name = name;
        this.source = source;
        this.store = store;
    }

    ObjectStore store() {
        return store;
    }

    /**
     * The repository as it is now; its objects are in the store.
     *
     * @throws TreeException if there is none, or it is no tree
     */
    Refs refresh() throws NotVerifiedException, TreeException, IOException {
        Source.State now = source.newest();
        Told before = last;
        if (before != null && before.state().equals(now)) {
            return before.refs();
        }
        List<KeyStamp> keys = keys(now.revision());
        if (keys.isEmpty()) {
            throw new TreeException("there is none of this name; `cairn push` publishes one");
        }
        Map<KeyStamp, Blob> blobs = new HashMap<>(known);
        Map<KeyStamp, Blob> used = new HashMap<>();
        Commit head = before != null && before.keys().equals(keys)
                ? before.head()
                : commit(keys, now.revision(), blobs, used);
        tags = tags(now, keys, head, blobs, used);
        if (!used.isEmpty()) {
            known = used;
        }
        SortedMap<Long, ObjectId> told = new TreeMap<>();
        tags.forEach((revision, commit) -> commit.ifPresent(id -> told.put(revision, id)));
        Refs refs = new Refs(head.id(), told);
        last = new Told(now, keys, head, refs);
        return refs;
    }

    private List<KeyStamp> keys(long revision) throws NotVerifiedException {
        return source.keys(name, MAX_KEYS, revision);
    }

    /**
     * The newest publications that can still be read. That the head's revision is among them does not make it the head: what
     * was deleted since leaves no trace in the keys that live.
     */
    private SortedMap<Long, Optional<ObjectId>> tags(
            Source.State now, List<KeyStamp> keys, Commit head, Map<KeyStamp, Blob> blobs, Map<KeyStamp, Blob> used)
            throws NotVerifiedException, IOException {
        SortedMap<Long, Optional<ObjectId>> found = new TreeMap<>();
        OptionalLong next = head.revision() >= now.oldest() ? OptionalLong.of(head.revision()) : OptionalLong.empty();
        while (next.isPresent()) {
            long at = next.getAsLong();
            Optional<ObjectId> commit = tags.get(at);
            if (commit == null) {
                List<KeyStamp> then = at == now.revision() ? keys : keys(at);
                commit = then.equals(keys) ? Optional.of(head.id()) : commitIfTree(then, at, blobs, used);
            }
            found.put(at, commit);
            next = found.size() < MAX_TAGS ? publicationBefore(at, now.oldest()) : OptionalLong.empty();
        }
        return found;
    }

    /** Every publication puts the record of the modes, so it tells when the last one was. */
    private OptionalLong publicationBefore(long revision, long oldest) throws NotVerifiedException {
        if (revision - 1 < Math.max(1, oldest)) {
            return OptionalLong.empty();
        }
        Optional<KeyValue> modes = source.get(name.modesKey(), revision - 1);
        return modes.isPresent() && modes.get().modRevision() >= oldest
                ? OptionalLong.of(modes.get().modRevision())
                : OptionalLong.empty();
    }

    private Optional<ObjectId> commitIfTree(
            List<KeyStamp> keys, long at, Map<KeyStamp, Blob> blobs, Map<KeyStamp, Blob> used)
            throws NotVerifiedException, IOException {
        try {
            return Optional.of(commit(keys, at, blobs, used).id());
        } catch (TreeException e) {
            return Optional.empty();
        }
    }

    /**
     * Writes the commit of a state.
     *
     * @param at a revision of that state
     * @param blobs those that are written already; what is new is added
     * @param used takes those of this commit
     */
    private Commit commit(List<KeyStamp> keys, long at, Map<KeyStamp, Blob> blobs, Map<KeyStamp, Blob> used)
            throws NotVerifiedException, TreeException, IOException {
        if (keys.size() >= MAX_KEYS) {
            throw new TreeException("it has more than " + Tree.MAX_FILES + " files");
        }
        Map<KeyStamp, Blob> all = new HashMap<>(blobs);
        try (ObjectInserter objects = store.newObjectInserter()) {
            read(keys, at, all, objects);
            Map<Bytes, ObjectId> ids = new HashMap<>();
            long bytes = 0;
            for (KeyStamp key : keys) {
                Blob blob = Objects.requireNonNull(all.get(key));
                ids.put(key.key(), blob.id());
                bytes += blob.bytes();
            }
            if (bytes > Tree.MAX_BYTES) {
                throw new TreeException("its files have more than " + Tree.MAX_BYTES + " bytes");
            }
            Commit commit = write(keys, at, key -> Objects.requireNonNull(ids.get(key)), objects);
            objects.flush();
            for (KeyStamp key : keys) {
                Blob blob = Objects.requireNonNull(all.get(key));
                blobs.put(key, blob);
                used.put(key, blob);
            }
            return commit;
        }
    }

    private Commit write(List<KeyStamp> keys, long at, Function<Bytes, ObjectId> ids, ObjectInserter objects)
            throws NotVerifiedException, TreeException, IOException {
        try (ObjectReader reader = objects.newReader()) {
            Outline outline = Outline.ofRecords(
                    name, keys.stream().map(KeyStamp::key).toList(), key -> content(reader, ids.apply(key)));
            ObjectId tree = TreeWriter.write(outline, path -> ids.apply(name.key(path)), objects);
            long revision = keys.stream().mapToLong(KeyStamp::modRevision).max().orElseThrow();
            byte[] text = CommitText.of(name, revision, tree, source.authorship(revision, at));
            return new Commit(revision, objects.insert(Constants.OBJ_COMMIT, text));
        }
    }

    private static Bytes content(ObjectReader reader, ObjectId id) {
        try {
            return Bytes.wrap(reader.open(id, Constants.OBJ_BLOB).getBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sees to it that the content of every key is written. */
    private void read(List<KeyStamp> keys, long at, Map<KeyStamp, Blob> blobs, ObjectInserter objects)
            throws NotVerifiedException, IOException {
        Set<KeyStamp> missing = new HashSet<>(keys);
        missing.removeAll(blobs.keySet());
        if (missing.size() <= MAX_SINGLE_READS) {
            for (KeyStamp key : missing) {
                insert(source.get(key.key(), at).orElseThrow(), blobs, objects);
            }
        } else {
            source.forEach(name, at, record -> insert(record, blobs, objects));
        }
    }

    private static void insert(KeyValue record, Map<KeyStamp, Blob> blobs, ObjectInserter objects) throws IOException {
        KeyStamp stamp = new KeyStamp(record.key(), record.modRevision());
        if (!blobs.containsKey(stamp)) {
            ObjectId id = objects.insert(Constants.OBJ_BLOB, record.value().shared());
            blobs.put(stamp, new Blob(id, record.value().size()));
        }
    }
}
