package dev.cairn.protocol;

import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.StateRoots;
import dev.cairn.protocol.model.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Four replicas on a perfect network that a test may filter, with a disk that never fails: for tests that read as sentences. */
final class TestCluster {
    static final int N = 4;

    record Sent(ReplicaId from, ReplicaId to, Message message) {}

    final Genesis genesis;
    final FakeAuthenticator authenticator;
    final List<List<Block>> committed = new ArrayList<>();
    final List<List<QuorumCertificate>> proofs = new ArrayList<>();
    final List<Map<Digest, Block>> bodies = new ArrayList<>();
    final List<Long> readsReady = new ArrayList<>();
    final List<Effect> effects = new ArrayList<>();
    Predicate<Sent> delivers = _ -> true;

    private final List<Replica> replicas = new ArrayList<>();
    private final List<Map<ExecutionId, StateRoots>> states = new ArrayList<>();
    private final Queue<Sent> network = new ArrayDeque<>();

    /** Of the replica that is stepped: executions end in the order they began, after the effects of the step. */
    private final Queue<Event> answers = new ArrayDeque<>();

    private long wallNanos = 1_000_000_000;
    private long sequence;

    TestCluster() {
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
                    self, genesis, Timeouts.DEFAULT, s -> FakeAuthenticator.sign(self, s), Recovery.fresh(genesis)));
            states.add(new HashMap<>(Map.of(ExecutionId.HEAD_AT_START, empty)));
            committed.add(new ArrayList<>());
            bodies.add(new HashMap<>());
            proofs.add(new ArrayList<>());
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
                step(i, new Event.Ticked(wallNanos));
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
        replicas.set(i, new Replica(self, genesis, Timeouts.DEFAULT, s -> FakeAuthenticator.sign(self, s), recovery));
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
                case Effect.ReadReady e -> readsReady.add(e.readId());
                case Effect.Discard e -> states.get(i).remove(e.execution());
                case Effect.Execute e -> execute(i, e);
                case Effect.Halt e -> throw new AssertionError("replica " + i + " halted: " + e.reason());
                case Effect.ServeBlocks e -> serve(i, e);
                case Effect.Persist(LogRecord.BlockBody(Block block)) ->
                    bodies.get(i).put(block.digest(), block);
                case Effect.ServeBody e -> serveBody(i, e);
                case Effect.Persist _, Effect.Refuse _ -> {}
                case Effect.Reject _, Effect.Accuse _, Effect.Note _ -> {}
                case Effect.Pin _, Effect.Unpin _, Effect.ServeSnapshot _, Effect.ServeChunk _ -> {}
                case Effect.BeginSnapshot _, Effect.StoreChunk _, Effect.CompleteSnapshot _ -> {}
                case Effect.AbandonSnapshot _, Effect.Restart _ -> {}
            }
        }
    }

    private void serve(int i, Effect.ServeBlocks e) {
        List<Block> blocks = committed.get(i).stream()
                .filter(block -> !e.from().isAbove(block.height()))
                .toList();
        network.add(new Sent(
                new ReplicaId(i),
                e.to(),
                new Message.Blocks(blocks, List.of(), proofs.get(i).getLast())));
    }

    private void serveBody(int i, Effect.ServeBody e) {
        Block block = bodies.get(i).get(e.block());
        if (block != null) {
            network.add(new Sent(new ReplicaId(i), e.to(), new Message.Body(block)));
        }
    }

    private void execute(int i, Effect.Execute e) {
        StateRoots before = states.get(i).get(e.parent());
        if (before == null) {
            throw new AssertionError("the parent of " + e + " was discarded");
        }
        StateRoots after = outcome(before, e.proposal());
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
