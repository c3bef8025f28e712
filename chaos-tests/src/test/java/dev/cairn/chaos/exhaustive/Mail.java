package dev.cairn.chaos.exhaustive;

import dev.cairn.protocol.Event;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.Trigger;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Turns a step into the real messages that the replica {@code self} receives, signed and verified. A certificate is made
 * anew, with the first members as its signers: that it exists is for the search to know, and nobody asks who signed.
 */
final class Mail {
    private final SmallWorld world;
    private final ReplicaId self;
    private final ToyCrypto crypto;
    private final Map<Step, List<Event>> known = new HashMap<>();

    Mail(SmallWorld world, ReplicaId self) {
        this.world = world;
        this.self = self;
        this.crypto = new ToyCrypto(world.genesis);
    }

    /** A message that does not verify is not delivered, as in production. */
    List<Event> eventsOf(Step step) {
        return known.computeIfAbsent(step, this::make);
    }

    private List<Event> make(Step step) {
        List<Event> events = new ArrayList<>();
        switch (step) {
            case Step.Propose s -> receive(events, world.primary(s.view()), proposal(s.view(), s.block()));
            case Step.Votes s -> {
                receive(events, world.byzantine, vote(s.phase(), s.ballot(), world.byzantine));
                others().stream()
                        .limit(s.others())
                        .forEach(voter -> receive(events, voter, vote(s.phase(), s.ballot(), voter)));
            }
            case Step.Nudge s -> {
                Ballot ballot =
                        new Ballot(Epoch.ZERO, new View(s.view()), new Height(world.size.heights() + 2L), Digest.ZERO);
                receive(events, world.byzantine, vote(Phase.PREPARE, ballot, world.byzantine));
            }
            case Step.Leave s -> suspects(s.view()).forEach(suspect -> receive(events, suspect.sender(), suspect));
            case Step.Open s -> viewChanges(s.others()).forEach(change -> receive(events, change.sender(), change));
            case Step.Enter s -> {
                ReplicaId primary = world.primary(s.opening().view());
                receive(events, primary, newView(s.opening()));
                events.addAll(resetOfLink(primary));
            }
            case Step.CatchUp s -> {
                Height claimed = new Height(world.size.heights());
                View current = View.ZERO;
                receive(
                        events,
                        world.byzantine,
                        new Message.Status(Epoch.ZERO, current, false, claimed, claimed, Height.GENESIS));
                events.add(tick());
                events.add(tick());
                receive(events, world.byzantine, blocks(s.ballot(), s.height()));
            }
            case Step.FetchBodies _ -> {
                events.add(tick());
                world.blocks.forEach(block -> receive(events, world.byzantine, new Message.Body(block)));
            }
            case Step.OneVote s -> {
                ReplicaId voter = new ReplicaId(s.voter());
                receive(events, voter, vote(s.phase(), s.ballot(), voter));
            }
            case Step.OneSuspect s -> {
                ReplicaId sender = new ReplicaId(s.sender());
                receive(events, sender, suspect(s.view(), sender));
            }
            case Step.OneViewChange s -> {
                ReplicaId sender = new ReplicaId(s.sender());
                receive(events, sender, viewChange(s.target(), sender, s.report()));
            }
            case Step.OneTick _ -> events.add(tick());
        }
        return List.copyOf(events);
    }

    static Event tick() {
        return new Event.Ticked(SmallWorld.WALL_NANOS, false);
    }

    /** Makes a replica in its primary's view suspect it; how it waits and for how long is not explored. */
    List<Event> resetOfLink(ReplicaId primary) {
        return primary.equals(self) ? List.of() : List.of(new Event.LinkDown(primary), new Event.LinkUp(primary));
    }

    private void receive(List<Event> events, ReplicaId from, Message message) {
        crypto.verify(message).ifPresent(verified -> events.add(new Event.Received(from, verified)));
    }

    /** The honest replicas other than the receiver. */
    private List<ReplicaId> others() {
        return world.honest.stream().filter(id -> !id.equals(self)).toList();
    }

    private Message proposal(int view, int block) {
        ReplicaId primary = world.primary(view);
        Statement statement = Statement.of(
                Statement.Kind.PRE_PREPARE, world.genesis.chainId(), world.ballot(SmallWorld.ballot(view, block)));
        return new Message.PrePrepare(
                new View(view), world.blocks.get(block), primary, ToyCrypto.sign(primary, statement));
    }

    private Vote vote(Phase phase, int ballot, ReplicaId voter) {
        return vote(phase, world.ballot(ballot), voter);
    }

    private Vote vote(Phase phase, Ballot ballot, ReplicaId voter) {
        Statement statement = Statement.of(phase.kind(), world.genesis.chainId(), ballot);
        return Vote.of(phase, ballot, voter, ToyCrypto.sign(voter, statement));
    }

    private Optional<QuorumCertificate> certificate(Phase phase, int ballot) {
        if (ballot == Report.NONE) {
            return Optional.empty();
        }
        List<QuorumCertificate.Signed> votes = IntStream.range(0, SmallWorld.QUORUM)
                .mapToObj(ReplicaId::new)
                .map(voter -> new QuorumCertificate.Signed(
                        voter, vote(phase, ballot, voter).signature()))
                .toList();
        return Optional.of(new QuorumCertificate(phase, world.ballot(ballot), votes));
    }

    /** Those of the Byzantine replica and of an honest backup. */
    private List<Message.Suspect> suspects(int view) {
        ReplicaId backup = others().stream()
                .filter(id -> !id.equals(world.primary(view)))
                .findFirst()
                .orElseThrow();
        return List.of(suspect(view, world.byzantine), suspect(view, backup));
    }

    private Message.Suspect suspect(int view, ReplicaId sender) {
        Statement statement = statement(Statement.Kind.SUSPECT, view, Digest.ZERO);
        return new Message.Suspect(Epoch.ZERO, new View(view), sender, ToyCrypto.sign(sender, statement));
    }

    private Statement statement(Statement.Kind kind, int view, Digest subject) {
        return new Statement(kind, world.genesis.chainId(), Epoch.ZERO, new View(view), Height.GENESIS, subject);
    }

    private Message.ViewChange viewChange(int target, ReplicaId sender, Report report) {
        Optional<QuorumCertificate> prepared = certificate(Phase.PREPARE, report.prepared());
        Optional<QuorumCertificate> committed = certificate(Phase.COMMIT, report.committed());
        Trigger trigger = new Trigger.Suspicion(suspects(target - 1));
        Digest content = Message.ViewChange.contentDigest(prepared, committed, trigger);
        return new Message.ViewChange(
                Epoch.ZERO,
                new View(target),
                prepared,
                committed,
                trigger,
                sender,
                ToyCrypto.sign(sender, statement(Statement.Kind.VIEW_CHANGE, target, content)));
    }

    private List<Message.ViewChange> viewChanges(Opening opening) {
        List<Message.ViewChange> changes = new ArrayList<>();
        opening.byzantine().forEach(report -> changes.add(viewChange(opening.view(), world.byzantine, report)));
        Iterator<ReplicaId> senders = (opening.honest().size() > others().size() ? world.honest : others()).iterator();
        opening.honest().forEach(report -> changes.add(viewChange(opening.view(), senders.next(), report)));
        return changes;
    }

    private Message newView(Opening opening) {
        List<Message.ViewChange> changes = viewChanges(opening);
        ReplicaId primary = world.primary(opening.view());
        Statement statement =
                statement(Statement.Kind.NEW_VIEW, opening.view(), Message.NewView.contentDigest(changes));
        return new Message.NewView(
                Epoch.ZERO, new View(opening.view()), changes, primary, ToyCrypto.sign(primary, statement));
    }

    private Message blocks(int ballot, int height) {
        List<Block> path = world.pathTo(SmallWorld.blockOf(ballot));
        List<Header> link =
                path.subList(height, path.size()).stream().map(Block::header).toList();
        return new Message.Blocks(
                path.subList(0, height), link, certificate(Phase.COMMIT, ballot).orElseThrow());
    }
}
