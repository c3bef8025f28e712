package dev.cairn.protocol;

import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.StateRoots;
import java.util.List;
import java.util.Optional;

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

    /** Whether {@link #prepare} would do anything worth while. Any thread; must be quick, and never throws. */
    default boolean isCostly(Request request) {
        return false;
    }

    /**
     * Does ahead of execution what is costly in a request and needs no state, such as verifying signatures in it, and
     * remembers it. Any thread but the event loop; perhaps several times for one request, perhaps never. No outcome depends
     * on it. Never throws.
     */
    default void prepare(Request request) {}

    StateRoots roots(S state);

    /**
     * Whether something in {@code state} changes by the passing of time alone, as a lease does: while it does, blocks
     * follow one another at least every {@link Timeouts#timeTicks}, with no request waiting too. A pure function of the
     * state; event loop, every tick; must be quick.
     */
    default boolean waitsForTime(S state) {
        return false;
    }

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

    /** Makes durable what was written by each {@link #persist} that has returned. Any thread; blocks; an error is fatal. */
    void sync();

    // State transfer. A state is cut into chunks at places: byte strings that only the state machine understands,
    // ordered
    // as unsigned bytes; Bytes.EMPTY is the beginning. A place may lie inside one large key's history.

    /**
     * Keeps everything that {@code state} needs for chunks readable, on disk too, until {@link #unpin}. Pins are counted; of
     * eight states at a time at least.
     * Called on the event loop for a state that is committed, or was a moment ago; must not block.
     */
    void pin(S state);

    /** Takes one {@link #pin} back. Event loop; must not block. */
    void unpin(S state);

    /**
     * At most {@code parts - 1} places, ascending, that cut a pinned {@code state} into about equal parts. Hints: those
     * longer than {@link Message.SnapshotOffer#MAX_SPLIT_BYTES} are left out.
     */
    List<Bytes> splits(S state, int parts);

    /**
     * The part of a pinned {@code state} from {@code from} on, before {@code until} (nothing: to the end), with its proof
     * against the state's root: about {@code maxBytes}, and at least one piece. Any thread; blocks. A place that is none of
     * this state's gives a chunk that proves whatever is there. Empty if the state was pinned too late, and some of it is
     * gone, or if it does not reach the disk.
     */
    Bytes chunk(S state, Bytes from, Optional<Bytes> until, int maxBytes);

    /**
     * Begins to collect, beside the current state, the state that {@code header} certifies. Forgets what was collected
     * before, also what {@link Incoming#complete} made durable. Blocks.
     */
    Incoming receive(Header header);

    /**
     * At the start, before anyone reads: makes the completed incoming state of exactly this header the committed one, in
     * one atomic step. False, and nothing changes, if there is none. Blocks.
     */
    boolean adopt(Header header);

    /** A state on its way in. One thread at a time. */
    interface Incoming extends AutoCloseable {

        /**
         * Checks the chunk against the header's state root alone and stores what it proves. Idempotent. Blocks. Refused
         * whatever the bytes are if they prove nothing, and if all is complete, or closed, already.
         */
        Verdict add(Bytes from, Bytes content);

        /**
         * All was added: recomputes the whole state root from what is stored and makes it durable. False if it is not what
         * the header certifies. Blocks.
         */
        boolean complete();

        /** Lets go of memory and files; what {@link #complete} made durable stays. */
        @Override
        void close();
    }

    /** What a chunk was worth. */
    sealed interface Verdict {
        /** All of {@code [from, next)} is proven and stored; nothing in {@code next}: to the end. {@code next > from}. */
        record Accepted(Optional<Bytes> next) implements Verdict {}

        /** Something in it is not proven. Nothing was stored. */
        record Refused(String reason) implements Verdict {}
    }
}
