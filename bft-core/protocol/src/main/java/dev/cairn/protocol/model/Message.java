package dev.cairn.protocol.model;

import java.util.List;
import java.util.Optional;

/**
 * Everything replicas say to each other. Signed messages carry their signature; the others ({@link Status}, {@link
 * Forward}, the fetches, the read index) rest on the authenticated link they came by and prove nothing to third parties.
 */
public sealed interface Message
        permits Vote,
                Message.PrePrepare,
                Message.Suspect,
                Message.ViewChange,
                Message.NewView,
                Message.Status,
                Message.Forward,
                Message.FetchBlocks,
                Message.Blocks,
                Message.FetchBody,
                Message.Body,
                Message.ReadIndexQuery,
                Message.ReadIndexAnswer,
                Message.WitnessQuery,
                Message.WitnessAnswer,
                Message.FetchSnapshot,
                Message.SnapshotOffer,
                Message.FetchChunk,
                Message.Chunk,
                Message.NoSnapshot {

    /** "In this view, this block comes at this height." Signed over (view, height, hash). */
    record PrePrepare(View view, Block block, ReplicaId primary, Signature signature) implements Message {
        public Ballot ballot() {
            return new Ballot(block.header().epoch(), view, block.height(), block.digest());
        }

        @Override
        public String toString() {
            return "PrePrepare(" + view + " " + block + ")";
        }
    }

    /** "I hold and executed this block, and will vote for no other at this height in this view." */
    record Prepare(Ballot ballot, ReplicaId voter, Signature signature) implements Vote {
        @Override
        public Phase phase() {
            return Phase.PREPARE;
        }
    }

    /** "I hold a prepare certificate of this view for this block." */
    record Commit(Ballot ballot, ReplicaId voter, Signature signature) implements Vote {
        @Override
        public Phase phase() {
            return Phase.COMMIT;
        }
    }

    /** "Everything up to this block is committed and durable here." The ballot's view is 0. */
    record Checkpoint(Ballot ballot, ReplicaId voter, Signature signature) implements Vote {
        @Override
        public Phase phase() {
            return Phase.CHECKPOINT;
        }
    }

    /** "I want another primary than this view's." Its sender goes on voting in the view. */
    record Suspect(Epoch epoch, View view, ReplicaId sender, Signature signature) implements Message {}

    /**
     * "I have stopped voting below {@code target}; this is the highest I prepared and the highest I know committed."
     * {@code trigger} is about the view before {@code target}: why it may be left.
     */
    record ViewChange(
            Epoch epoch,
            View target,
            Optional<QuorumCertificate> prepared,
            Optional<QuorumCertificate> committed,
            Trigger trigger,
            ReplicaId sender,
            Signature signature)
            implements Message {
        private static final int RESIGNED = -1; // no number of suspicions

        /** The digest that the sender signs. */
        public static Digest contentDigest(
                Optional<QuorumCertificate> prepared, Optional<QuorumCertificate> committed, Trigger trigger) {
            ByteWriter out =
                    new ByteWriter(1024).putByte(Hashing.TAG_VIEW_CHANGE).putByte(Hashing.SUITE);
            Certificates.write(out, prepared);
            Certificates.write(out, committed);
            switch (trigger) {
                case Trigger.Suspicion why -> write(out, why);
                case Trigger.Resignation why -> write(out, why);
            }
            return Hashing.sha256(out.toArray());
        }

        private static void write(ByteWriter out, Trigger.Suspicion why) {
            out.putInt(why.suspects().size());
            for (Suspect suspect : why.suspects()) {
                out.putInt(suspect.sender().index())
                        .putLong(suspect.view().number())
                        .putBytes(suspect.signature().bytes());
            }
        }

        private static void write(ByteWriter out, Trigger.Resignation why) {
            out.putInt(RESIGNED)
                    .putLong(why.view().number())
                    .putInt(why.heir().index())
                    .putBytes(why.signature().bytes());
            Certificates.write(out, why.office());
        }

        public Digest contentDigest() {
            return contentDigest(prepared, committed, trigger);
        }
    }

    /** "q replicas have left for this view; its tip follows from what they sent." */
    record NewView(Epoch epoch, View view, List<ViewChange> viewChanges, ReplicaId primary, Signature signature)
            implements Message {
        public NewView {
            viewChanges = List.copyOf(viewChanges);
        }

        /** The digest that the primary signs. */
        public static Digest contentDigest(List<ViewChange> viewChanges) {
            ByteWriter out = new ByteWriter(512).putByte(Hashing.TAG_NEW_VIEW).putByte(Hashing.SUITE);
            out.putInt(viewChanges.size());
            for (ViewChange change : viewChanges) {
                out.putInt(change.sender().index())
                        .putDigest(change.contentDigest())
                        .putBytes(change.signature().bytes());
            }
            return Hashing.sha256(out.toArray());
        }

        public Digest contentDigest() {
            return contentDigest(viewChanges);
        }
    }

    /**
     * Where the sender stands; sent at a steady beat and on reconnect. It is the heartbeat, and the reason why no other
     * message needs to arrive at the first try. {@code changing}: the sender has left for {@code view} and waits for its
     * NewView.
     */
    record Status(Epoch epoch, View view, boolean changing, Height prepared, Height committed, Height stable)
            implements Message {}

    /** Requests on their way to the primary; {@code relayed} when the gateway has lost patience and told everyone. */
    record Forward(List<Request> requests, boolean relayed) implements Message {
        /** Each costs the receiver a signature check. */
        public static final int MAX_REQUESTS = 64;

        public Forward {
            requests = List.copyOf(requests);
        }
    }

    /** "Send me committed blocks from this height on." */
    record FetchBlocks(Height from) implements Message {}

    /**
     * Committed blocks in order, then the headers (perhaps none) that lead from the last of them to the block that
     * {@code proof}, a commit certificate, names.
     */
    record Blocks(List<Block> blocks, List<Header> link, QuorumCertificate proof) implements Message {
        /** More in one message are refused. */
        public static final int MAX_BLOCKS = 64;

        public Blocks {
            blocks = List.copyOf(blocks);
            link = List.copyOf(link);
        }
    }

    /** "Send me the block with this hash", for blocks that are not committed yet. */
    record FetchBody(Digest block) implements Message {}

    /** The answer to {@link FetchBody} where the sender holds no PrePrepare for it in its view. */
    record Body(Block block) implements Message {}

    /** "What is the highest you have prepared or know committed?" */
    record ReadIndexQuery(long round) implements Message {}

    /** The greatest, by (view, height), of the sender's prepare and commit certificates. */
    record ReadIndexAnswer(long round, View view, Height height) implements Message {}

    /** {@link ReadIndexQuery} on behalf of readers who want the answer signed. */
    record WitnessQuery(long round, Digest challenge) implements Message {}

    /** The answer to {@link WitnessQuery}, which convinces third parties too. */
    record WitnessAnswer(long round, Witness witness) implements Message {}

    /** "Offer me the state after a block above this height." */
    record FetchSnapshot(Height above) implements Message {}

    /**
     * "I hold the state after {@code anchor} and can serve it." Also the answer to {@link FetchBlocks} for blocks that the
     * sender does not hold any more.
     *
     * @param history the RFC 6962 tree over all headers before the anchor; its root is in the anchor's header
     * @param link headers (perhaps none) that lead from the anchor to the block that {@code proof} names
     * @param proof a commit certificate of the anchor or of a descendant
     * @param splits places that cut the state into about equal parts; nobody vouches for them
     */
    record SnapshotOffer(
            Block anchor, MerkleFrontier history, List<Header> link, QuorumCertificate proof, List<Bytes> splits)
            implements Message {
        /** More in one message are refused. */
        public static final int MAX_SPLITS = 64;

        /** A longer one is refused: the state can be cut elsewhere, or not at all. */
        public static final int MAX_SPLIT_BYTES = 4 << 10;

        public SnapshotOffer {
            link = List.copyOf(link);
            splits = List.copyOf(splits);
        }

        @Override
        public String toString() {
            return "SnapshotOffer(" + anchor + " by " + proof + ", " + splits.size() + " splits)";
        }
    }

    /** "Send me the anchor's state from this place on, before {@code until}, or to the end." */
    record FetchChunk(Digest anchor, Bytes from, Optional<Bytes> until) implements Message {}

    /** The answer to {@link FetchChunk}, whose fields it repeats. {@code content} proves itself, see {@code StateMachine}. */
    record Chunk(Digest anchor, Bytes from, Optional<Bytes> until, Bytes content) implements Message {
        /** What a server aims at; one piece that is larger travels alone. */
        public static final int TARGET_BYTES = 1 << 20;
    }

    /** The answer to {@link FetchChunk} where the sender does not, or no longer, hold the anchor's state. */
    record NoSnapshot(Digest anchor) implements Message {}
}
