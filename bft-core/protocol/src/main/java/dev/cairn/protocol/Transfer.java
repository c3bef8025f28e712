package dev.cairn.protocol;

import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The taking side of state transfer. First an offer is sought, one peer after the other; then what its anchor's state
 * consists of is fetched from all peers at once, one part of each at a time. Every chunk proves itself, so a liar costs
 * one retry and is not asked again. What is complete and durable is installed by starting again from it.
 */
final class Transfer {
    /** So often a replica replaces its state and finds the new one wrong at once; then something else is broken. */
    private static final int MAX_REPAIRS = 3;

    private static final int MAX_STRIKES = 4;

    /** Nobody keeps a state for longer than the patience that this leads to. */
    private static final int MAX_DOUBLINGS = 6;

    private record Seek(Height above, ReplicaId asked, long sinceTick, int asks) {}

    /** {@code judged}: its chunk has come and is with the shell. */
    private record Fetch(MissingParts.Part part, long sinceTick, Optional<Integer> judgedBytes) {}

    /** One state on its way in. */
    private static final class Run {
        final Message.SnapshotOffer offer;
        final ReplicaId offeredBy;
        final long beganTick;
        final long patienceTicks;
        final MissingParts missing;
        final Map<ReplicaId, Fetch> fetches = new TreeMap<>();
        final Map<ReplicaId, Integer> strikes = new TreeMap<>();

        /** Peers that gave what proves nothing, or do not hold the state. */
        final Set<ReplicaId> useless = new TreeSet<>();

        /** When each peer last gave what proved itself. */
        final Map<ReplicaId, Long> gaveTick = new TreeMap<>();

        /** Everything is here: nothing is fetched any more. */
        boolean completing;

        Run(Message.SnapshotOffer offer, ReplicaId offeredBy, long beganTick, long patienceTicks) {
            this.offer = offer;
            this.offeredBy = offeredBy;
            this.beganTick = beganTick;
            this.patienceTicks = patienceTicks;
            this.missing = new MissingParts(offer.splits());
        }

        Block anchor() {
            return offer.anchor();
        }

        Digest digest() {
            return offer.anchor().digest();
        }

        /** The latest tick since which {@code peers} of them gave something; the beginning, while fewer have. */
        long progressTick(int peers) {
            return gaveTick.values().stream()
                    .sorted(Comparator.reverseOrder())
                    .skip(peers - 1L)
                    .findFirst()
                    .orElse(beganTick);
        }

        void complete() {
            completing = true;
            fetches.clear();
        }

        boolean isFetched(MissingParts.Part part, long sinceTick) {
            return fetches.values().stream()
                    .filter(fetch -> fetch.judgedBytes().isPresent() || fetch.sinceTick() >= sinceTick)
                    .anyMatch(fetch -> fetch.part().meets(part));
        }
    }

    private final Core core;
    private final Chain chain;
    private final Optional<LogRecord.SnapshotInstalled> last;
    private final Consumer<LogRecord.SnapshotInstalled> onInstalled;

    /** How often each peer's offer ran out of patience since the head last moved: so often patience has doubled. */
    private final Map<ReplicaId, Integer> doublings = new TreeMap<>();

    private @Nullable Seek seek;
    private @Nullable Run run;
    private ReplicaId lastAsked;
    private long restUntilTick;
    private int repairs;

    Transfer(Core core, Chain chain, Recovery recovery, Consumer<LogRecord.SnapshotInstalled> onInstalled) {
        this.core = core;
        this.chain = chain;
        this.last = recovery.snapshot();
        this.onInstalled = onInstalled;
        this.lastAsked = core.self;
    }

    /** An offer is sought or a state is coming in. */
    boolean isActive() {
        return seek != null || run != null;
    }

    /** A state is coming in. */
    boolean isRunning() {
        return run != null;
    }

    /**
     * What is certified contradicts what this replica's state gives: nothing is voted, proposed or read here any more,
     * and the state is replaced by one at or above that block.
     */
    void onDivergence(Block block) {
        if (core.isQuarantined()) {
            return;
        }
        int before = last.filter(snapshot ->
                        block.height().isAtMost(snapshot.anchor().height().plus(core.parameters.checkpointInterval())))
                .map(LogRecord.SnapshotInstalled::repairs)
                .orElse(0);
        if (before >= MAX_REPAIRS) {
            core.halt("this replica's state disagrees with the certified block " + block + ", although it was replaced "
                    + before + " times by a copy from the others: check its memory, its disk and its version");
            return;
        }
        repairs = before + 1;
        core.quarantine(block.height(), "execution does not give the certified block " + block);
        if (run != null && !run.anchor().height().isAbove(below(block.height()))) {
            abandon(run, "it ends below the block that this state disagrees with");
        }
    }

    // Seeking.

    /** Asks the peers in turn for a state above {@code above}; rests for a while after all of them gave none. */
    void seek(Height above) {
        if (!isActive() && core.ticks() >= restUntilTick) {
            ask(above, 0);
        }
    }

    /** In quarantine: asks, without a rest, for a state at or above the block that this replica disagrees with. */
    void seekRepair() {
        if (!isActive()) {
            core.quarantinedAt().ifPresent(height -> ask(below(height), 0));
        }
    }

    private static Height below(Height height) {
        return new Height(Math.max(0, height.value() - 1));
    }

    private void ask(Height above, int asks) {
        lastAsked = peersInTurn().findFirst().orElseThrow();
        seek = new Seek(above, lastAsked, core.ticks(), asks + 1);
        core.send(lastAsked, new Message.FetchSnapshot(above));
    }

    private Stream<ReplicaId> peersInTurn() {
        int n = core.quorums.n();
        return Stream.iterate(1, i -> i + 1)
                .limit(n)
                .map(i -> new ReplicaId((lastAsked.index() + i) % n))
                .filter(peer -> !peer.equals(core.self));
    }

    boolean expectsOffer() {
        return seek != null;
    }

    void onOffer(ReplicaId from, Message.SnapshotOffer offer) {
        Seek sought = seek;
        if (sought == null || !sought.asked().equals(from)) {
            core.reject(from, Rejection.OVER_BUDGET, "an offer that was not asked for");
        } else if (!offer.anchor().height().isAbove(sought.above())) {
            core.reject(from, Rejection.OLD_HEIGHT, offer.toString());
        } else {
            take(from, offer);
        }
    }

    /** Begins to fetch what {@code from} offers, if it leads further. */
    void take(ReplicaId from, Message.SnapshotOffer offer) {
        Height anchor = offer.anchor().height();
        Optional<Digest> known = chain.committedAt(anchor);
        if (known.isPresent() && !known.get().equals(offer.anchor().digest())) {
            core.halt("two blocks are certified as committed at " + anchor + ": more than f replicas lie");
        } else if (run != null || !leadsFurther(anchor)) {
            core.reject(from, Rejection.OLD_HEIGHT, offer.toString());
        } else {
            seek = null;
            long patienceTicks = (long) core.timeouts.transferTicks() << doublings.getOrDefault(from, 0);
            Run begun = new Run(offer, from, core.ticks(), patienceTicks);
            run = begun;
            core.emit(new Effect.BeginSnapshot(offer.anchor().header()));
            core.transition(new Transition.TransferBegun(anchor, begun.digest(), from));
            assign(begun);
        }
    }

    private boolean leadsFurther(Height anchor) {
        return core.quarantinedAt().map(height -> !height.isAbove(anchor)).orElse(anchor.isAbove(chain.headHeight()));
    }

    // Fetching.

    /** Gives each idle peer the lowest missing part that nobody was asked for, or was but takes long. */
    private void assign(Run current) {
        if (current.completing) {
            return;
        }
        long patienceFrom = core.ticks() - core.timeouts.chunkTicks();
        for (ReplicaId peer : peersInTurn().toList()) {
            if (!current.useless.contains(peer) && !current.fetches.containsKey(peer)) {
                current.missing
                        .first(part -> !current.isFetched(part, patienceFrom))
                        .ifPresent(part -> fetch(current, peer, part));
            }
        }
        if (current.useless.size() == core.quorums.n() - 1) {
            abandon(current, "nobody is left to fetch it from");
        }
    }

    private void fetch(Run current, ReplicaId peer, MissingParts.Part part) {
        lastAsked = peer;
        current.fetches.put(peer, new Fetch(part, core.ticks(), Optional.empty()));
        core.send(peer, new Message.FetchChunk(current.digest(), part.from(), part.until()));
    }

    boolean expectsChunk(Message.Chunk chunk) {
        return run != null && run.digest().equals(chunk.anchor());
    }

    void onChunk(ReplicaId from, Message.Chunk chunk) {
        Optional<Fetch> asked = runOf(chunk.anchor())
                .flatMap(current -> Optional.ofNullable(current.fetches.get(from)))
                .filter(fetch -> fetch.judgedBytes().isEmpty())
                .filter(fetch -> fetch.part().equals(new MissingParts.Part(chunk.from(), chunk.until())));
        if (run == null || asked.isEmpty()) {
            core.reject(from, Rejection.OVER_BUDGET, "a chunk that was not asked for, or comes too late");
            return;
        }
        int bytes = chunk.content().size();
        run.fetches.put(from, new Fetch(asked.get().part(), core.ticks(), Optional.of(bytes)));
        core.emit(new Effect.StoreChunk(from, chunk.anchor(), chunk.from(), chunk.content()));
    }

    void onNoSnapshot(ReplicaId from, Message.NoSnapshot answer) {
        runOf(answer.anchor()).ifPresent(current -> {
            Fetch asked = current.fetches.get(from);
            if (asked != null && asked.judgedBytes().isEmpty()) {
                current.fetches.remove(from);
                current.useless.add(from);
                assign(current);
            }
        });
    }

    void onJudged(Event.ChunkJudged judged) {
        runOf(judged.anchor()).ifPresent(current -> {
            Fetch asked = current.fetches.get(judged.source());
            if (asked != null
                    && asked.judgedBytes().isPresent()
                    && asked.part().from().equals(judged.from())) {
                current.fetches.remove(judged.source());
                onJudged(current, judged, asked.judgedBytes().get());
            }
        });
    }

    private void onJudged(Run current, Event.ChunkJudged judged, int bytes) {
        switch (judged.verdict()) {
            case StateMachine.Verdict.Accepted(var next) -> {
                if (next.isPresent() && next.get().compareTo(judged.from()) <= 0) {
                    throw new IllegalStateException("a chunk from " + judged.from() + " reaches up to " + next.get());
                }
                current.missing.remove(judged.from(), next);
                current.strikes.remove(judged.source());
                current.gaveTick.put(judged.source(), core.ticks());
                core.transition(new Transition.ChunkStored(judged.source(), bytes));
            }
            case StateMachine.Verdict.Refused(String reason) -> {
                current.useless.add(judged.source());
                core.transition(new Transition.ChunkRefused(judged.source(), reason));
                core.reject(judged.source(), Rejection.INVALID, "a chunk: " + reason);
            }
        }
        if (current.missing.isEmpty() && !current.completing) {
            current.complete();
            core.emit(new Effect.CompleteSnapshot(current.digest()));
        }
        assign(current);
    }

    private Optional<Run> runOf(Digest anchor) {
        return Optional.ofNullable(run).filter(current -> current.digest().equals(anchor));
    }

    // Time.

    void onTick() {
        Seek sought = seek;
        if (sought != null && core.ticks() - sought.sinceTick() > core.timeouts.fetchTicks()) {
            seek = null;
            if (sought.asks() < core.quorums.n() - 1) {
                ask(sought.above(), sought.asks());
            } else {
                restUntilTick = core.ticks() + core.timeouts.transferTicks();
            }
        }
        if (run != null) {
            onTick(run);
        }
    }

    private void onTick(Run current) {
        current.fetches.entrySet().removeIf(entry -> {
            int strikes = current.strikes.getOrDefault(entry.getKey(), 0);
            Fetch fetch = entry.getValue();
            boolean late = fetch.judgedBytes().isEmpty()
                    && core.ticks() - fetch.sinceTick() > (long) core.timeouts.chunkTicks() << strikes;
            if (late) {
                current.strikes.put(entry.getKey(), Math.min(strikes + 1, MAX_STRIKES));
            }
            return late;
        });
        if (!leadsFurther(current.anchor().height())) {
            abandon(current, "its height was reached without it");
        } else if (hasStopped(current)) {
            abandon(current, "nothing came in for too long");
        } else if (isHeldByFew(current)) {
            doublings.merge(current.offeredBy, 1, (before, one) -> Math.min(before + one, MAX_DOUBLINGS));
            abandon(current, "too few peers give anything, and it takes too long");
        } else {
            assign(current);
        }
    }

    private boolean hasStopped(Run current) {
        boolean judging =
                current.fetches.values().stream().anyMatch(f -> f.judgedBytes().isPresent());
        return !current.completing
                && !judging
                && core.ticks() - current.progressTick(1) > core.timeouts.transferTicks();
    }

    /** Of what only f peers bring there may be no end: liars can be as slow as they like. One more of them is honest. */
    private boolean isHeldByFew(Run current) {
        return !current.completing
                && core.ticks() - current.progressTick(core.quorums.weakQuorum()) > current.patienceTicks;
    }

    /** The head moved without a state from others. */
    void onCommitted() {
        doublings.clear();
    }

    /** The next offer is asked of others first. */
    private void abandon(Run current, String why) {
        run = null;
        lastAsked = current.offeredBy;
        core.emit(new Effect.AbandonSnapshot(current.digest()));
        core.transition(new Transition.TransferAbandoned(current.anchor().height(), why));
    }

    // The end.

    /** Only a state that is complete and durable is written down as this replica's own. */
    void onCompleted(Event.SnapshotCompleted completed) {
        runOf(completed.anchor()).filter(current -> current.completing).ifPresent(current -> {
            if (!completed.sound()) {
                abandon(current, "its parts do not make the state that is certified");
            } else if (!leadsFurther(current.anchor().height())) {
                abandon(current, "its height was reached without it");
            } else {
                install(current.offer);
            }
        });
    }

    private void install(Message.SnapshotOffer offer) {
        LogRecord.SnapshotInstalled installed =
                new LogRecord.SnapshotInstalled(offer.anchor(), offer.history(), offer.link(), offer.proof(), repairs);
        core.persist(installed);
        core.transition(new Transition.TransferCompleted(
                offer.anchor().height(), offer.anchor().digest()));
        run = null;
        onInstalled.accept(installed);
    }
}
