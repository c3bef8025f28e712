package dev.cairn.simulator;

import dev.cairn.protocol.Authenticator;
import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.StateRoots;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The named invariants. */
final class Invariants {
    private Invariants() {}

    private static void require(boolean holds, Invariant invariant, String how) {
        if (!holds) {
            throw new Violation(invariant.getClass().getSimpleName(), how);
        }
    }

    /** No two different blocks are final at one height. */
    static final class Agreement implements Invariant {
        private final Map<Height, Digest> blocks = new HashMap<>();

        @Override
        public void onStarted(ReplicaId replica, List<Block> chain) {
            chain.forEach(block -> decide(replica, block));
        }

        @Override
        public void onCommitted(
                ReplicaId replica, int life, Block block, QuorumCertificate proof, StateRoots roots, int executed) {
            decide(replica, block);
        }

        private void decide(ReplicaId replica, Block block) {
            Digest first = blocks.putIfAbsent(block.height(), block.digest());
            require(
                    first == null || first.equals(block.digest()),
                    this,
                    replica + " commits " + block + " where another committed " + first);
        }
    }

    /** A replica commits heights one by one, each block on the one before; also in a later life, from where it fell back to. */
    static final class PrefixOrder implements Invariant {
        private record Head(int life, Height height, Digest block) {}

        private final Digest genesis;
        private final Map<ReplicaId, Head> heads = new HashMap<>();
        private final Map<Height, Digest> chain = new HashMap<>();

        PrefixOrder(Digest genesis) {
            this.genesis = genesis;
        }

        @Override
        public void onStarted(ReplicaId replica, List<Block> blocks) {
            blocks.forEach(block -> chain.putIfAbsent(block.height(), block.digest()));
        }

        @Override
        public void onCommitted(
                ReplicaId replica, int life, Block block, QuorumCertificate proof, StateRoots roots, int executed) {
            Head head = heads.getOrDefault(replica, new Head(1, Height.GENESIS, genesis));
            boolean sameLife = head.life() == life;
            require(
                    !sameLife || block.height().equals(head.height().next()),
                    this,
                    replica + " commits " + block + " after " + head);
            Height below = new Height(block.height().value() - 1);
            Digest parent = below.equals(Height.GENESIS) ? genesis : chain.get(below);
            require(
                    block.parent().equals(parent),
                    this,
                    replica + " commits " + block + " on another parent than " + parent);
            chain.put(block.height(), block.digest());
            heads.put(replica, new Head(life, block.height(), block.digest()));
        }
    }

    /** What is final has a commit certificate of a quorum, its own or one of a later height; so has what is prepared. */
    static final class CertificateSoundness implements Invariant {
        private final Authenticator authenticator;

        CertificateSoundness(Authenticator authenticator) {
            this.authenticator = authenticator;
        }

        @Override
        public void onCommitted(
                ReplicaId replica, int life, Block block, QuorumCertificate proof, StateRoots roots, int executed) {
            require(
                    authenticator.isValidCertificate(proof, Phase.COMMIT),
                    this,
                    replica + " commits " + block + " on the unsound " + proof);
            boolean ownOrLater =
                    proof.block().equals(block.digest()) || proof.height().isAbove(block.height());
            require(ownOrLater, this, replica + " commits " + block + " by " + proof);
        }

        @Override
        public void onSent(ReplicaId from, Message message) {
            if (message instanceof Message.ViewChange || message instanceof Message.NewView) {
                require(authenticator.verify(message).isPresent(), this, from + " sends the unsound " + message);
            }
        }
    }

    /** An honest replica never signs two different statements of one kind for one view and height, crash or no crash. */
    static final class NoDoubleVote implements Invariant {
        private record Slot(ReplicaId voter, Phase phase, View view, Height height) {}

        private final Map<Slot, Ballot> votes = new HashMap<>();
        private final Map<Slot, Digest> proposals = new HashMap<>();

        @Override
        public void onSent(ReplicaId from, Message message) {
            if (message instanceof Vote vote) {
                Slot slot = new Slot(
                        vote.voter(),
                        vote.phase(),
                        vote.ballot().view(),
                        vote.ballot().height());
                Ballot first = votes.putIfAbsent(slot, vote.ballot());
                require(
                        first == null || first.equals(vote.ballot()),
                        this,
                        from + " votes for " + vote + " and " + first);
            }
            if (message instanceof Message.PrePrepare proposal
                    && proposal.primary().equals(from)) {
                Slot slot = new Slot(
                        from, Phase.PREPARE, proposal.view(), proposal.block().height());
                Digest first = proposals.putIfAbsent(slot, proposal.block().digest());
                require(
                        first == null || first.equals(proposal.block().digest()),
                        this,
                        from + " proposes " + proposal + " and " + first);
            }
        }
    }

    /** Only what a client asked for is executed. */
    static final class Validity implements Invariant {
        private final Set<Request> submitted = new HashSet<>();

        @Override
        public void onSubmitted(Request request) {
            submitted.add(request);
        }

        @Override
        public void onCommitted(
                ReplicaId replica, int life, Block block, QuorumCertificate proof, StateRoots roots, int executed) {
            for (Request request : block.requests()) {
                require(submitted.contains(request), this, replica + " executes the invented " + request);
            }
        }
    }

    /** However often a request is in the chain, it counts once. */
    static final class ExactlyOnce implements Invariant {
        private final Map<ReplicaId, Set<RequestId>> seen = new HashMap<>();
        private final Map<ReplicaId, Integer> lives = new HashMap<>();

        @Override
        public void onCommitted(
                ReplicaId replica, int life, Block block, QuorumCertificate proof, StateRoots roots, int executed) {
            Integer before = lives.put(replica, life);
            if (before != null && before != life) {
                seen.remove(replica); // it fell back to what was on its disk; counting begins with its next life
            }
            Set<RequestId> requests = seen.computeIfAbsent(replica, _ -> new HashSet<>());
            block.requests().forEach(request -> requests.add(request.id()));
            boolean wholeLife = life == 1;
            require(
                    !wholeLife || requests.size() == executed,
                    this,
                    replica + " executed " + executed + " of " + requests.size() + " different requests");
        }
    }

    /** Execution gives the roots that the header names. */
    static final class StateRootEquality implements Invariant {
        @Override
        public void onCommitted(
                ReplicaId replica, int life, Block block, QuorumCertificate proof, StateRoots roots, int executed) {
            require(block.header().roots().equals(roots), this, replica + " has " + roots + " after " + block);
        }
    }

    /** A read sees every write that was acknowledged anywhere before the read was asked for. */
    static final class LinearizableReads implements Invariant {
        @Override
        public void onRead(ReplicaId replica, Height committed, Height mustSee) {
            require(
                    mustSee.isAtMost(committed),
                    this,
                    "a read at " + replica + " is released at " + committed + " but must see " + mustSee);
        }
    }

    /** No queue grows beyond its bound. */
    static final class BoundedMemory implements Invariant {
        @Override
        public void onStatus(ReplicaStatus status, World world) {
            int capacity = 12 * world.window() + Message.Blocks.MAX_BLOCKS;
            require(
                    status.candidateBlocks() <= capacity + 3 * world.window(),
                    this,
                    status.self() + " holds " + status.candidateBlocks() + " candidate blocks");
            require(
                    status.waitingRequests() <= world.requests(),
                    this,
                    status.self() + " holds " + status.waitingRequests() + " requests");
        }
    }
}
