package dev.cairn.client;

import java.io.IOException;
import java.util.Optional;

/**
 * Where a client keeps the newest head it has verified, so that it never goes back to an older one. Losing it is safe:
 * the client then insists on a head that is proven to be new before it takes an old one.
 */
public interface HeadStore {

    /** What was saved last, which may come from anywhere: it is verified before it is used. */
    Optional<SavedHead> load() throws IOException;

    /** Keeps {@code head} unless a higher one is kept already. */
    void save(SavedHead head) throws IOException;

    /** Keeps the proof that more than f replicas lie, for people. */
    void keep(ForkEvidence evidence) throws IOException;

    /** Keeps heads for as long as this object lives. */
    static HeadStore inMemory() {
        return new HeadStore() {
            private Optional<SavedHead> kept = Optional.empty();

            @Override
            public synchronized Optional<SavedHead> load() {
                return kept;
            }

            @Override
            public synchronized void save(SavedHead head) {
                kept = Optional.of(head);
            }

            @Override
            public void keep(ForkEvidence evidence) {} // LightClient.fork tells
        };
    }
}
