package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.Vote;
import java.util.List;
import java.util.Optional;

/**
 * Keeps to itself the vote that makes a certificate, so that it alone holds it, and brings it up when the others have gone
 * on without: of an old view, but higher than anything since. As primary it proposes to no more peers than it needs.
 */
final class Hoarder implements EffectRewriter {
    private final Insider insider;
    private final int needed;
    private Optional<QuorumCertificate> highest = Optional.empty();
    private int viewChanges;

    Hoarder(Insider insider) {
        this.insider = insider;
        int n = insider.peers().size() + 1;
        this.needed = n - (n - 1) / 3 - 1;
    }

    @Override
    public List<Effect> rewrite(Effect effect) {
        if (effect instanceof Effect.Persist(LogRecord.PreparedCertificate(QuorumCertificate certificate))) {
            highest = highest.filter(known -> known.height().isAbove(certificate.height()))
                    .or(() -> Optional.of(certificate));
        }
        if (!(effect instanceof Effect.Send send)) {
            return List.of(effect);
        }
        return switch (send.message()) {
            case Vote vote when vote.phase() != Phase.CHECKPOINT -> List.of();
            case Message.PrePrepare m when m.primary().equals(insider.self()) && !isNeeded(send) -> List.of();
            case Message.ViewChange change ->
                List.of(new Effect.Send(send.to(), insider.viewChange(change, reported(change), change.committed())));
            default -> List.of(effect);
        };
    }

    private boolean isNeeded(Effect.Send send) {
        return insider.peers().indexOf(send.to()) < needed;
    }

    /** Nothing at first. */
    private Optional<QuorumCertificate> reported(Message.ViewChange change) {
        viewChanges += change.target().number() > viewChanges ? 1 : 0;
        return viewChanges == 1
                ? Optional.empty()
                : highest.filter(certificate -> change.target().isAfter(certificate.view()));
    }
}
