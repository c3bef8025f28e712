package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.StateRoots;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.View;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Makes up what it has no right to: certificates, requests of others, blocks from nowhere. With its own key only. */
final class Forger implements EffectRewriter {
    private static final long TEN_MINUTES_NANOS = 600_000_000_000L;
    private static final int FAR = 1000;
    private static final int FLOOD = 40;

    /** What is sent in place of a message. */
    interface Forgery {
        List<Message> insteadOf(Forger forger, Message message);
    }

    private final Insider insider;
    private final Forgery forgery;

    Forger(Insider insider, Forgery forgery) {
        this.insider = insider;
        this.forgery = forgery;
    }

    @Override
    public List<Effect> rewrite(Effect effect) {
        if (!(effect instanceof Effect.Send send)) {
            return List.of(effect);
        }
        List<Effect> sends = new ArrayList<>();
        forgery.insteadOf(this, send.message()).forEach(message -> sends.add(new Effect.Send(send.to(), message)));
        return sends.size() == 1 && sends.getFirst().equals(effect) ? List.of(effect) : sends;
    }

    // Certificates.

    /** In a view change and in answers to a fetch: certificates of its own votes alone, or with signatures made up. */
    List<Message> certificates(Message message) {
        return List.of(
                switch (message) {
                    case Message.ViewChange m when m.target().number() > 0 -> withForgedCertificate(m);
                    case Message.Blocks m -> withForgedEnd(m);
                    default -> message;
                });
    }

    private Message withForgedCertificate(Message.ViewChange change) {
        Height above = change.prepared()
                .map(QuorumCertificate::height)
                .orElse(Height.GENESIS)
                .next();
        Ballot ballot = new Ballot(change.epoch(), new View(change.target().number() - 1), above, Digest.ZERO);
        Optional<QuorumCertificate> prepared = Optional.of(forged(Phase.PREPARE, ballot));
        return insider.viewChange(change, prepared, change.committed());
    }

    /** The last block is another, as valid as can be, and the certificate is for that. */
    private Message withForgedEnd(Message.Blocks answer) {
        if (answer.blocks().isEmpty()) {
            return answer;
        }
        Block last = answer.blocks().getLast();
        Block other = Altered.time(last, last.header().timeNanos() + 1);
        List<Block> blocks = new ArrayList<>(answer.blocks());
        blocks.set(blocks.size() - 1, other);
        Ballot ballot = new Ballot(other.header().epoch(), answer.proof().view(), other.height(), other.digest());
        return new Message.Blocks(blocks, List.of(), forged(Phase.COMMIT, ballot));
    }

    private QuorumCertificate forged(Phase phase, Ballot ballot) {
        Signature own = insider.sign(Statement.of(phase.kind(), insider.chainId(), ballot));
        List<QuorumCertificate.Signed> votes = new ArrayList<>();
        votes.add(new QuorumCertificate.Signed(insider.self(), own));
        if (insider.random().nextBoolean()) {
            insider.peers().forEach(peer -> votes.add(new QuorumCertificate.Signed(peer, own)));
        } else {
            insider.peers().forEach(_ -> votes.add(votes.getFirst()));
        }
        int quorum = votes.size() - (votes.size() - 1) / 3;
        return new QuorumCertificate(phase, ballot, votes.subList(0, quorum));
    }

    /** As a new primary, one VIEW-CHANGE as often as a quorum needs. */
    List<Message> repeatedViewChange(Message message) {
        if (!(message instanceof Message.NewView newView)
                || !newView.primary().equals(insider.self())
                || newView.viewChanges().isEmpty()) {
            return List.of(message);
        }
        Message.ViewChange one = newView.viewChanges().stream()
                .filter(change -> change.sender().equals(insider.self()))
                .findFirst()
                .orElse(newView.viewChanges().getFirst());
        List<Message.ViewChange> chosen =
                Collections.nCopies(newView.viewChanges().size(), one);
        return List.of(insider.newView(newView.epoch(), newView.view(), chosen));
    }

    // Proposals.

    /** Every fourth block names roots that its execution does not give. */
    List<Message> wrongRoots(Message message) {
        return proposing(message, block -> {
            StateRoots r = block.header().roots();
            return Altered.roots(
                    block,
                    new StateRoots(
                            r.firstRevision(),
                            r.lastRevision(),
                            r.compactRevision(),
                            r.resultsRoot(),
                            r.eventsRoot(),
                            new Digest(block.height().value(), 0, 0, 0)));
        });
    }

    /** Every fourth block is of the future, or of the past. */
    List<Message> wrongTimes(Message message) {
        return proposing(message, block -> {
            long now = block.header().timeNanos();
            return Altered.time(
                    block, block.height().value() % 8 == 0 ? now - TEN_MINUTES_NANOS : now + TEN_MINUTES_NANOS);
        });
    }

    private interface Change {
        Block of(Block block);
    }

    private List<Message> proposing(Message message, Change change) {
        boolean chosen = message instanceof Message.PrePrepare m
                && m.primary().equals(insider.self())
                && m.block().height().value() % 4 == 0;
        return List.of(
                chosen && message instanceof Message.PrePrepare m
                        ? insider.proposal(m.view(), change.of(m.block()))
                        : message);
    }

    /** With each proposal, many more for heights that nobody will reach, and votes for them. */
    List<Message> farFuture(Message message) {
        if (!(message instanceof Message.PrePrepare m) || !m.primary().equals(insider.self())) {
            return List.of(message);
        }
        List<Message> all = new ArrayList<>(List.of(message));
        for (int i = 0; i < FLOOD; i++) {
            int distance = insider.random().nextInt(2, FAR);
            all.add(insider.proposal(
                    m.view(),
                    Altered.place(m.block(), m.block().height().plus(distance), new Digest(distance, i, 0, 0))));
        }
        return all;
    }

    // Requests.

    /** Passes on requests of others with other contents under the old signature. */
    static final class Requests implements EffectRewriter {
        private final Insider insider;

        Requests(Insider insider) {
            this.insider = insider;
        }

        @Override
        public List<Effect> rewrite(Effect effect) {
            return List.of(effect);
        }

        @Override
        public List<Effect> provokedBy(Event event) {
            if (!(event instanceof Event.Received received)
                    || !(received.message().message() instanceof Message.PrePrepare proposal)) {
                return List.of();
            }
            List<Request> forged = proposal.block().requests().stream()
                    .limit(2)
                    .map(request -> new Request(request.id(), Bytes.utf8("forged"), request.signature()))
                    .toList();
            List<Effect> sends = new ArrayList<>();
            if (!forged.isEmpty()) {
                insider.peers().forEach(peer -> sends.add(new Effect.Send(peer, new Message.Forward(forged, true))));
            }
            return sends;
        }
    }
}
