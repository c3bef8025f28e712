package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes an honest replica Byzantine by changing what it says. It signs with its own key, and with no other. */
final class Rewriter {
    private final Strategy strategy;
    private final ReplicaId self;
    private final Simulation world;

    /** For equivocation: the other block proposed in a slot, by the first one's hash. */
    private final Map<Digest, Block> twins = new LinkedHashMap<>();

    Rewriter(Strategy strategy, ReplicaId self, Simulation world) {
        this.strategy = strategy;
        this.self = self;
        this.world = world;
    }

    List<Effect> rewrite(Effect effect) {
        List<Effect> rewritten = switch (effect) {
            case Effect.Broadcast e -> say(e.message(), world.peersOf(self));
            case Effect.Send e -> say(e.message(), List.of(e.to()));
            case Effect.Persist _, Effect.Inward _ -> List.of(effect);
            case Effect.Commit _, Effect.ReadReady _, Effect.Discard _ -> List.of(effect);
            case Effect.ServeBlocks _, Effect.ServeBody _ -> List.of(effect);
        };
        if (!rewritten.equals(List.of(effect))) {
            world.counters().count("strategy " + strategy);
        }
        return rewritten;
    }

    private List<Effect> say(Message message, List<ReplicaId> to) {
        return switch (strategy) {
            case SILENT -> List.of();
            case EQUIVOCATE -> equivocate(message, to);
            case WITHHOLD_VOTES -> message instanceof Vote ? List.of() : toAll(message, to);
            case SELECTIVE ->
                to.stream()
                        .filter(_ -> world.random().nextInt(3) > 0)
                        .flatMap(peer -> toAll(message, List.of(peer)).stream())
                        .toList();
            case LIE_ABOUT_HEIGHTS -> toAll(lie(message), to);
            case HIDE_PREPARED -> toAll(hide(message), to);
            case SUSPECT_ALWAYS ->
                Stream.concat(toAll(message, to).stream(), suspicion(message, to).stream())
                        .toList();
            case CENSOR -> message instanceof Message.Forward ? List.of() : toAll(message, to);
        };
    }

    private static List<Effect> toAll(Message message, List<ReplicaId> to) {
        List<Effect> sends = new ArrayList<>();
        to.forEach(peer -> sends.add(new Effect.Send(peer, message)));
        return sends;
    }

    // Equivocation.

    private List<Effect> equivocate(Message message, List<ReplicaId> to) {
        List<Effect> sends = new ArrayList<>();
        for (ReplicaId peer : to) {
            boolean otherHalf = peer.index() % 2 == 1;
            sends.add(new Effect.Send(peer, otherHalf ? twinOf(message) : message));
        }
        return sends;
    }

    private Message twinOf(Message message) {
        return switch (message) {
            case Message.PrePrepare m -> prePrepare(m.view(), twin(m.block()));
            case Vote vote ->
                Optional.ofNullable(twins.get(vote.ballot().block()))
                        .<Message>map(block -> vote(vote, block))
                        .orElse(vote);
            case Message.Suspect _, Message.ViewChange _, Message.NewView _, Message.Status _, Message.Forward _ ->
                message;
            case Message.FetchBlocks _, Message.Blocks _, Message.FetchBody _, Message.Body _ -> message;
            case Message.ReadIndexQuery _, Message.ReadIndexAnswer _ -> message;
        };
    }

    /** Another block for the slot, as valid as the first: the same but for its time. */
    private Block twin(Block block) {
        return twins.computeIfAbsent(block.digest(), _ -> {
            Header h = block.header();
            Header other = new Header(
                    h.formatVersion(),
                    h.chainId(),
                    h.epoch(),
                    h.height(),
                    h.parent(),
                    h.timeNanos() + 1,
                    h.requestsRoot(),
                    h.roots(),
                    h.historyRoot(),
                    h.validators(),
                    h.nextValidators(),
                    h.parameters(),
                    h.applicationVersion());
            return new Block(other, block.requests());
        });
    }

    private Message prePrepare(View view, Block block) {
        Ballot ballot = new Ballot(block.header().epoch(), view, block.height(), block.digest());
        Statement statement =
                Statement.of(Statement.Kind.PRE_PREPARE, world.genesis().chainId(), ballot);
        return new Message.PrePrepare(view, block, self, SimCrypto.sign(self, statement));
    }

    private Vote vote(Vote vote, Block block) {
        Ballot first = vote.ballot();
        Ballot ballot = new Ballot(first.epoch(), first.view(), first.height(), block.digest());
        Statement statement = Statement.of(vote.phase().kind(), world.genesis().chainId(), ballot);
        return Vote.of(vote.phase(), ballot, self, SimCrypto.sign(self, statement));
    }

    // Lies.

    private Message lie(Message message) {
        return switch (message) {
            case Message.Status m ->
                new Message.Status(
                        m.epoch(),
                        m.view(),
                        m.changing(),
                        m.prepared().plus(100),
                        m.committed().plus(100),
                        m.stable());
            case Message.ReadIndexAnswer m ->
                new Message.ReadIndexAnswer(
                        m.round(), new View(m.view().number() + 9), m.height().plus(100));
            case Message.PrePrepare _, Message.Prepare _, Message.Commit _, Message.Checkpoint _ -> message;
            case Message.Suspect _, Message.ViewChange _, Message.NewView _, Message.Forward _ -> message;
            case Message.FetchBlocks _, Message.Blocks _, Message.FetchBody _, Message.Body _ -> message;
            case Message.ReadIndexQuery _ -> message;
        };
    }

    private Message hide(Message message) {
        if (!(message instanceof Message.ViewChange change)) {
            return message;
        }
        Digest content = Message.ViewChange.contentDigest(Optional.empty(), Optional.empty(), change.trigger());
        Statement statement = new Statement(
                Statement.Kind.VIEW_CHANGE,
                world.genesis().chainId(),
                change.epoch(),
                change.target(),
                Height.GENESIS,
                content);
        return new Message.ViewChange(
                change.epoch(),
                change.target(),
                Optional.empty(),
                Optional.empty(),
                change.trigger(),
                self,
                SimCrypto.sign(self, statement));
    }

    private List<Effect> suspicion(Message message, List<ReplicaId> to) {
        if (!(message instanceof Message.Status status)) {
            return List.of();
        }
        Epoch epoch = status.epoch();
        Statement statement = new Statement(
                Statement.Kind.SUSPECT, world.genesis().chainId(), epoch, status.view(), Height.GENESIS, Digest.ZERO);
        return toAll(new Message.Suspect(epoch, status.view(), self, SimCrypto.sign(self, statement)), to);
    }
}
