package dev.cairn.protocol;

import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.StateRoots;

/**
 * The replicated application, as the shell drives it. States are immutable values, so blocks run speculatively and are
 * dropped by forgetting a reference.
 *
 * @param <S> a state together with what executing the block that led to it produced (results, events)
 */
public interface StateMachine<S> {

    /** The last committed state. Safe to call from any thread. */
    S committed();

    /**
     * The height of the block that led to {@link #committed}; 0 for a store that has never run. After a restart, what
     * the last {@link #persist} wrote: the shell brings the state from there to the log's head.
     */
    Height committedHeight();

    /**
     * Executes a block's requests on {@code parent} and returns the state after it. A pure function of its arguments:
     * the same on every replica, at any time. Never throws on any request bytes: a request that cannot be executed
     * has an error as its result.
     */
    S execute(S parent, Proposal proposal);

    StateRoots roots(S state);

    /**
     * Makes {@code state} the committed one: readers see it from now on. Called on the event loop, once for each
     * height, in order; must not block.
     */
    void commit(S state, Block block);

    /**
     * Writes a committed state's changes and its height in one atomic batch. Called on the storage thread, once for
     * each height, in order, and only after the log that says it is committed is durable. Blocks; an error is fatal.
     */
    void persist(S state, Block block);
}
