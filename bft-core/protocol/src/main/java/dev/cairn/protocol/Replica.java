package dev.cairn.protocol;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One replica's protocol state: PBFT over a pipelined hash chain.
 *
 * <p>The core is called, it does not run: an event goes in, a list of {@link Effect}s comes out, and the shell performs
 * them under the effect rule. It reads no clock, draws no random number, starts no thread, touches no disk, so the same
 * events always give the same effects, in production as in the simulator. It never throws on what a peer or client may
 * send; a broken invariant of its own throws and stops the replica, which is always safe.
 *
 * <p>This class is only the switch. {@link NormalCase} holds the voting rule, {@link ViewChanger} the way to the next
 * view, {@link HandOver} when a primary takes it of itself, {@link Chain} blocks and their execution, {@link Decisions} the
 * one path to a commit, {@link CatchUp} and {@link Transfer} the ways to come after the others.
 */
public final class Replica {
    private final Core core;
    private final Snapshots snapshots;
    private final Chain chain;
    private final RequestPool pool = new RequestPool();
    private final VoteLedger ledger;
    private final Decisions decisions;
    private final Accusations accusations;
    private final NormalCase normalCase;
    private final Proposer proposer;
    private final ViewChanger viewChanger;
    private final Checkpointer checkpointer;
    private final Transfer transfer;
    private final CatchUp catchUp;
    private final Reads reads;
    private final Patience patience;
    private final HandOver handOver;
    private @Nullable Recovery recovery; // until the start
    private final Map<ReplicaId, PeerState> peers = new TreeMap<>();
    private final Map<ReplicaId, Long> helpedAtTick = new TreeMap<>();

    private record PeerState(Message.Status status, long heardTick) {}

    public Replica(ReplicaId self, Genesis genesis, Timeouts timeouts, Signer signer, Recovery recovery) {
        Digest genesisBlock = genesis.block().digest();
        CurrentView view = ViewChanger.recoveredView(recovery, genesisBlock);
        Height floor =
                recovery.stableCheckpoint().map(QuorumCertificate::height).orElse(Height.GENESIS);
        this.recovery = recovery;
        this.core = new Core(self, genesis, timeouts, signer, view, recovery);
        this.snapshots = new Snapshots(core);
        this.chain = new Chain(core, recovery, snapshots::onSuperseded);
        this.ledger = new VoteLedger(view.number(), floor, recovery.votes());
        this.transfer = new Transfer(core, chain, recovery, this::onInstalled);
        this.decisions = new Decisions(core, chain, this::onCommitted, transfer::onDivergence);
        this.accusations = new Accusations(core, recovery);
        this.normalCase = new NormalCase(core, chain, ledger, decisions, accusations);
        this.proposer = new Proposer(core, chain, pool, normalCase);
        this.viewChanger =
                new ViewChanger(core, decisions, genesisBlock, recovery, this::onViewEntered, this::onViewLeft);
        this.checkpointer = new Checkpointer(core, chain, ledger, accusations, recovery);
        this.catchUp = new CatchUp(core, chain, normalCase, decisions, transfer);
        this.reads = new Reads(core, chain, decisions);
        this.patience = new Patience(core, pool, normalCase, viewChanger, transfer);
        this.handOver = new HandOver(core, decisions, viewChanger);
    }

    /** The effects of coming up; called once, before the first step. */
    public List<Effect> start() {
        Recovery logged = Objects.requireNonNull(recovery, "a replica starts once");
        recovery = null;
        if (logged.stateLost()) {
            core.quarantine(
                    chain.headHeight(), "the state after " + chain.head().block() + " is not here");
        } else {
            snapshots.onStart(chain.head(), chain.headProof());
        }
        logged.bodies().stream()
                .sorted((a, b) -> a.height().compareTo(b.height()))
                .forEach(chain::restore);
        List<Message.PrePrepare> proposals = ownProposals(logged);
        normalCase.restore(logged.votes(), proposals);
        proposer.restore(proposals);
        viewChanger.resume();
        shrinkChain();
        sendStatus();
        return core.takeEffects();
    }

    private List<Message.PrePrepare> ownProposals(Recovery logged) {
        List<Message.PrePrepare> proposals = new ArrayList<>();
        logged.slots()
                .forEach((ballot, signature) -> bodyOf(ballot)
                        .ifPresent(block ->
                                proposals.add(new Message.PrePrepare(ballot.view(), block, core.self, signature))));
        return proposals;
    }

    private Optional<Block> bodyOf(Ballot ballot) {
        return chain.head().block().digest().equals(ballot.block())
                ? Optional.of(chain.head().block())
                : chain.candidate(ballot.block());
    }

    /** Takes one event and returns what is to be done, in order. Must be called by one thread at a time. */
    public List<Effect> step(Event event) {
        if (core.isHalted()) {
            return List.of();
        }
        if (core.isRetired()) {
            return stepRetired(event);
        }
        switch (event) {
            case Event.Received e -> onReceived(e.from(), e.message().message());
            case Event.Submitted e -> onSubmitted(e.request());
            case Event.ReadRequested e -> reads.onRequested(e);
            case Event.Ticked e -> onTick(e);
            case Event.Executed e -> onExecuted(e);
            case Event.HandOverWanted e -> handOver.onWanted(e.heir());
            case Event.LinkUp e -> onLinkUp(e.peer());
            case Event.LinkDown e -> patience.onLinkDown(e.peer());
            case Event.BlocksNotHeld e ->
                offerSnapshot(e.to(), new Height(Math.max(0, e.from().value() - 1)));
            case Event.ChunkJudged e -> transfer.onJudged(e);
            case Event.SnapshotCompleted e -> transfer.onCompleted(e);
        }
        proposer.propose();
        return core.takeEffects();
    }

    private void onReceived(ReplicaId from, Message message) {
        if (from.equals(core.primary())) {
            patience.onHeardFromPrimary();
        }
        switch (message) {
            case Message.PrePrepare m -> normalCase.onPrePrepare(from, m);
            case Message.Prepare m -> normalCase.onVote(from, m);
            case Message.Commit m -> normalCase.onVote(from, m);
            case Message.Checkpoint m -> checkpointer.onCheckpoint(from, m);
            case Message.Suspect m -> viewChanger.onSuspect(from, m);
            case Message.ViewChange m -> viewChanger.onViewChange(from, m);
            case Message.NewView m -> viewChanger.onNewView(from, m);
            case Message.Status m -> onStatus(from, m);
            case Message.Forward m -> onForward(from, m);
            case Message.FetchBlocks m -> catchUp.onFetchBlocks(from, m);
            case Message.Blocks m -> catchUp.onBlocks(from, m);
            case Message.FetchBody m -> catchUp.onFetchBody(from, m);
            case Message.Body m -> catchUp.onBody(from, m);
            case Message.ReadIndexQuery m -> reads.onQuery(from, m);
            case Message.ReadIndexAnswer m -> reads.onAnswer(from, m);
            case Message.WitnessQuery m -> reads.onWitnessQuery(from, m);
            case Message.WitnessAnswer m -> reads.onWitnessAnswer(from, m);
            case Message.FetchSnapshot m -> offerSnapshot(from, m.above());
            case Message.SnapshotOffer m -> catchUp.onOffer(from, m);
            case Message.FetchChunk m -> snapshots.onFetchChunk(from, m);
            case Message.Chunk m -> transfer.onChunk(from, m);
            case Message.NoSnapshot m -> transfer.onNoSnapshot(from, m);
        }
    }

    // Requests.

    private void onSubmitted(Request request) {
        if (request.sizeBytes() > core.parameters.maxRequestBytes()) {
            core.emit(new Effect.Refuse(request, "larger than a block may be"));
        } else if (!pool.add(request, true, core.ticks())) {
            core.emit(new Effect.Refuse(request, "the replica has too many requests waiting"));
        } else {
            forward(List.of(request), false);
        }
    }

    private void onForward(ReplicaId from, Message.Forward forward) {
        List<Request> fresh = forward.requests().stream()
                .filter(request -> request.sizeBytes() <= core.parameters.maxRequestBytes())
                .filter(request -> pool.add(request, false, core.ticks()))
                .toList();
        if (forward.relayed()) {
            forward.requests().forEach(request -> pool.watch(request.id()));
            if (!fresh.isEmpty()) {
                forward(fresh, false);
            }
        } else if (!core.isPrimary()) {
            core.reject(from, Rejection.WRONG_SENDER, "requests for another primary");
        }
    }

    private void forward(List<Request> requests, boolean relayed) {
        for (List<Request> part : inParts(requests)) {
            Message.Forward message = new Message.Forward(part, relayed);
            if (relayed) {
                core.broadcast(message);
            } else if (!core.isPrimary() && core.view().active()) {
                core.send(core.primary(), message);
            }
        }
    }

    /** Cut so that no message grows much beyond a batch, or asks for many signature checks at once. */
    private List<List<Request>> inParts(List<Request> requests) {
        List<List<Request>> parts = new ArrayList<>();
        int bytes = Integer.MAX_VALUE;
        for (Request request : requests) {
            if (bytes >= core.parameters.batchBytes() || parts.getLast().size() == Message.Forward.MAX_REQUESTS) {
                parts.add(new ArrayList<>());
                bytes = 0;
            }
            parts.getLast().add(request);
            bytes += request.sizeBytes();
        }
        return parts;
    }

    // What follows from a commit, a view, an execution.

    private void onCommitted(Block block) {
        Optional<Long> proposedTick = normalCase.proposedTick(block);
        normalCase.onCommitted(block.height());
        patience.onCommitted(pool.committed(block.requests(), core.ticks()), proposedTick);
        checkpointer.onCommitted(block);
        chain.headProof().ifPresent(proof -> snapshots.onCommitted(chain.head(), proof));
        reads.onCommitted();
        catchUp.onCommitted();
    }

    private void offerSnapshot(ReplicaId to, Height above) {
        snapshots.offer(to, above, chain.head(), chain.headProof());
    }

    private void onInstalled(LogRecord.SnapshotInstalled installed) {
        core.retire(new Effect.Restart(installed.anchor()));
    }

    /** Until its successor takes over, a retired core only keeps what clients ask of it. */
    private List<Effect> stepRetired(Event event) {
        if (event instanceof Event.Submitted(Request request) && !pool.add(request, true, core.ticks())) {
            return List.of(new Effect.Refuse(request, "the replica has too many requests waiting"));
        }
        if (event instanceof Event.ReadRequested read) {
            reads.keep(read);
        }
        return List.of();
    }

    private void onViewLeft() {
        proposer.onViewChanged();
        patience.onLeftView();
        handOver.onLeftView();
        normalCase.onViewChanged();
    }

    private void onViewEntered() {
        CurrentView view = core.view();
        ledger.enter(view.number());
        proposer.onViewChanged();
        normalCase.onViewChanged();
        patience.onEnteredView();
        handOver.onEnteredView();
        pool.restart(chain.requestsUpTo(view.tipBlock()), core.ticks());
        shrinkChain();
        forward(pool.own(), false);
        normalCase.advance();
    }

    private void shrinkChain() {
        Digest tip = core.view().tipBlock();
        chain.shrink(core.highestPrepared().map(c -> List.of(c.block(), tip)).orElse(List.of(tip)));
    }

    private void onExecuted(Event.Executed executed) {
        if (chain.onExecuted(executed.execution(), executed.roots())
                || proposer.onExecuted(executed.execution(), executed.roots())) {
            normalCase.advance();
        }
    }

    // Time and peers.

    private void onTick(Event.Ticked tick) {
        core.tick(tick);
        normalCase.onTick();
        catchUp.onTick();
        patience.onTick();
        handOver.onTick();
        List<Request> impatient = pool.dueForRelay(core.ticks(), patience.relayTicks());
        if (!impatient.isEmpty()) {
            forward(impatient, true);
        }
        if (core.ticks() % core.timeouts.statusTicks() == 0) {
            sendStatus();
            reads.onStatusBeat();
            snapshots.onStatusBeat();
            catchUp.onStatusBeat();
        }
    }

    private void onLinkUp(ReplicaId peer) {
        patience.onLinkUp(peer);
        core.send(peer, statusMessage());
        if (peer.equals(core.primary())) {
            forward(pool.own(), false); // a primary that has restarted has forgotten them
        }
    }

    private void sendStatus() {
        core.broadcast(statusMessage());
    }

    private Message.Status statusMessage() {
        CurrentView view = core.view();
        Height prepared = core.highestPrepared().map(QuorumCertificate::height).orElse(Height.GENESIS);
        return new Message.Status(
                core.epoch, view.number(), !view.active(), prepared, chain.headHeight(), checkpointer.stableHeight());
    }

    private void onStatus(ReplicaId from, Message.Status status) {
        PeerState before = peers.put(from, new PeerState(status, core.ticks()));
        viewChanger.onStatus(from, status);
        checkpointer.onStatus(from, status);
        catchUp.onStatus(from, status);
        boolean stuck = before != null && before.status().committed().equals(status.committed());
        boolean sameView = core.view().votesIn(status.view()) && !status.changing();
        if (stuck && sameView && mayHelp(from)) {
            sendAgain(from, status.committed());
        }
    }

    /** Help costs many messages and a STATUS is one: a peer that asks in a flood is helped at the honest pace. */
    private boolean mayHelp(ReplicaId peer) {
        long now = core.ticks();
        Long last = helpedAtTick.get(peer);
        if (last != null && now - last < core.timeouts.statusTicks() / 2) {
            return false;
        }
        helpedAtTick.put(peer, now);
        return true;
    }

    /** A peer that has not moved since its last STATUS may have missed proposals or votes. */
    private void sendAgain(ReplicaId peer, Height committed) {
        int limit = core.parameters.window();
        if (core.isPrimary()) {
            normalCase.proposalsAbove(committed, limit).forEach(proposal -> core.send(peer, proposal));
        }
        for (Vote vote : ledger.above(committed, limit)) {
            core.send(peer, vote);
        }
    }

    // For the shell.

    /** What this replica's clients asked for and were not answered: once it is retired, all of it is its successor's. */
    public record Unanswered(List<Request> requests, List<Event.ReadRequested> reads) {
        public Unanswered {
            requests = List.copyOf(requests);
            reads = List.copyOf(reads);
        }
    }

    /** To be given to the core that follows on {@link Effect.Restart}: the requests as {@link Event.Submitted}. */
    public Unanswered unanswered() {
        return new Unanswered(pool.own(), reads.waiting());
    }

    /**
     * A cheap look at a message whose signatures are not checked yet: false if it could change nothing (a vote of a
     * view that is over, or beyond the quorum), so that verifying it would be wasted.
     */
    public boolean mayMatter(Message message) {
        return switch (message) {
            case Message.Prepare m -> normalCase.mayMatter(m);
            case Message.Commit m -> normalCase.mayMatter(m);
            case Message.Checkpoint m -> m.ballot().height().isAbove(checkpointer.stableHeight());
            case Message.Suspect m -> !core.view().number().isAfter(m.view());
            case Message.ViewChange m -> !core.view().number().isAfter(m.target());
            case Message.NewView m -> !core.view().number().isAfter(m.view());
            case Message.PrePrepare m -> core.view().number().equals(m.view());
            case Message.Status _, Message.Forward _, Message.FetchBlocks _, Message.Blocks _ -> true;
            case Message.FetchBody _, Message.Body _, Message.ReadIndexQuery _, Message.ReadIndexAnswer _ -> true;
            case Message.WitnessQuery _, Message.WitnessAnswer _ -> true;
            case Message.FetchSnapshot _, Message.FetchChunk _ -> true;
            case Message.SnapshotOffer _ -> catchUp.expectsOffer();
            case Message.Chunk m -> transfer.expectsChunk(m);
            case Message.NoSnapshot _ -> true;
        };
    }

    /** How much this replica holds in memory. */
    public Occupancy occupancy() {
        return new Occupancy(
                (int) (chain.headHeight().value() - checkpointer.stableHeight().value()),
                pool.size(),
                chain.candidateCount(),
                chain.executingCount(),
                chain.committedCount(),
                normalCase.slotCount(),
                normalCase.earlyCount(),
                decisions.waitingCount(),
                ledger.voteCount(),
                viewChanger.suspicionCount(),
                viewChanger.viewChangeCount(),
                checkpointer.pendingCount(),
                reads.roundCount(),
                reads.arrivedCount(),
                catchUp.wantedBodies());
    }

    /** An immutable picture of where this replica stands. */
    public ReplicaStatus status() {
        CurrentView view = core.view();
        Block head = chain.head().block();
        List<ReplicaStatus.Peer> heard = new ArrayList<>();
        peers.forEach((peer, state) -> heard.add(new ReplicaStatus.Peer(
                peer, state.status().view(), state.status().committed(), core.ticks() - state.heardTick())));
        return new ReplicaStatus(
                core.self,
                view.number(),
                !view.active(),
                core.primary(),
                head.height(),
                head.digest(),
                head.header().roots().stateRoot(),
                core.highestPrepared().map(QuorumCertificate::height).orElse(Height.GENESIS),
                checkpointer.stableHeight(),
                pool.size(),
                chain.candidateCount(),
                core.isQuarantined(),
                heard,
                accusations.kept());
    }
}
