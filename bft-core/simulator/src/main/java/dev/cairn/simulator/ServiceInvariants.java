package dev.cairn.simulator;

import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.protocol.Timeouts;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;

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

    /** No queue grows beyond its bound. */
    static final class BoundedQueues extends Invariant {
        private final int candidates;
        private final int requests;

        /** The capacity that is kept at each change of view, and what one more view may add. */
        BoundedQueues(Parameters parameters, int requests) {
            this.candidates = 5 * parameters.horizon() + Message.Blocks.MAX_BLOCKS;
            this.requests = requests;
        }

        @Override
        public void onStatus(ReplicaStatus status) {
            require(
                    status.candidateBlocks() <= candidates,
                    "%s holds %s candidate blocks, more than %s",
                    status.self(),
                    status.candidateBlocks(),
                    candidates);
            require(
                    status.waitingRequests() <= requests,
                    "%s holds %s requests, more than the %s that there are",
                    status.self(),
                    status.waitingRequests(),
                    requests);
        }
    }

    /** No honest replica ever finds a reason to stop. */
    static final class NoHalt extends Invariant {
        @Override
        public void onHalted(ReplicaId replica, String reason) {
            require(false, "%s halts: %s", replica, reason);
        }
    }

    /** Some time after faults have ended, everything asked for is committed everywhere and every read is answered. */
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
