package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.Statement;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What the strategies of a simulated Byzantine replica have in hand. */
record SimInsider(
        ReplicaId self,
        List<ReplicaId> peers,
        Genesis origin,
        SplittableRandom random,
        Conspiracy league,
        Replicas replicas)
        implements Insider {

    /** What only the replica itself can do. */
    interface Replicas {
        /** Starts a second replica under this one's key that says what {@code limits} let pass; it takes the events it is to see. */
        Consumer<Event> copy(EffectRewriter limits);

        /** Performs the effect after so long, if the process is still the same then. */
        void later(long micros, Effect effect);
    }

    @Override
    public Signature sign(Statement statement) {
        return SimCrypto.sign(self, statement);
    }

    @Override
    public Digest chainId() {
        return origin.chainId();
    }

    @Override
    public Block genesis() {
        return origin.block();
    }

    @Override
    public Optional<Conspiracy> conspiracy() {
        return Optional.of(league);
    }

    @Override
    public Optional<Consumer<Event>> copy(Predicate<ReplicaId> reaches) {
        return Optional.of(replicas.copy(Silences.dropping(send -> !reaches.test(send.to()))));
    }

    @Override
    public void later(long micros, Effect effect) {
        replicas.later(micros, effect);
    }
}
