package dev.cairn.agent.git;

import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.repo.RepositoryName;
import dev.cairn.client.repo.TreeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The repositories that were asked for, those that were asked for last. */
public final class Projections {
    static final int MAX_REPOSITORIES = 8;

    /** On disk, all together; one repository may go beyond it alone. */
    static final long MAX_BYTES = 256L << 20;

    /** Each publication that is read makes one; then the repository is written anew. */
    private static final int MAX_PACKS = 64;

    private final Source source;
    private final Path directory;

    /** The one that was asked for last is the last. */
    private final Map<RepositoryName, Projection> kept = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * Of a cluster; nothing is read before it is asked for.
     *
     * @param directory where files may be written; they have no names there
     */
    public Projections(ClusterSource source, Path directory) {
        this((Source) source, directory);
    }

    Projections(Source source, Path directory) {
        this.source = source;
        this.directory = directory;
    }

    /** A repository whose objects stay for as long as it is open. */
    record Open(ObjectStore store, Refs refs) implements AutoCloseable {
        @Override
        public void close() {
            store.release();
        }
    }

    /**
     * The repository as it is now. Two who ask for the same wait for each other, so that it is read once.
     *
     * @throws TreeException if there is none, or it is no tree
     */
    Open open(RepositoryName name) throws NotVerifiedException, TreeException, IOException {
        Projection projection = of(name);
        ObjectStore store = projection.store();
        boolean isOpen = false;
        try {
            Refs refs;
            synchronized (projection) {
                refs = projection.refresh();
            }
            isOpen = true;
            return new Open(store, refs);
        } finally {
            if (!isOpen) {
                store.release();
            }
            trim(name);
        }
    }

    /** With its store held. */
    private synchronized Projection of(RepositoryName name) {
        Projection projection = kept.computeIfAbsent(
                name, _ -> new Projection(name, source, ObjectStore.create(name.text(), directory)));
        projection.store().hold();
        return projection;
    }

    /** Lets go what is beyond the bounds; whoever has it open may go on. */
    private synchronized void trim(RepositoryName current) {
        Projection now = kept.get(current);
        if (now != null && now.store().packs() > MAX_PACKS) {
            drop(current);
        }
        List<RepositoryName> oldestFirst = new ArrayList<>(kept.keySet());
        for (RepositoryName name : oldestFirst) {
            boolean isTooMuch = kept.size() > MAX_REPOSITORIES || bytes() > MAX_BYTES;
            if (isTooMuch && !name.equals(current)) {
                drop(name);
            }
        }
    }

    private void drop(RepositoryName name) {
        Projection dropped = kept.remove(name);
        if (dropped != null) {
            dropped.store().release();
        }
    }

    /** On disk. */
    public synchronized long bytes() {
        return kept.values().stream().mapToLong(each -> each.store().bytes()).sum();
    }

    public synchronized int repositories() {
        return kept.size();
    }
}
