package dev.cairn.protocol;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.Vote;
import java.util.List;

/** What a replica must find again after a crash. {@link Recovery} folds the records of a log back into a state. */
public sealed interface LogRecord {

    /** A block body, committed or not; keyed by hash, several may stand at one height. */
    record BlockBody(Block block) implements LogRecord {}

    /** This replica, as primary, gave the slot (view, height) to a block. The signature is sent again as it is. */
    record ProposedSlot(Ballot ballot, dev.cairn.protocol.model.Signature signature) implements LogRecord {}

    /** A vote this replica signed, with its signature: sent again identically, never signed anew. */
    record CastVote(Vote vote) implements LogRecord {}

    /** The greatest prepare certificate by (view, height). */
    record PreparedCertificate(QuorumCertificate certificate) implements LogRecord {}

    /**
     * The block at this height is final. {@code proof} is the certificate by which it became so: its own, or that of a
     * descendant. Its view matters after a restart, for the voting rule.
     */
    record CommittedBlock(Height height, Digest block, QuorumCertificate proof) implements LogRecord {}

    /** This replica left for the view change's target. */
    record SentViewChange(Message.ViewChange viewChange) implements LogRecord {}

    /** This replica entered the view. */
    record AcceptedNewView(Message.NewView newView) implements LogRecord {}

    /**
     * q replicas hold everything up to this checkpoint. The log may drop votes and slots at or below it, and block
     * bodies at or below it that were not committed.
     */
    record StableCheckpoint(QuorumCertificate certificate) implements LogRecord {}

    /**
     * The committed head is {@code anchor} now, whatever was committed before: its whole state was fetched and is durable
     * beside the old one. Committed heights go on from the anchor; those below it that the log does not hold stay unknown.
     * Everything else in the log, votes above all, counts as before.
     *
     * @param history the RFC 6962 tree over all headers before the anchor
     * @param link headers that lead from the anchor to the block that {@code proof} names
     * @param proof the commit certificate of the anchor or of a descendant
     * @param repairs how many snapshots in a row were installed because this replica's own state was wrong
     */
    record SnapshotInstalled(
            Block anchor, MerkleFrontier history, List<Header> link, QuorumCertificate proof, int repairs)
            implements LogRecord {
        public SnapshotInstalled {
            link = List.copyOf(link);
        }
    }

    /** Proof that a replica lied; kept for ever. */
    record Misconduct(Evidence evidence) implements LogRecord {}
}
