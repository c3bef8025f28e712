package dev.cairn.simulator;

import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.Occupancy;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.Timeouts;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Testimony;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What clients and operators may rely on. */
final class ServiceInvariants {
    private ServiceInvariants() {}

    /** A read sees every write that was acknowledged anywhere before the read was asked for. */
    static final class LinearizableReads extends Invariant {
        @Override
        public void onRead(ReplicaId replica, Height committed, Height mustSee) {
            require(
                    mustSee.isAtMost(committed),
                    "a read at %s is released at %s but must see %s",
                    replica,
                    committed,
                    mustSee);
        }
    }

    /** What a reader is given convinces whoever has the keys: signed by a quorum, for this reader, met by what was read. */
    static final class SoundTestimony extends Invariant {
        private final SimCrypto keys;
        private final Map<ReplicaId, Observer.Decided> heads = new HashMap<>();

        SoundTestimony(Genesis genesis) {
            this.keys = new SimCrypto(genesis);
        }

        /** Where a start put the head, and by which certificate, is not told. */
        @Override
        public void onStarted(ReplicaId replica, int life, Block head, List<Block> chain) {
            heads.remove(replica);
        }

        @Override
        public void onDecided(Decided decided) {
            heads.put(decided.replica(), decided);
        }

        @Override
        public void onTestimony(ReplicaId replica, Digest challenge, Optional<Testimony> testimony) {
            require(testimony.isPresent(), "%s gives no testimony", replica);
            require(keys.isValidTestimony(testimony.orElseThrow(), challenge), "%s gives %s", replica, testimony);
            Observer.Decided head = heads.get(replica);
            if (head != null) {
                require(
                        testimony
                                .orElseThrow()
                                .isMetBy(head.block().height(), head.proof().ballot()),
                        "%s reads at %s but gives %s",
                        replica,
                        head.block(),
                        testimony);
            }
        }
    }

    /** Nothing in the core grows beyond its bound. */
    static final class BoundedMemory extends Invariant {
        private static final int PENDING_CHECKPOINTS = 8;
        private static final int READ_ROUNDS = 4;
        private static final int READERS = 1024;
        private static final int WANTED_BODIES = 16;

        private final int replicas;
        private final int requests;
        private final int horizon;
        private final int interval;

        BoundedMemory(Parameters parameters, int replicas, int requests) {
            this.replicas = replicas;
            this.requests = requests;
            this.horizon = parameters.horizon();
            this.interval = parameters.checkpointInterval();
        }

        @Override
        public void onOccupied(ReplicaId replica, Occupancy held) {
            // What is kept at each change of view, and what one more view may add.
            int blocks = 5 * horizon + Message.Blocks.MAX_BLOCKS;
            atMost(replica, "candidate blocks", held.candidates(), blocks);
            atMost(replica, "executions", held.executing(), 2 * blocks);
            atMost(replica, "requests", held.requests(), requests);
            atMost(replica, "slots", held.slots(), 2 * horizon + 1 + held.committedHashes());
            atMost(replica, "early proposals", held.earlyProposals(), horizon);
            atMost(replica, "decisions", held.decisions(), 2 * horizon);
            atMost(replica, "suspicions", held.suspicions(), replicas);
            atMost(replica, "view changes", held.viewChanges(), replicas);
            atMost(replica, "readers", held.readers(), READERS);
            atMost(replica, "read rounds", held.readRounds(), READ_ROUNDS);
            atMost(replica, "wanted bodies", held.wantedBodies(), WANTED_BODIES);
            // These go with the stable checkpoint, which is as far behind as the slowest of a quorum.
            int heights = held.sinceCheckpoint();
            atMost(replica, "committed hashes", held.committedHashes(), heights + 1);
            atMost(replica, "own votes", held.votes(), 2 * (heights + horizon));
            int reached = heights / interval + 1;
            atMost(replica, "checkpoints", held.checkpoints(), PENDING_CHECKPOINTS + reached);
        }

        private void atMost(ReplicaId replica, String what, int count, int bound) {
            require(count <= bound, "%s holds %s %s, more than %s", replica, count, what, bound);
        }
    }

    /** No honest replica ever finds a reason to stop. */
    static final class NoHalt extends Invariant {
        @Override
        public void onHalted(ReplicaId replica, String reason) {
            require(false, "%s halts: %s", replica, reason);
        }
    }

    /**
     * Within {@link #ticksToRecover} ticks after the last fault has ended, every sound replica is up and at the same
     * height, at or above whatever a client was told; every request that a gateway took and still knows of is executed,
     * and every read is answered.
     */
    static final class Progress extends Invariant {
        private static final int MOST_PATIENCE = 8;
        private static final int FETCHES = 20;
        private static final int TRANSFERS = 2;

        /**
         * Up to f Byzantine primaries and the view that was under way each cost the longest patience there is: for a
         * NEW-VIEW at its cap, for a request that is passed over, and for one that waits. Then all catch up, some by
         * a state from others: each liar may offer one and hold it back until patience ends, and so may each of its
         * parts, before an honest one is asked.
         */
        static long ticksToRecover(Timeouts timeouts, int faulty) {
            long view = timeouts.newViewCapTicks()
                    + timeouts.censorTicks()
                    + timeouts.silenceTicks()
                    + timeouts.timeTicks()
                    + (long) MOST_PATIENCE * (timeouts.relayTicks() + timeouts.requestTicks());
            long transfer = timeouts.transferTicks() + 2L * FETCHES * timeouts.fetchTicks();
            return (faulty + 2) * view + (long) FETCHES * timeouts.fetchTicks() + (faulty + 1L) * TRANSFERS * transfer;
        }

        @Override
        public void onEnd(Ending ending) {
            require(ending.open().isEmpty(), "%s", ending.open());
        }
    }
}
