package dev.cairn.protocol;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.Trigger;
import dev.cairn.protocol.model.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * From suspicion, or its primary's resignation, to the next view. f+1 SUSPECTs of a view, or a resignation, start a
 * VIEW-CHANGE to the one after it; q VIEW-CHANGEs make a NEW-VIEW, from which every replica computes the same tip. A
 * VIEW-CHANGE carries what started it, so one valid VIEW-CHANGE takes everybody along and replicas cannot be strewn over
 * several views.
 */
final class ViewChanger {
    private final Core core;
    private final Decisions decisions;
    private final Digest genesisBlock;
    private final Runnable onEntered;
    private final Runnable onLeft;

    /** The newest of each sender: a sender can fill one place, not the memory. */
    private final Map<ReplicaId, Message.Suspect> suspicions = new TreeMap<>();

    private final Map<ReplicaId, Message.ViewChange> viewChanges = new TreeMap<>();

    private Message.@Nullable ViewChange sent;
    private Message.@Nullable NewView accepted;

    ViewChanger(
            Core core,
            Decisions decisions,
            Digest genesisBlock,
            Recovery recovery,
            Runnable onEntered,
            Runnable onLeft) {
        this.core = core;
        this.decisions = decisions;
        this.genesisBlock = genesisBlock;
        this.onEntered = onEntered;
        this.onLeft = onLeft;
        this.accepted = recovery.acceptedNewView().orElse(null);
        this.sent = recovery.sentViewChange().orElse(null);
        if (sent != null) {
            viewChanges.put(core.self, sent);
        }
    }

    /** The view a replica was in when it crashed. */
    static CurrentView recoveredView(Recovery recovery, Digest genesisBlock) {
        View number = recovery.view();
        Optional<Message.NewView> entered =
                recovery.acceptedNewView().filter(n -> n.view().equals(number));
        if (entered.isPresent()) {
            return entered(entered.get(), genesisBlock).orElseThrow();
        }
        return new CurrentView(number, number.equals(View.ZERO), Height.GENESIS, genesisBlock);
    }

    // Suspicion.

    boolean hasSuspected(View view) {
        return Optional.ofNullable(suspicions.get(core.self))
                .filter(s -> s.view().equals(view))
                .isPresent();
    }

    int suspicionCount() {
        return suspicions.size();
    }

    int viewChangeCount() {
        return viewChanges.size();
    }

    /** Says once that this replica wants another primary; it goes on voting. */
    void suspect(String why) {
        View view = core.view().number();
        if (hasSuspected(view)) {
            return;
        }
        Message.Suspect suspect = new Message.Suspect(
                core.epoch, view, core.self, core.sign(Authenticator.suspicion(core.chainId, core.epoch, view)));
        core.transition(new Transition.Suspected(view, why));
        core.broadcast(suspect);
        count(suspect);
    }

    void onSuspect(ReplicaId from, Message.Suspect suspect) {
        if (!suspect.sender().equals(from)) {
            core.reject(from, Rejection.WRONG_SENDER, suspect.toString());
        } else if (core.view().number().isAfter(suspect.view())) {
            core.reject(from, Rejection.OLD_VIEW, suspect.toString());
        } else {
            count(suspect);
        }
    }

    private void count(Message.Suspect suspect) {
        suspicions.merge(suspect.sender(), suspect, (known, next) -> next.view().isAfter(known.view()) ? next : known);
        List<Message.Suspect> agreeing = suspicions.values().stream()
                .filter(s -> s.view().equals(suspect.view()))
                .limit(core.quorums.weakQuorum())
                .toList();
        if (agreeing.size() >= core.quorums.weakQuorum()) {
            leaveFor(suspect.view().next(), new Trigger.Suspicion(agreeing));
        }
    }

    // Resignation.

    /** As primary, leaves office for {@code heir}. The view has begun by {@code office}, or is the first. */
    void resign(ReplicaId heir, Optional<QuorumCertificate> office, long servedTicks) {
        View view = core.view().number();
        Signature signature = core.sign(Trigger.Resignation.statement(core.chainId, core.epoch, view, heir));
        core.transition(new Transition.Resigned(view, heir, servedTicks));
        leaveFor(view.next(), new Trigger.Resignation(core.epoch, view, heir, office, signature));
    }

    /** Who is to become primary in the end, as the primary said that left for the present view. */
    Optional<ReplicaId> heir() {
        return Optional.ofNullable(accepted).stream()
                .filter(newView -> core.view().votesIn(newView.view()))
                .flatMap(newView -> newView.viewChanges().stream())
                .flatMap(change -> change.trigger() instanceof Trigger.Resignation resignation
                        ? Stream.of(resignation.heir())
                        : Stream.empty())
                .findFirst();
    }

    // Leaving.

    /** Sends VIEW-CHANGE. From here on this replica signs no PREPARE or COMMIT below {@code target}. */
    private void leaveFor(View target, Trigger trigger) {
        if (!target.isAfter(core.view().number())) {
            return;
        }
        core.moveTo(new CurrentView(target, false, Height.GENESIS, genesisBlock));
        Optional<QuorumCertificate> prepared = core.highestPrepared();
        Optional<QuorumCertificate> committed = decisions.highestCommitCertificate();
        Digest content = Message.ViewChange.contentDigest(prepared, committed, trigger);
        Message.ViewChange viewChange = new Message.ViewChange(
                core.epoch,
                target,
                prepared,
                committed,
                trigger,
                core.self,
                core.sign(Authenticator.viewChange(core.chainId, core.epoch, target, content)));
        sent = viewChange;
        core.persist(new LogRecord.SentViewChange(viewChange));
        core.broadcast(viewChange);
        core.transition(new Transition.ViewChangeStarted(target));
        onLeft.run();
        count(viewChange);
    }

    void onViewChange(ReplicaId from, Message.ViewChange viewChange) {
        CurrentView view = core.view();
        boolean over = view.number().isAfter(viewChange.target())
                || (view.active() && view.number().equals(viewChange.target()));
        if (over) {
            core.reject(from, Rejection.OLD_VIEW, "VIEW-CHANGE to " + viewChange.target());
            return;
        }
        count(viewChange);
    }

    private void count(Message.ViewChange viewChange) {
        viewChanges.merge(
                viewChange.sender(), viewChange, (known, next) -> next.target().isAfter(known.target()) ? next : known);
        leaveFor(viewChange.target(), viewChange.trigger());
        openView();
    }

    /** q replicas are on their way to the current target. */
    boolean hasQuorumForTarget() {
        return !core.view().active() && forTarget().size() >= core.quorums.quorum();
    }

    private List<Message.ViewChange> forTarget() {
        return viewChanges.values().stream()
                .filter(change -> change.target().equals(core.view().number()))
                .toList();
    }

    // Entering.

    private void openView() {
        if (!core.isPrimary() || !hasQuorumForTarget()) {
            return;
        }
        View view = core.view().number();
        List<Message.ViewChange> chosen =
                forTarget().stream().limit(core.quorums.quorum()).toList();
        Digest content = Message.NewView.contentDigest(chosen);
        Message.NewView newView = new Message.NewView(
                core.epoch,
                view,
                chosen,
                core.self,
                core.sign(Authenticator.newView(core.chainId, core.epoch, view, content)));
        enter(newView);
    }

    void onNewView(ReplicaId from, Message.NewView newView) {
        CurrentView view = core.view();
        boolean over = view.number().isAfter(newView.view())
                || (view.active() && view.number().equals(newView.view()));
        if (over) {
            core.reject(from, Rejection.OLD_VIEW, "NEW-VIEW of " + newView.view());
        } else {
            enter(newView);
        }
    }

    /** Durable before the first vote in the view; its primary sends it only once it is durable. */
    private void enter(Message.NewView newView) {
        Optional<CurrentView> next = entered(newView, genesisBlock);
        if (next.isEmpty()) {
            core.halt("two certificates of one view and height name different blocks: more than f replicas lie");
            return;
        }
        core.moveTo(next.get());
        accepted = newView;
        core.persist(new LogRecord.AcceptedNewView(newView));
        if (core.isPrimary()) {
            core.broadcast(newView);
        }
        core.transition(new Transition.ViewEntered(
                newView.view(), next.get().tipHeight(), next.get().tipBlock()));
        learnFrom(newView);
        onEntered.run();
    }

    /** Commit certificates inside a NEW-VIEW are as good as any. */
    private void learnFrom(Message.NewView newView) {
        for (Message.ViewChange change : newView.viewChanges()) {
            change.committed().ifPresent(c -> decisions.decide(c.height(), c.block(), c));
        }
    }

    /**
     * The tip rule: the greatest by (view, height) of all certificates in the NEW-VIEW's q VIEW-CHANGEs, else genesis.
     * Nothing if two certificates of one (view, height) name different blocks.
     */
    static Optional<CurrentView> entered(Message.NewView newView, Digest genesisBlock) {
        List<Ballot> ballots = new ArrayList<>();
        for (Message.ViewChange change : newView.viewChanges()) {
            change.prepared().ifPresent(c -> ballots.add(c.ballot()));
            change.committed().ifPresent(c -> ballots.add(c.ballot()));
        }
        Optional<Ballot> greatest = ballots.stream().max(Ballot.BY_VIEW_THEN_HEIGHT);
        boolean conflict = greatest.isPresent()
                && ballots.stream()
                        .anyMatch(b -> Ballot.BY_VIEW_THEN_HEIGHT.compare(b, greatest.get()) == 0
                                && !b.block().equals(greatest.get().block()));
        if (conflict) {
            return Optional.empty();
        }
        return Optional.of(new CurrentView(
                newView.view(),
                true,
                greatest.map(Ballot::height).orElse(Height.GENESIS),
                greatest.map(Ballot::block).orElse(genesisBlock)));
    }

    // Sending again.

    /** A peer that says it is behind in its view gets what takes it along. */
    void onStatus(ReplicaId from, Message.Status status) {
        CurrentView view = core.view();
        boolean peerIsBehind = view.number().isAfter(status.view());
        boolean peerWaits = view.number().equals(status.view()) && status.changing();
        if (view.active() && (peerIsBehind || peerWaits)) {
            Optional.ofNullable(accepted).ifPresent(newView -> core.send(from, newView));
        } else if (peerIsBehind || peerWaits) {
            Optional.ofNullable(sent).ifPresent(change -> core.send(from, change));
        }
        Message.Suspect own = suspicions.get(core.self);
        if (own != null && own.view().equals(view.number()) && view.number().equals(status.view())) {
            core.send(from, own);
        }
    }

    /** After a restart in the middle of a view change. */
    void resume() {
        if (!core.view().active()) {
            Optional.ofNullable(sent).ifPresent(core::broadcast);
        }
    }
}
