package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Witness;
import java.util.List;
import java.util.Optional;

/** Says something untrue in place of the truth. */
final class Lies implements EffectRewriter {
    private static final int HEIGHTS = 100;
    private static final int VIEWS = 9;

    /** What is said instead of a message; the message itself where there is nothing to lie about. */
    interface Lie {
        Message insteadOf(Lies liar, Message message);
    }

    private final Insider insider;
    private final Lie lie;
    private Optional<QuorumCertificate> firstPrepared = Optional.empty();
    private Optional<QuorumCertificate> firstCommitted = Optional.empty();

    Lies(Insider insider, Lie lie) {
        this.insider = insider;
        this.lie = lie;
    }

    @Override
    public List<Effect> rewrite(Effect effect) {
        return effect instanceof Effect.Send send
                ? List.of(new Effect.Send(send.to(), lie.insteadOf(this, send.message())))
                : List.of(effect);
    }

    Message aboutHeights(Message message) {
        return switch (message) {
            case Message.Status m ->
                new Message.Status(
                        m.epoch(),
                        m.view(),
                        m.changing(),
                        m.prepared().plus(HEIGHTS),
                        m.committed().plus(HEIGHTS),
                        m.stable());
            case Message.ReadIndexAnswer m ->
                new Message.ReadIndexAnswer(
                        m.round(),
                        new View(m.view().number() + VIEWS),
                        m.height().plus(HEIGHTS));
            case Message.WitnessAnswer(long round, Witness m) ->
                new Message.WitnessAnswer(
                        round,
                        insider.witness(
                                m.challenge(),
                                m.timeNanos(),
                                new View(m.view().number() + VIEWS),
                                m.height().plus(HEIGHTS)));
            default -> message;
        };
    }

    /** Of a view far ahead or long past, and of another state than it is in. */
    Message aboutViews(Message message) {
        if (!(message instanceof Message.Status m)) {
            return message;
        }
        long view = insider.random().nextBoolean() ? m.view().number() + VIEWS : 0;
        return new Message.Status(
                m.epoch(),
                new View(view),
                insider.random().nextBoolean(),
                m.prepared(),
                insider.random().nextBoolean() ? m.committed() : Height.GENESIS,
                Height.GENESIS);
    }

    Message toReaders(Message message) {
        return message instanceof Message.ReadIndexAnswer m
                ? new Message.ReadIndexAnswer(
                        m.round(),
                        View.ZERO,
                        insider.random().nextBoolean()
                                ? Height.GENESIS
                                : m.height().plus(HEIGHTS))
                : withOldTime(message);
    }

    /** What such a witness says is true; only for a reader who goes by times it is of no use. */
    private Message withOldTime(Message message) {
        return message instanceof Message.WitnessAnswer(long round, Witness m)
                ? new Message.WitnessAnswer(
                        round, insider.witness(m.challenge(), m.timeNanos() / 2, m.view(), m.height()))
                : message;
    }

    Message hidingPrepared(Message message) {
        return message instanceof Message.ViewChange change
                ? insider.viewChange(change, Optional.empty(), Optional.empty())
                : message;
    }

    Message stale(Message message) {
        if (!(message instanceof Message.ViewChange change)) {
            return message;
        }
        firstPrepared = firstPrepared.or(change::prepared);
        firstCommitted = firstCommitted.or(change::committed);
        return insider.viewChange(change, firstPrepared, firstCommitted);
    }
}
