package dev.cairn.runtime;

import dev.cairn.protocol.Timeouts;
import dev.cairn.protocol.Transition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A replica's story in its log: what an operator should see at {@code info} and above, the rest below. */
final class TransitionLog {
    private static final Logger LOG = LoggerFactory.getLogger(TransitionLog.class);

    private TransitionLog() {}

    static void tell(Transition transition) {
        switch (transition) {
            case Transition.Suspected t -> LOG.info("suspects the primary of {}: {}", t.view(), t.why());
            case Transition.Resigned t ->
                LOG.info(
                        "hands over in {}, on the way to {}, after {} ms",
                        t.view(),
                        t.heir(),
                        t.servedTicks() * Timeouts.TICK_MILLIS);
            case Transition.ViewChangeStarted t -> LOG.info("leaves for {}", t.target());
            case Transition.ViewEntered t -> LOG.info("entered {} with tip {} {}", t.view(), t.tip(), t.tipBlock());
            case Transition.CatchingUp t -> LOG.debug("fetches from {} of {}", t.from(), t.to());
            case Transition.CheckpointStable t -> LOG.debug("checkpoint {} is stable", t.height());
            case Transition.Committed t -> LOG.trace("committed {} {}", t.height(), t.block());
            case Transition.Prepared t -> LOG.trace("prepared {}", t.certificate());
            case Transition.Proposed t -> LOG.trace("proposed {} in {}", t.height(), t.view());
            case Transition.Voted t -> LOG.trace("voted {} {}", t.phase(), t.ballot());
            case Transition.SnapshotPinned t -> LOG.debug("keeps the state at {} for others", t.height());
            case Transition.SnapshotOffered t -> LOG.debug("offers {} the state at {}", t.to(), t.height());
            case Transition.TransferBegun t ->
                LOG.info("fetches the state at {} {}, offered by {}", t.anchor(), t.block(), t.offeredBy());
            case Transition.ChunkStored t -> LOG.trace("stored {} bytes from {}", t.bytes(), t.source());
            case Transition.ChunkRefused t -> LOG.warn("refused a part of the state from {}: {}", t.source(), t.why());
            case Transition.TransferAbandoned t -> LOG.info("gives up the state at {}: {}", t.anchor(), t.why());
            case Transition.TransferCompleted t -> LOG.info("has the state at {} {}", t.anchor(), t.block());
            case Transition.Quarantined t ->
                LOG.error(
                        "the state here is not the one that is certified at {}: {}. It answers no reads until it is"
                                + " replaced by a copy from the others",
                        t.height(),
                        t.why());
        }
    }
}
