package dev.cairn.server.proven;

import dev.cairn.kv.KvState;
import dev.cairn.kv.Limits;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.Testimony;
import dev.cairn.runtime.StorageException;
import dev.cairn.server.Background;
import dev.cairn.server.Consensus;
import dev.cairn.server.etcd.Access;
import dev.cairn.server.etcd.EtcdError;
import dev.cairn.server.gateway.Gateway;
import io.grpc.BindableService;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/** The services of cairn.v1 for clients that verify, and what they need to hear. */
public final class ProvenServices {
    private static final long NANOS = 1_000_000_000L;

    private final Consensus consensus;
    private final CertifiedHeads heads = new CertifiedHeads();
    private final Testimonies testimonies;
    private final ProvenWatches watches;
    private final Receipts receipts;
    private final List<BindableService> services;

    /**
     * @param access who may see what
     * @param faults what is wrong with a signed operation whatever the state is; verifies signatures
     * @param answering tells callers what came of a round among the replicas; never this replica's event loop
     * @param maxFutureNanos how far a block's time may be ahead of an honest clock
     */
    public ProvenServices(
            Consensus consensus,
            ProofSource proofs,
            Access access,
            Function<Operation, Optional<String>> faults,
            Gateway gateway,
            Background background,
            Executor answering,
            Limits limits,
            int maxOperationBytes,
            long maxFutureNanos,
            long patienceNanos) {
        this.consensus = consensus;
        this.testimonies = new Testimonies(consensus, answering, System::nanoTime, patienceNanos);
        HeadOffers offers = new HeadOffers(consensus::chain);
        Answers answers = new Answers(
                heads,
                offers,
                testimonies,
                background,
                challenges(new SecureRandom()),
                ProvenServices::wallNanos,
                maxFutureNanos);
        this.watches = new ProvenWatches(answers, proofs);
        this.receipts = new Receipts(gateway, access, answers, offers, proofs, faults, limits, maxOperationBytes);
        this.services = List.of(
                new StoreService(access, answers, proofs, watches, receipts),
                new ChainService(answers, offers, consensus));
    }

    private static Supplier<Digest> challenges(SecureRandom random) {
        return () -> {
            byte[] challenge = new byte[Digest.BYTES];
            random.nextBytes(challenge);
            return Digest.of(challenge);
        };
    }

    private static long wallNanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * NANOS + now.getNano();
    }

    public List<BindableService> services() {
        return services;
    }

    /** Before the first call: begins with what was committed before the start. */
    public void resume(KvState state) throws StorageException {
        heads.resume(state, consensus.chain());
    }

    /** Takes in each committed block, in order. Event loop; never blocks. */
    public void committed(Block block, KvState state, QuorumCertificate proof) {
        heads.committed(block, state, proof);
        receipts.committed(block, state, heads.newest().map(CertifiedHead::height));
        watches.look();
    }

    /** Whether {@code readId} is one of these services'; then what came of it. Event loop; never blocks. */
    public boolean readReady(long readId, Optional<Testimony> testimony) {
        boolean isOurs = Testimonies.isOurs(readId);
        if (isOurs) {
            testimonies.ready(readId, testimony);
        }
        return isOurs;
    }

    /** Called now and then. */
    public void tick() {
        testimonies.expire();
        watches.look();
    }

    /** Ends all watches, and what waits for others' testimony. */
    public void endAll(EtcdError why) {
        testimonies.giveUp();
        watches.end(why.status());
    }

    public int watchCount() {
        return watches.count();
    }

    public int waitingTestimonies() {
        return testimonies.waiting();
    }

    public int submissions() {
        return receipts.underWay();
    }
}
