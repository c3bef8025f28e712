package dev.cairn.protocol;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.StateRoots;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.Testimony;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Four replicas on a perfect network that a test may filter, with a disk that never fails: for tests that read as sentences. */
final class TestCluster {
    static final int N = 4;

    record Sent(ReplicaId from, ReplicaId to, Message message) {}

    final Genesis genesis;
    private final Timeouts timeouts;
    final FakeAuthenticator authenticator;
    final List<List<Block>> committed = new ArrayList<>();
    final List<List<QuorumCertificate>> proofs = new ArrayList<>();
    final List<Map<Digest, Block>> bodies = new ArrayList<>();
    final List<Long> readsReady = new ArrayList<>();
    final Map<Long, Testimony> testimonies = new TreeMap<>();
    final List<Effect> effects = new ArrayList<>();
    final List<Message.SnapshotOffer> offers = new ArrayList<>();
    final List<Set<ExecutionId>> pinned = new ArrayList<>();
    Predicate<Sent> delivers = _ -> true;

    /** The lowest height whose block a replica's log holds. */
    final long[] heldFrom = new long[N];

    /** A replica whose executions all go wrong. */
    Optional<Integer> broken = Optional.empty();

    private final Map<Integer, Header> incoming = new HashMap<>();
    private final List<List<LogRecord>> logs = new ArrayList<>();

    private final List<Replica> replicas = new ArrayList<>();
    private final List<Map<ExecutionId, StateRoots>> states = new ArrayList<>();
    private final Queue<Sent> network = new ArrayDeque<>();

    /** Of the replica that is stepped: executions end in the order they began, after the effects of the step. */
    private final Queue<Event> answers = new ArrayDeque<>();

    long wallNanos = 1_000_000_000;

    /** What every shell says of the state with each tick. */
    boolean waitsForTime;

    private long sequence;

    TestCluster() {
        this(Timeouts.DEFAULT.withFarCheckpoints(16));
    }

    TestCluster(Timeouts timeouts) {
        this.timeouts = timeouts;
        List<Bytes> keys = new ArrayList<>();
        for (int i = 0; i < N; i++) {
            keys.add(Bytes.utf8("key of " + i));
        }
        StateRoots empty = new StateRoots(2, 1, 0, Digest.ZERO, Digest.ZERO, Digest.ZERO);
        genesis = new Genesis(
                Hashing.sha256(new byte[] {42}),
                new Membership(Epoch.ZERO, keys),
                new Parameters(16, 4, 4 << 20, 1 << 20, 500_000_000L, 30_000_000_000L),
                1,
                1,
                empty);
        authenticator = new FakeAuthenticator(genesis);
        for (int i = 0; i < N; i++) {
            ReplicaId self = new ReplicaId(i);
            replicas.add(new Replica(
                    self, genesis, timeouts, s -> FakeAuthenticator.sign(self, s), Recovery.fresh(genesis)));
            states.add(new HashMap<>(Map.of(ExecutionId.HEAD_AT_START, empty)));
            committed.add(new ArrayList<>());
            bodies.add(new HashMap<>());
            proofs.add(new ArrayList<>());
            logs.add(new ArrayList<>());
            pinned.add(new LinkedHashSet<>());
        }
        for (int i = 0; i < N; i++) {
            perform(i, replicas.get(i).start());
        }
        tick(1);
    }

    /** Signatures that only this class can make: a hash of signer and statement. */
    static final class FakeAuthenticator extends Authenticator {
        FakeAuthenticator(Genesis genesis) {
            super(genesis.chainId(), genesis.membership());
        }

        static Signature sign(ReplicaId signer, Statement statement) {
            byte[] preimage =
                    (signer + Bytes.wrap(statement.encode()).toHex()).getBytes(java.nio.charset.StandardCharsets.UTF_8);
            return new Signature(Bytes.wrap(Hashing.sha256(preimage).toArray()));
        }

        @Override
        protected boolean isSigned(ReplicaId signer, Statement statement, Signature signature) {
            return signature.equals(sign(signer, statement));
        }

        @Override
        protected boolean isSigned(Request request) {
            return true;
        }
    }

    Replica replica(int i) {
        return replicas.get(i);
    }

    Request request(int gateway) {
        sequence++;
        return new Request(
                new RequestId(new ClientId(gateway), 1, sequence),
                Bytes.utf8("op " + sequence),
                new Signature(Bytes.EMPTY));
    }

    Request submit(int gateway) {
        Request request = request(gateway);
        step(gateway, new Event.Submitted(request));
        return request;
    }

    /** One event; its effects, and those of the executions it asked for, are performed, but nothing is delivered yet. */
    List<Effect> step(int i, Event event) {
        int before = effects.size();
        perform(i, replicas.get(i).step(event));
        for (Event answer = answers.poll(); answer != null; answer = answers.poll()) {
            perform(i, replicas.get(i).step(answer));
        }
        return List.copyOf(effects.subList(before, effects.size()));
    }

    /** Hands a message to a replica as if it came from {@code from}; it must verify. */
    List<Effect> receive(int i, int from, Message message) {
        Verified<Message> verified = authenticator.verify(message).orElseThrow();
        return step(i, new Event.Received(new ReplicaId(from), verified));
    }

    void tick(int times) {
        for (int t = 0; t < times; t++) {
            wallNanos += Timeouts.TICK_MILLIS * 1_000_000L;
            for (int i = 0; i < N; i++) {
                step(i, new Event.Ticked(wallNanos, waitsForTime));
            }
            deliverAll();
        }
    }

    void deliverAll() {
        for (Sent next = network.poll(); next != null; next = network.poll()) {
            if (delivers.test(next) && replicas.get(next.to().index()).mayMatter(next.message())) {
                receive(next.to().index(), next.from().index(), next.message());
            }
        }
    }

    void crash(int victim) {
        Predicate<Sent> before = delivers;
        delivers = sent ->
                before.test(sent) && sent.from().index() != victim && sent.to().index() != victim;
        for (int i = 0; i < N; i++) {
            if (i != victim) {
                step(i, new Event.LinkDown(new ReplicaId(victim)));
            }
        }
    }

    /** Starts a replica anew from a log in which its head is its stable checkpoint, so that nothing else is left in it. */
    void restartAtCheckpoint(int i) {
        Block head = committed.get(i).getLast();
        QuorumCertificate stable = effects.stream()
                .flatMap(e -> e instanceof Effect.Persist(LogRecord.StableCheckpoint r)
                        ? Stream.of(r.certificate())
                        : Stream.empty())
                .filter(certificate -> certificate.height().equals(head.height()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the head " + head + " is no stable checkpoint"));
        MerkleFrontier history = MerkleFrontier.EMPTY.append(genesis.block().digest());
        for (Block block : committed.get(i).subList(0, committed.get(i).size() - 1)) {
            history = history.append(block.digest());
        }
        Recovery recovery = new Recovery(
                head,
                history,
                Optional.of(proofs.get(i).getLast()),
                Map.of(head.height(), head.digest()),
                List.of(),
                List.of(),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(stable),
                List.of(),
                Optional.empty(),
                false);
        ReplicaId self = new ReplicaId(i);
        replicas.set(i, new Replica(self, genesis, timeouts, s -> FakeAuthenticator.sign(self, s), recovery));
        states.set(
                i, new HashMap<>(Map.of(ExecutionId.HEAD_AT_START, head.header().roots())));
        perform(i, replicas.get(i).start());
        for (int peer = 0; peer < N; peer++) {
            if (peer != i) {
                step(i, new Event.LinkUp(new ReplicaId(peer)));
                step(peer, new Event.LinkUp(self));
            }
        }
    }

    private void perform(int i, List<Effect> list) {
        for (Effect effect : list) {
            effects.add(effect);
            if (effect instanceof Effect.Persist(LogRecord entry)) {
                logs.get(i).add(entry);
            }
            switch (effect) {
                case Effect.Send e -> network.add(new Sent(new ReplicaId(i), e.to(), e.message()));
                case Effect.Broadcast e ->
                    genesis.membership().quorums().members().stream()
                            .filter(to -> to.index() != i)
                            .forEach(to -> network.add(new Sent(new ReplicaId(i), to, e.message())));
                case Effect.Commit e -> {
                    committed.get(i).add(e.block());
                    proofs.get(i).add(e.proof());
                }
                case Effect.ReadReady e -> {
                    readsReady.add(e.readId());
                    e.testimony().ifPresent(testimony -> testimonies.put(e.readId(), testimony));
                }
                case Effect.Discard e -> states.get(i).remove(e.execution());
                case Effect.Execute e -> execute(i, e);
                case Effect.Halt e -> throw new AssertionError("replica " + i + " halted: " + e.reason());
                case Effect.ServeBlocks e -> serve(i, e);
                case Effect.Persist(LogRecord.BlockBody(Block block)) ->
                    bodies.get(i).put(block.digest(), block);
                case Effect.ServeBody e -> serveBody(i, e);
                case Effect.Persist _, Effect.Refuse _ -> {}
                case Effect.Reject _, Effect.Accuse _, Effect.Note _ -> {}
                case Effect.Pin e -> pinned.get(i).add(e.execution());
                case Effect.Unpin e -> pinned.get(i).remove(e.execution());
                case Effect.ServeSnapshot e -> serveSnapshot(i, e);
                case Effect.ServeChunk e ->
                    network.add(new Sent(
                            new ReplicaId(i),
                            e.to(),
                            new Message.Chunk(e.anchor(), e.from(), e.until(), chunk(i, e.execution()))));
                case Effect.BeginSnapshot e -> incoming.put(i, e.anchor());
                case Effect.StoreChunk e -> answers.add(judge(i, e));
                case Effect.CompleteSnapshot e -> answers.add(new Event.SnapshotCompleted(e.anchor(), true));
                case Effect.AbandonSnapshot _ -> incoming.remove(i);
                case Effect.Restart _ -> restartFromSnapshot(i);
            }
        }
    }

    private void serve(int i, Effect.ServeBlocks e) {
        if (e.from().value() < heldFrom[i]) {
            answers.add(new Event.BlocksNotHeld(e.to(), e.from()));
            return;
        }
        List<Block> blocks = committed.get(i).stream()
                .filter(block -> !e.from().isAbove(block.height()))
                .limit(Message.Blocks.MAX_BLOCKS)
                .toList();
        QuorumCertificate proof = proofs.get(i).get(committed.get(i).indexOf(blocks.getLast()));
        network.add(new Sent(new ReplicaId(i), e.to(), new Message.Blocks(blocks, List.of(), proof)));
    }

    // State transfer: a chunk is the whole state, which is its root.

    private void serveSnapshot(int i, Effect.ServeSnapshot e) {
        List<Header> link = committed.get(i).stream()
                .filter(block -> block.height().isAbove(e.anchor().height())
                        && block.height().isAtMost(e.proof().height()))
                .map(Block::header)
                .toList();
        Message.SnapshotOffer offer = new Message.SnapshotOffer(e.anchor(), e.history(), link, e.proof(), List.of());
        offers.add(offer);
        network.add(new Sent(new ReplicaId(i), e.to(), offer));
    }

    private Bytes chunk(int i, ExecutionId execution) {
        StateRoots roots = states.get(i).get(execution);
        if (roots == null || !pinned.get(i).contains(execution)) {
            throw new AssertionError(execution + " is served and not pinned");
        }
        return Bytes.wrap(roots.stateRoot().toArray());
    }

    private Event judge(int i, Effect.StoreChunk e) {
        Digest certified = Objects.requireNonNull(incoming.get(i)).roots().stateRoot();
        boolean proven = e.content().equals(Bytes.wrap(certified.toArray()));
        return new Event.ChunkJudged(
                e.source(),
                e.anchor(),
                e.from(),
                proven
                        ? new StateMachine.Verdict.Accepted(Optional.empty())
                        : new StateMachine.Verdict.Refused("another root"));
    }

    private void restartFromSnapshot(int i) {
        Replica.Unanswered unanswered = replicas.get(i).unanswered();
        Recovery recovery = recoveryOf(logs.get(i));
        ReplicaId self = new ReplicaId(i);
        replicas.set(i, new Replica(self, genesis, timeouts, s -> FakeAuthenticator.sign(self, s), recovery));
        states.set(
                i,
                new HashMap<>(Map.of(
                        ExecutionId.HEAD_AT_START, recovery.head().header().roots())));
        pinned.get(i).clear();
        committed.get(i).clear();
        proofs.get(i).clear();
        perform(i, replicas.get(i).start());
        step(i, new Event.Ticked(wallNanos, waitsForTime));
        unanswered.requests().forEach(request -> step(i, new Event.Submitted(request)));
        unanswered.reads().forEach(read -> step(i, read));
    }

    /** What a log says in which a snapshot is the last thing that was committed. */
    private static Recovery recoveryOf(List<LogRecord> log) {
        Optional<LogRecord.SnapshotInstalled> snapshot = Optional.empty();
        List<Vote> votes = new ArrayList<>();
        Map<Ballot, Signature> slots = new LinkedHashMap<>();
        Optional<QuorumCertificate> prepared = Optional.empty();
        Optional<Message.ViewChange> viewChange = Optional.empty();
        Optional<Message.NewView> newView = Optional.empty();
        Optional<QuorumCertificate> stable = Optional.empty();
        for (LogRecord entry : log) {
            switch (entry) {
                case LogRecord.SnapshotInstalled r -> snapshot = Optional.of(r);
                case LogRecord.CastVote r -> votes.add(r.vote());
                case LogRecord.ProposedSlot r -> slots.put(r.ballot(), r.signature());
                case LogRecord.PreparedCertificate r -> prepared = Optional.of(r.certificate());
                case LogRecord.SentViewChange r -> viewChange = Optional.of(r.viewChange());
                case LogRecord.AcceptedNewView r -> newView = Optional.of(r.newView());
                case LogRecord.StableCheckpoint r -> stable = Optional.of(r.certificate());
                case LogRecord.BlockBody _, LogRecord.CommittedBlock _, LogRecord.Misconduct _ -> {}
            }
        }
        LogRecord.SnapshotInstalled last = snapshot.orElseThrow();
        return new Recovery(
                last.anchor(),
                last.history(),
                Optional.of(last.proof()),
                Map.of(last.anchor().height(), last.anchor().digest()),
                List.of(),
                votes,
                slots,
                prepared,
                viewChange,
                newView,
                stable,
                List.of(),
                snapshot,
                false);
    }

    /** Whatever a replica holds in memory goes wrong. */
    void corrupt(int i) {
        states.get(i).replaceAll((_, roots) -> wrong(roots));
    }

    private static StateRoots wrong(StateRoots roots) {
        return new StateRoots(
                roots.firstRevision(),
                roots.lastRevision(),
                roots.compactRevision(),
                roots.resultsRoot(),
                roots.eventsRoot(),
                new Digest(6, 6, 6, roots.stateRoot().d()));
    }

    private void serveBody(int i, Effect.ServeBody e) {
        Block block = bodies.get(i).get(e.block());
        if (block != null && block.height().value() >= heldFrom[i]) {
            network.add(new Sent(new ReplicaId(i), e.to(), new Message.Body(block)));
        }
    }

    private void execute(int i, Effect.Execute e) {
        StateRoots before = states.get(i).get(e.parent());
        if (before == null) {
            throw new AssertionError("the parent of " + e + " was discarded");
        }
        StateRoots sound = outcome(before, e.proposal());
        StateRoots after = broken.equals(Optional.of(i)) ? wrong(sound) : sound;
        states.get(i).put(e.execution(), after);
        answers.add(new Event.Executed(e.execution(), after));
    }

    /** The toy state machine: a hash over everything executed. */
    static StateRoots outcome(StateRoots before, Proposal proposal) {
        StringBuilder text = new StringBuilder(before.stateRoot().toHex());
        proposal.requests().forEach(r -> text.append(r.id()));
        Digest root = Hashing.sha256(text.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return new StateRoots(
                before.lastRevision() + 1,
                before.lastRevision() + proposal.requests().size(),
                0,
                Digest.ZERO,
                Digest.ZERO,
                root);
    }

    long wallNanos() {
        return wallNanos;
    }
}
