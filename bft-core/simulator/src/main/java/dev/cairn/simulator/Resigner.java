package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Trigger;
import dev.cairn.protocol.model.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** With each STATUS, leaves for some view by a resignation: its own, without need or office, or one in another's name. */
final class Resigner implements EffectRewriter {
    private static final int FAR = 3;

    /** Which resignation, and to where. */
    interface Lie {
        Optional<Message.ViewChange> about(Resigner resigner, Message.Status status);
    }

    private final Insider insider;
    private final Lie lie;

    /** The newest commit certificate that it knows. */
    private Optional<QuorumCertificate> newest = Optional.empty();

    /** What it left its last view in office by. */
    private Optional<Trigger.Resignation> last = Optional.empty();

    Resigner(Insider insider, Lie lie) {
        this.insider = insider;
        this.lie = lie;
    }

    @Override
    public List<Effect> rewrite(Effect effect) {
        if (effect instanceof Effect.Persist(LogRecord.CommittedBlock committed)) {
            newest = Optional.of(committed.proof());
        }
        List<Effect> effects = new ArrayList<>(List.of(effect));
        if (effect instanceof Effect.Send send && send.message() instanceof Message.Status status) {
            lie.about(this, status).ifPresent(change -> effects.add(new Effect.Send(send.to(), change)));
        }
        return effects.size() == 1 ? List.of(effect) : effects;
    }

    // The lies.

    /** As primary, whenever it can, to anybody: what any primary may do, over and over. */
    Optional<Message.ViewChange> always(Message.Status status) {
        return inOffice(status).map(office -> {
            Trigger.Resignation own = resignation(status, status.view(), anyPeer(), Optional.of(office));
            last = Optional.of(own);
            return leaving(status.view().next(), own);
        });
    }

    /** In such words for itself that all others would have to hand over in turn. */
    Optional<Message.ViewChange> toItself(Message.Status status) {
        return inOffice(status)
                .map(office -> leaving(
                        status.view().next(), resignation(status, status.view(), insider.self(), Optional.of(office))));
    }

    /** From its own view to one that is not the next; and with what it said then, from others' views. */
    Optional<Message.ViewChange> beyond(Message.Status status) {
        Optional<Message.ViewChange> own = always(status);
        long far = insider.random().nextLong(1, FAR + 1L);
        return own.or(() -> last.map(old -> leaving(status.view().next(), old)))
                .map(change -> leaving(new View(change.target().number() + far), change.trigger()));
    }

    /** From a view of its own that is still ahead, with the certificate of another, with one made up of that, or with none. */
    Optional<Message.ViewChange> ahead(Message.Status status) {
        long own = status.view().number() + 1;
        while (!primary(own).equals(insider.self())) {
            own++;
        }
        View view = new View(own);
        Optional<QuorumCertificate> office = switch (insider.random().nextInt(3)) {
            case 0 -> newest;
            case 1 -> newest.map(proof -> movedTo(view, proof));
            default -> Optional.empty();
        };
        return Optional.of(leaving(view.next(), resignation(status, view, anyPeer(), office)));
    }

    /** The same votes, of another view than they were cast in. */
    private static QuorumCertificate movedTo(View view, QuorumCertificate proof) {
        Ballot ballot = new Ballot(proof.ballot().epoch(), view, proof.height(), proof.block());
        return new QuorumCertificate(proof.phase(), ballot, proof.votes());
    }

    /** From others' views, with all that is needed but their signature. */
    Optional<Message.ViewChange> inAnothersName(Message.Status status) {
        boolean isOwn = primary(status.view().number()).equals(insider.self());
        return isOwn
                ? Optional.empty()
                : officeOf(status.view())
                        .map(office -> leaving(
                                status.view().next(),
                                resignation(status, status.view(), anyPeer(), Optional.of(office))));
    }

    private Optional<QuorumCertificate> inOffice(Message.Status status) {
        return primary(status.view().number()).equals(insider.self()) ? officeOf(status.view()) : Optional.empty();
    }

    private Optional<QuorumCertificate> officeOf(View view) {
        return newest.filter(proof -> proof.view().equals(view));
    }

    private ReplicaId primary(long view) {
        return new ReplicaId((int) (view % (insider.peers().size() + 1)));
    }

    private ReplicaId anyPeer() {
        return insider.peers().get(insider.random().nextInt(insider.peers().size()));
    }

    private Trigger.Resignation resignation(
            Message.Status status, View view, ReplicaId heir, Optional<QuorumCertificate> office) {
        return new Trigger.Resignation(
                status.epoch(),
                view,
                heir,
                office,
                insider.sign(Trigger.Resignation.statement(insider.chainId(), status.epoch(), view, heir)));
    }

    private Message.ViewChange leaving(View target, Trigger why) {
        Optional<QuorumCertificate> committed = newest.filter(proof -> target.isAfter(proof.view()));
        return insider.viewChange(Epoch.ZERO, target, Optional.empty(), committed, why);
    }
}
