package dev.cairn.simulator;

import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.StateRoots;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What must hold of the blocks that become final. */
final class ChainInvariants {
    private ChainInvariants() {}

    /** No two different blocks are ever final at one height. */
    static final class Agreement extends Invariant {
        private final Map<Height, Digest> blocks = new HashMap<>();

        @Override
        public void onDecided(Decided decided) {
            decide(decided.replica(), decided.block());
        }

        @Override
        public void onStarted(ReplicaId replica, int life, Block head, List<Block> chain) {
            decide(replica, head);
            chain.forEach(block -> decide(replica, block));
        }

        private void decide(ReplicaId replica, Block block) {
            Digest first = blocks.putIfAbsent(block.height(), block.digest());
            require(
                    first == null || first.equals(block.digest()),
                    "%s has %s where another committed %s",
                    replica,
                    block,
                    first);
        }
    }

    /**
     * A replica commits heights one by one, each block on the one before, from the block that it started with; and it
     * never starts below what was durable with it, also where it took a state from others.
     */
    static final class PrefixOrder extends Invariant {
        private record Head(int life, Height height, Digest block) {}

        private final Map<ReplicaId, Head> heads = new HashMap<>();
        private final Map<ReplicaId, Height> durable = new HashMap<>();

        @Override
        public void onDurable(ReplicaId replica, LogRecord entry) {
            if (entry instanceof LogRecord.CommittedBlock committed) {
                durable.merge(replica, committed.height(), (a, b) -> a.isAbove(b) ? a : b);
            }
        }

        @Override
        public void onStarted(ReplicaId replica, int life, Block head, List<Block> chain) {
            Height before = durable.getOrDefault(replica, Height.GENESIS);
            require(before.isAtMost(head.height()), "%s starts at %s and had %s", replica, head, before);
            heads.put(replica, new Head(life, head.height(), head.digest()));
        }

        @Override
        public void onDecided(Decided decided) {
            Block block = decided.block();
            Head head = heads.get(decided.replica());
            require(
                    head != null
                            && head.life() == decided.life()
                            && block.height().equals(head.height().next())
                            && block.parent().equals(head.block()),
                    "%s commits %s after %s",
                    decided.replica(),
                    block,
                    head);
            heads.put(decided.replica(), new Head(decided.life(), block.height(), block.digest()));
        }
    }

    /** Only what a client asked for is executed. */
    static final class Validity extends Invariant {
        private final Set<Request> submitted = new HashSet<>();

        @Override
        public void onSubmitted(Request request) {
            submitted.add(request);
        }

        @Override
        public void onDecided(Decided decided) {
            for (Request request : decided.block().requests()) {
                require(
                        submitted.contains(request),
                        "%s executes %s, which nobody asked for",
                        decided.replica(),
                        request);
            }
        }
    }

    /** However often a request is in the chain, and however often a replica has crashed, it counts once. */
    static final class ExactlyOnce extends Invariant {
        private final Set<RequestId> distinct = new HashSet<>();
        private final NavigableMap<Height, Integer> distinctUpTo = new TreeMap<>(Map.of(Height.GENESIS, 0));
        private final Map<Height, Block> further = new HashMap<>();

        @Override
        public void onDecided(Decided decided) {
            note(decided.block());
            Integer expected = distinctUpTo.get(decided.block().height());
            require(
                    expected == null || decided.executed() == expected,
                    "%s executed %s requests up to %s, which holds %s different ones",
                    decided.replica(),
                    decided.executed(),
                    decided.block(),
                    expected);
        }

        @Override
        public void onStarted(ReplicaId replica, int life, Block head, List<Block> chain) {
            chain.forEach(this::note);
        }

        /** Heights are counted one after the other; where none has shown a block yet, what lies above has to wait. */
        private void note(Block block) {
            further.putIfAbsent(block.height(), block);
            for (Block next = next(); next != null; next = next()) {
                next.requests().forEach(request -> distinct.add(request.id()));
                distinctUpTo.put(next.height(), distinct.size());
            }
        }

        private @Nullable Block next() {
            return further.get(distinctUpTo.lastKey().next());
        }
    }

    /** Execution gives the roots that the header names, and so does a state that came from others. */
    static final class StateRootEquality extends Invariant {
        @Override
        public void onState(ReplicaId replica, Block head, StateRoots roots) {
            require(head.header().roots().equals(roots), "%s starts with %s after %s", replica, roots, head);
        }

        @Override
        public void onDecided(Decided decided) {
            require(
                    decided.block().header().roots().equals(decided.roots()),
                    "%s has %s after %s",
                    decided.replica(),
                    decided.roots(),
                    decided.block());
        }
    }

    /** No block is further ahead of the fastest honest clock than a proposal may be. */
    static final class NotOfTheFuture extends Invariant {
        private final long maxAheadNanos;

        NotOfTheFuture(Parameters parameters) {
            this.maxAheadNanos = parameters.maxFutureNanos();
        }

        @Override
        public void onDecided(Decided decided) {
            long aheadNanos = decided.block().header().timeNanos() - decided.fastestClockNanos();
            require(
                    aheadNanos <= maxAheadNanos,
                    "%s commits %s, which is %s ms ahead of every clock",
                    decided.replica(),
                    decided.block(),
                    aheadNanos / 1_000_000);
        }
    }

    /** Each block is of a later time than the one before, whoever was primary and however its clock goes. */
    static final class TimeGoesForward extends Invariant {
        private final Map<Digest, Long> times = new HashMap<>();

        @Override
        public void onStarted(ReplicaId replica, int life, Block head, List<Block> chain) {
            times.put(head.digest(), head.header().timeNanos());
            chain.forEach(this::follow);
        }

        @Override
        public void onDecided(Decided decided) {
            follow(decided.block());
        }

        /** What was before a state that came from others is not known. */
        private void follow(Block block) {
            long time = block.header().timeNanos();
            long before = times.getOrDefault(block.parent(), Long.MIN_VALUE);
            require(time > before, "%s is of %s ns, and the block before it of %s ns", block, time, before);
            times.put(block.digest(), time);
        }
    }

    /** What any replica ever answered to a client is in everybody's chain in the end. */
    static final class Durability extends Invariant {
        private final Map<Height, Digest> answered = new TreeMap<>();

        @Override
        public void onAnswered(ReplicaId replica, Block block) {
            answered.put(block.height(), block.digest());
        }

        @Override
        public void onEnd(Ending ending) {
            for (List<Block> chain : ending.chains()) {
                answered.forEach((height, digest) -> require(
                        mayHold(chain, height, digest),
                        "a client was told of %s:%s, which a chain of %s blocks does not hold",
                        height,
                        digest,
                        chain.size()));
            }
        }

        /** What lies below the first block of a chain, its state alone can show. */
        private static boolean mayHold(List<Block> chain, Height height, Digest digest) {
            if (chain.isEmpty() || height.isAbove(chain.getLast().height())) {
                return false;
            }
            long index = height.value() - chain.getFirst().height().value();
            return index < 0 || chain.get((int) index).digest().equals(digest);
        }
    }
}
