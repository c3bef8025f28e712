package dev.cairn.agent.git;

import dev.cairn.client.KeyStamp;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.repo.RepositoryName;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What a repository's objects are made of. Everything is proven before it is returned; methods block. */
interface Source {

    /**
     * A state of the cluster.
     *
     * @param revision its newest
     * @param oldest the oldest revision at which it can still be read
     */
    record State(long revision, long oldest) {}

    /** Takes one record of many. */
    interface Sink {
        void take(KeyValue record) throws IOException;
    }

    /** The newest state; every write that was acknowledged before the call is in it. */
    State newest() throws NotVerifiedException;

    /** The first {@code limit} keys of the repository at a revision, in order. */
    List<KeyStamp> keys(RepositoryName name, int limit, long revision) throws NotVerifiedException;

    /** A key as it was at a revision. */
    Optional<KeyValue> get(Bytes key, long revision) throws NotVerifiedException;

    /** All records of the repository at a revision, in order; not all of them are in memory at a time. */
    void forEach(RepositoryName name, long revision, Sink sink) throws NotVerifiedException, IOException;

    /** Who made a revision that some key's value is of, and why; as the state at {@code at} tells. */
    Authorship authorship(long revision, long at) throws NotVerifiedException;
}
