package dev.cairn.runtime;

import dev.cairn.codec.Ed25519;
import dev.cairn.codec.Ed25519Authenticator;
import dev.cairn.codec.Ed25519Signer;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.Recovery;
import dev.cairn.protocol.Replica;
import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.protocol.StateMachine;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.View;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running replica: the consensus core with its event loop, durable log, peer links and clock. All methods may be
 * called from any thread and none of them blocks, except {@link #start} and {@link #close}.
 */
public final class ReplicaNode<S> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaNode.class);

    private static final int BLOCK_QUESTIONS_PER_PEER = 4;

    /** A peer asks for the next chunk when it has the last. */
    private static final int SNAPSHOT_QUESTIONS_PER_PEER = 1;

    private final Digest chainId;
    private final Ed25519Signer signer;
    private final Ed25519Authenticator authenticator;
    private final Mailbox<Input> mailbox;
    private final AtomicInteger clientInputs = new AtomicInteger();
    private final int maxClientInputs;
    private final RocksLog log;
    private final StateThread<S> states;
    private final ThreadPoolExecutor preparing;
    private final Preparation preparation;
    private final LogThread storage;
    private final PeerLinks links;
    private final AnswerThread blocks;
    private final AnswerThread snapshots;
    private final SnapshotReceiver incoming;
    private final BodyRetention retention;
    private final LoggedChain chain;
    private final EventLoop<S> loop;
    private final CompletableFuture<Ending> terminated = new CompletableFuture<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile Ending ending = new Ending.Closed();

    private ReplicaNode(
            NodeConfig config,
            Genesis genesis,
            StateMachine<S> machine,
            KeyMaterial keys,
            NodeMetrics metrics,
            CommitListener<S> listener,
            Surroundings surroundings,
            Crypto crypto,
            RocksLog log,
            Recovery recovery)
            throws BootException {
        String name = config.self().toString();
        this.chainId = genesis.chainId();
        this.signer = crypto.signer();
        this.authenticator = crypto.authenticator();
        this.mailbox = new Mailbox<>();
        this.maxClientInputs = config.bounds().inboundEvents();
        this.log = log;
        this.chain = new LoggedChain(log, genesis.block());
        Replica replica = new Replica(config.self(), genesis, config.timeouts(), signer, recovery);
        Height committed = recovery.head().height();
        InboundFilter filter = filter(genesis, recovery);
        this.preparing = Threads.onDemand("cairn-prepare-" + name);
        this.preparation = new Preparation(
                preparing,
                new Preparation.Work(machine::isCostly, machine::prepare),
                mailbox::put,
                this::failed,
                metrics);
        this.links = PeerLinks.open(config, genesis, keys, authenticator, filter, this::received, metrics);
        this.states = new StateThread<>("cairn-states-" + name, machine, committed, this::failed, metrics);
        this.storage = new LogThread("cairn-log-" + name, log, new LogFollower(), metrics);
        this.blocks = new AnswerThread("cairn-blocks-" + name, BLOCK_QUESTIONS_PER_PEER, this::sendNow, this::failed);
        this.snapshots =
                new AnswerThread("cairn-snapshots-" + name, SNAPSHOT_QUESTIONS_PER_PEER, this::sendNow, this::failed);
        this.incoming = new SnapshotReceiver(
                "cairn-incoming-" + name, config.peers().size(), machine, this::answered, this::failed, metrics);
        this.retention =
                new BodyRetention("cairn-retention-" + name, log, states::sync, config.retainedBlocks(), this::failed);
        this.loop = new EventLoop<>(
                "cairn-loop-" + name,
                new EventLoop.Parts<>(
                        replica,
                        machine,
                        listener,
                        storage::append,
                        states::persist,
                        links,
                        new BlockServer(log, blocks, this::answered),
                        new SnapshotServer<>(
                                machine, log, snapshots, task -> mailbox.put(new Input.Task(task)), metrics),
                        incoming,
                        filter,
                        metrics,
                        surroundings),
                mailbox,
                clientInputs,
                this::onEnd);
        watch(metrics);
    }

    private void received(Input input) {
        if (input instanceof Input.FromPeer message) {
            preparation.take(message);
        } else {
            mailbox.put(input);
        }
    }

    private void answered(Event event) {
        mailbox.put(new Input.Answered(event));
    }

    private void failed(Throwable cause) {
        mailbox.put(new Input.Failed(cause));
    }

    private void sendNow(ReplicaId to, Message message) {
        links.send(to, message);
        links.flush();
    }

    /** The event loop learns what is durable, and states may be written up to there. */
    private final class LogFollower implements LogThread.Follower {
        @Override
        public void durable(long ticket) {
            mailbox.put(new Input.Durable(ticket));
        }

        @Override
        public void committed(Height height) throws InterruptedException {
            states.durable(height);
        }

        @Override
        public void stable(Height height) {
            retention.advance(height);
        }

        @Override
        public void failed(Throwable cause) {
            ReplicaNode.this.failed(cause);
        }
    }

    /** Signing and verifying with the fastest library that works here. */
    private record Crypto(Ed25519Signer signer, Ed25519Authenticator authenticator) {
        static Crypto of(NodeConfig config, Genesis genesis, KeyMaterial keys) throws BootException {
            Ed25519 ed25519 = Ed25519.fastest();
            LOG.info("signatures by {}", ed25519.library());
            Ed25519Signer signer = new Ed25519Signer(ed25519, keys.voteSeed());
            if (!signer.publicKey().equals(genesis.membership().voteKey(config.self()))) {
                throw new BootException(
                        BootException.Cause.UNUSABLE,
                        "the vote key is not the one that the genesis document gives to " + config.self()
                                + "; give this replica its own keys");
            }
            try {
                return new Crypto(signer, new Ed25519Authenticator(ed25519, genesis));
            } catch (IllegalArgumentException e) {
                throw new BootException(
                        BootException.Cause.UNUSABLE,
                        "the genesis document cannot be used: " + e.getMessage() + "; no cluster can run with it",
                        e);
            }
        }
    }

    /**
     * Opens the log, brings the state machine up to it, and joins the cluster.
     *
     * @throws BootException if the node cannot start; nothing was overwritten
     */
    public static <S> ReplicaNode<S> start(
            NodeConfig config,
            Genesis genesis,
            StateMachine<S> machine,
            KeyMaterial keys,
            MeterRegistry metrics,
            CommitListener<S> listener,
            Surroundings surroundings)
            throws BootException {
        if (config.peers().size() != genesis.membership().voteKeys().size()) {
            throw new BootException(
                    BootException.Cause.UNUSABLE,
                    "the configuration names " + config.peers().size() + " replicas and the genesis document "
                            + genesis.membership().voteKeys().size() + "; both must come from the same cluster");
        }
        Crypto crypto = Crypto.of(config, genesis, keys);
        NodeMetrics meters = new NodeMetrics(metrics);
        meters.watchSignatures(crypto.signer(), crypto.authenticator());
        Path path = config.dataDir().resolve("log");
        LogStore store = LogStore.open(path);
        ReplicaNode<S> node = null;
        try {
            Recovery recovery = LogReader.read(store, genesis);
            RocksLog log = RocksLog.resume(store, recovery);
            recovery = StateRecovery.catchUp(log, path, genesis, recovery, machine);
            node = new ReplicaNode<>(
                    config, genesis, machine, keys, meters, listener, surroundings, crypto, log, recovery);
        } finally {
            if (node == null) {
                store.close();
            }
        }
        node.states.start();
        node.storage.start();
        node.loop.start();
        node.links.start();
        return node;
    }

    private static InboundFilter filter(Genesis genesis, Recovery recovery) {
        boolean firstView = recovery.view().equals(View.ZERO);
        return new InboundFilter(
                genesis.membership().quorums().n(),
                genesis.membership().quorums().quorum(),
                genesis.parameters(),
                recovery.view(),
                firstView ? genesis.block().digest() : null,
                recovery.head().height());
    }

    private void watch(NodeMetrics metrics) {
        metrics.gauge(
                "cairn_oldest_block_height",
                "The lowest block that is kept whole.",
                log,
                l -> l.oldestBody().value());
        metrics.gauge(
                "cairn_quarantined",
                "Whether this replica's state is wrong or missing; it answers no reads then.",
                loop,
                l -> l.status().quarantined() ? 1 : 0);
        metrics.gauge("cairn_inbox_events", "Events that wait for the event loop.", mailbox, Mailbox::size);
        metrics.gauge(
                "cairn_preparing_requests",
                "Costly requests of other replicas that wait to be prepared.",
                preparation,
                Preparation::waitingRequests);
        metrics.gauge("cairn_links_up", "Other replicas this one can send to.", links, PeerLinks::linksUp);
        metrics.gauge(
                "cairn_waiting_requests",
                "Requests that wait for their commit.",
                loop,
                l -> l.status().waitingRequests());
    }

    /**
     * Hands over a request that {@link #signRequest} made. It is committed, or {@link CommitListener#refused}, or lost
     * with this process; false if the queue is full or the node has ended, and then nothing happens.
     */
    public boolean submit(Request request) {
        return putFromClient(new Input.FromClient(request));
    }

    /**
     * Asks for a linearizable point, told by {@link CommitListener#readReady}; with a challenge, for the proof of it too.
     * False as for {@link #submit}.
     */
    public boolean readIndex(long readId, Optional<Digest> challenge) {
        return putFromClient(new Input.ReadWanted(new Event.ReadRequested(readId, challenge)));
    }

    /**
     * Asks this replica, if it is the primary, to see to it that {@code heir} becomes primary; {@link #status} tells
     * whether it did. It may take a few terms of office, and never come true. False as for {@link #submit}.
     */
    public boolean handOver(ReplicaId heir) {
        return putFromClient(new Input.HandOverWanted(heir));
    }

    private boolean putFromClient(Input input) {
        if (closing.get() || clientInputs.incrementAndGet() > maxClientInputs) {
            clientInputs.decrementAndGet();
            return false;
        }
        mailbox.put(input);
        return true;
    }

    /** Signs {@code operations} with this replica's vote key, as their gateway: the client is this replica's index. */
    public Request signRequest(RequestId id, Bytes operations) {
        Request request = signer.sign(chainId, id, operations);
        authenticator.trust(request);
        return request;
    }

    /** Where this replica stood at the end of the loop's last turn. */
    public ReplicaStatus status() {
        return loop.status();
    }

    /** The committed blocks as the log holds them; reading fails after {@link #close}. */
    public CommittedChain chain() {
        return chain;
    }

    /** Where the other replicas reach this one, with the port that was really taken. */
    public InetSocketAddress peerAddress() {
        return links.address();
    }

    /** The state that is being fetched from the others, if one is. */
    public Optional<TransferProgress> transfer() {
        return incoming.progress();
    }

    /**
     * Done when the node has ended, with the reason. What was being written is as durable as an fsync left it, and nothing
     * more was sent.
     */
    public CompletableFuture<Ending> terminated() {
        return terminated.copy();
    }

    private void onEnd(Ending why) {
        switch (why) {
            case Ending.Failed e -> LOG.error("the replica ends: {}", e.cause().getMessage(), e.cause());
            case Ending.Renewed e -> LOG.info("starts again from the state at {}", e.anchor());
            case Ending.Closed _ -> {}
        }
        ending = why;
        Thread.ofPlatform().name("cairn-end").start(this::close);
    }

    /** Ends loop, links and log. Idempotent; returns when all threads have ended. */
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            try {
                loop.close();
                links.close();
                Threads.end(preparing);
                blocks.close();
                snapshots.close();
                incoming.close();
                storage.close();
                retention.close();
                states.close();
                chain.close();
                log.close();
            } finally {
                terminated.complete(ending);
            }
        } else {
            var _ = terminated.join();
        }
    }
}
