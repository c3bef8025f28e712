package dev.cairn.runtime;

import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.Testimony;
import java.util.Optional;

/** What a node tells its server. Every method is called on the event loop, one at a time, and must not block. */
public interface CommitListener<S> {

    /**
     * {@code state} is committed: readers of the state machine see it already. Once for each height, in order. {@code proof}
     * is the commit certificate of the block or of a descendant.
     */
    void committed(Block block, S state, QuorumCertificate proof);

    /**
     * A linearizable read may be answered from the state machine's committed state now. {@code testimony} is there if it
     * was asked for with a challenge.
     */
    void readReady(long readId, Optional<Testimony> testimony);

    /** A submitted request was not taken and will not be tried again. */
    void refused(Request request, String reason);
}
