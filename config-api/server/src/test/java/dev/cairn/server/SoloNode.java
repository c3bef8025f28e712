package dev.cairn.server;

import dev.cairn.kv.KvState;
import dev.cairn.kv.KvStateMachine;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.View;
import dev.cairn.runtime.CommitListener;
import dev.cairn.runtime.CommittedChain;
import dev.cairn.runtime.TransferProgress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A replica without a protocol: commits each request in a block of its own, at once, on one thread. */
public final class SoloNode implements Consensus, AutoCloseable {
    private final KvStateMachine machine;
    private final SoloChain chain;
    private final ExecutorService loop = Executors.newSingleThreadExecutor();
    private @Nullable CommitListener<KvState> listener;
    private long aheadNanos;
    private volatile long view;
    private volatile boolean changing;
    private volatile boolean deaf;
    private volatile boolean quarantined;
    private Optional<Held> held = Optional.empty();
    private volatile List<Evidence> evidence = List.of();

    public SoloNode(KvStateMachine machine, SoloChain chain) {
        this.machine = machine;
        this.chain = chain;
    }

    public void tell(CommitListener<KvState> told) {
        loop.execute(() -> listener = told);
    }

    void enterView(long number) {
        view = number;
    }

    void loseLeader(boolean lost) {
        changing = lost;
    }

    void accuse(Evidence proof) {
        evidence = List.of(proof);
    }

    void quarantine() {
        quarantined = true;
    }

    @Override
    public Optional<TransferProgress> transfer() {
        return Optional.empty();
    }

    /** Testimonies that nobody gets before they are released. */
    final class Held {
        private final List<Runnable> waiting = new ArrayList<>();
        private final CompletableFuture<Void> asked = new CompletableFuture<>();

        /** Returns when one has been asked for. */
        void awaitOne() throws Exception {
            asked.get(30, TimeUnit.SECONDS);
        }

        void release() {
            loop.execute(() -> {
                held = Optional.empty();
                waiting.forEach(Runnable::run);
            });
        }
    }

    /** From now on readers who ask for a testimony wait for it. */
    Held holdTestimonies() {
        Held begun = new Held();
        loop.execute(() -> held = Optional.of(begun));
        return begun;
    }

    /** From now on nothing is committed, and no read is answered. */
    void stopListening() {
        deaf = true;
    }

    @Override
    public boolean submit(Request request) {
        loop.execute(() -> {
            if (!deaf) {
                commit(List.of(request));
            }
        });
        return true;
    }

    /** Seconds go by, each with a block, if anything waits for time. */
    void passTime(int seconds) {
        loop.execute(() -> {
            for (int i = 0; i < seconds && machine.waitsForTime(machine.committed()); i++) {
                aheadNanos += 1_000_000_000L;
                commit(List.of());
            }
        });
    }

    private void commit(List<Request> requests) {
        KvState parent = machine.committed();
        Height height = parent.height().next();
        long now = wallNanos() + aheadNanos;
        KvState state = machine.execute(parent, new Proposal(height, now, requests));
        Block block = chain.next(requests, machine.roots(state), now);
        QuorumCertificate certificate = chain.append(block);
        machine.commit(state, block);
        if (listener != null) {
            listener.committed(block, state, certificate);
        }
        machine.persist(state, block);
    }

    @Override
    public boolean readIndex(long readId, Optional<Digest> challenge) {
        loop.execute(() -> {
            if (challenge.isPresent() && held.isPresent()) {
                held.get().waiting.add(() -> answer(readId, challenge));
                held.get().asked.complete(null);
            } else {
                answer(readId, challenge);
            }
        });
        return true;
    }

    private void answer(long readId, Optional<Digest> challenge) {
        if (listener != null && !deaf) {
            listener.readReady(readId, challenge.map(asked -> chain.testify(asked, wallNanos())));
        }
    }

    /** There is no other. */
    @Override
    public boolean handOver(ReplicaId heir) {
        return false;
    }

    @Override
    public Request sign(RequestId id, Bytes operations) {
        return chain.sign(id, operations);
    }

    private static long wallNanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    @Override
    public CommittedChain chain() {
        return chain;
    }

    @Override
    public ReplicaStatus status() {
        Height height = machine.committed().height();
        return new ReplicaStatus(
                new ReplicaId(0),
                new View(view),
                changing,
                new ReplicaId(0),
                height,
                Digest.ZERO,
                Digest.ZERO,
                height,
                Height.GENESIS,
                0,
                0,
                quarantined,
                List.of(),
                evidence);
    }

    @Override
    public void close() {
        loop.shutdownNow();
    }
}
