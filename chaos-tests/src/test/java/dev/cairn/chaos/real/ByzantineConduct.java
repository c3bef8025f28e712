package dev.cairn.chaos.real;

import dev.cairn.codec.Ed25519;
import dev.cairn.codec.Ed25519Signer;
import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.Statement;
import dev.cairn.runtime.Surroundings;
import dev.cairn.server.config.ServerConfig;
import dev.cairn.simulator.Counters;
import dev.cairn.simulator.Insider;
import dev.cairn.simulator.Malice;
import dev.cairn.simulator.Strategy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The simulator's strategies in a real replica, with its real key. Says now and then how often each came into play. */
final class ByzantineConduct implements Surroundings.Conduct {
    private static final int TICKS_PER_REPORT = 500;

    private record Later(long dueNanos, Effect effect) {}

    private final PriorityQueue<Later> agenda = new PriorityQueue<>(Comparator.comparingLong(Later::dueNanos));
    private final Counters counters = new Counters();
    private final Malice malice;
    private int ticks;

    ByzantineConduct(ServerConfig config, List<Strategy> strategies, long seed) {
        this.malice = new Malice(strategies, new Inside(config, seed), counters);
    }

    @Override
    public List<Effect> step(Event event, Function<Event, List<Effect>> core) {
        List<Effect> effects = due();
        effects.addAll(malice.provokedBy(event));
        if (!malice.hides(event)) {
            core.apply(event).forEach(effect -> effects.addAll(malice.rewrite(effect)));
        }
        if (event instanceof Event.Ticked && ++ticks % TICKS_PER_REPORT == 0) {
            System.out.println("malice so far:\n" + counters);
        }
        return effects;
    }

    private List<Effect> due() {
        List<Effect> due = new ArrayList<>();
        for (Later next = agenda.peek();
                next != null && next.dueNanos() - System.nanoTime() <= 0;
                next = agenda.peek()) {
            due.add(agenda.remove().effect());
        }
        return due;
    }

    private final class Inside implements Insider {
        private final ReplicaId self;
        private final Genesis genesis;
        private final Ed25519Signer signer;
        private final SplittableRandom random;

        Inside(ServerConfig config, long seed) {
            this.self = config.self();
            this.genesis = config.genesis().genesis();
            this.signer = new Ed25519Signer(Ed25519.fastest(), config.keys().voteSeed());
            this.random = new SplittableRandom(seed);
        }

        @Override
        public ReplicaId self() {
            return self;
        }

        @Override
        public List<ReplicaId> peers() {
            return genesis.membership().quorums().members().stream()
                    .filter(id -> !id.equals(self))
                    .toList();
        }

        @Override
        public Digest chainId() {
            return genesis.chainId();
        }

        @Override
        public Block genesis() {
            return genesis.block();
        }

        @Override
        public SplittableRandom random() {
            return random;
        }

        @Override
        public void later(long micros, Effect effect) {
            agenda.add(new Later(System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(micros), effect));
        }

        @Override
        public Signature sign(Statement statement) {
            return signer.sign(statement);
        }
    }
}
