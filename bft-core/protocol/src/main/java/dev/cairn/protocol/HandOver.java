package dev.cairn.protocol;

import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import java.util.Optional;

/**
 * When a primary leaves office of itself, so that a certain other comes into it. Views follow each other in one order
 * only, so the primaries in between hand over in turn, as their predecessor's resignation asks of them.
 *
 * <p>A primary serves for {@code officeTicks} before it hands over, whoever asks: so neither clients nor lying
 * predecessors can keep a cluster of honest primaries busy with nothing but handing over.
 */
final class HandOver {
    private final Core core;
    private final Decisions decisions;
    private final ViewChanger viewChanger;
    private Optional<ReplicaId> heir = Optional.empty();
    private long enteredTick;

    HandOver(Core core, Decisions decisions, ViewChanger viewChanger) {
        this.core = core;
        this.decisions = decisions;
        this.viewChanger = viewChanger;
    }

    /** The newest wish counts. */
    void onWanted(ReplicaId wanted) {
        boolean isAnother = core.quorums.isMember(wanted) && !wanted.equals(core.self);
        if (isInOffice() && isAnother) {
            heir = Optional.of(wanted);
        }
    }

    /** A NEW-VIEW may lead here out of an office that was not left before: what was wanted there ends with it too. */
    void onEnteredView() {
        enteredTick = core.ticks();
        heir = Optional.empty();
        viewChanger.heir().ifPresent(this::onWanted);
    }

    void onLeftView() {
        heir = Optional.empty();
    }

    void onTick() {
        long served = core.ticks() - enteredTick;
        if (heir.isPresent() && isInOffice() && served >= core.timeouts.officeTicks() && hasBegun()) {
            viewChanger.resign(heir.get(), office(), served);
        }
    }

    private boolean isInOffice() {
        return core.view().active() && core.isPrimary();
    }

    private boolean hasBegun() {
        return core.view().number().number() == 0 || office().isPresent();
    }

    /** Proof that something was committed in this view. */
    private Optional<QuorumCertificate> office() {
        return decisions
                .highestCommitCertificate()
                .filter(proof -> proof.view().equals(core.view().number()));
    }
}
