package dev.cairn.protocol;

import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Fetches what this replica misses: committed blocks by height, each checked against chain and certificate, and bodies
 * of uncommitted blocks by hash. A peer's claim of a height only says whom to ask; a silent or slow source is replaced.
 * Where blocks will not do it leaves the rest to a {@link Transfer}: they are gone, they are too many, or the state that
 * they would be executed on is wrong.
 */
final class CatchUp {

    private static final int MAX_BODIES_WANTED = 16;
    /** An answer of fewer bytes and fewer blocks than may be is a short one. */
    private static final int FULL_ANSWER_BYTES = 1 << 18;

    private record Fetch(ReplicaId source, Height from, long sinceTick) {}

    private final Core core;
    private final Chain chain;
    private final NormalCase normalCase;
    private final Decisions decisions;
    private final Transfer transfer;
    private final Map<ReplicaId, Height> claims = new TreeMap<>();
    private final Map<Digest, Fetch> bodies = new TreeMap<>();
    private @Nullable Fetch fetch;

    /** Peers that do not hold the blocks above this head any more. */
    private final Set<ReplicaId> lacking = new TreeSet<>();

    private ReplicaId lastSource;

    /** Apart from {@link #lastSource}: where a liar's claim is asked for again and again, bodies still get round to others. */
    private ReplicaId lastBodySource;

    private boolean lastAnswerWasFull;
    private Height headAtLastBeat;

    CatchUp(Core core, Chain chain, NormalCase normalCase, Decisions decisions, Transfer transfer) {
        this.core = core;
        this.chain = chain;
        this.normalCase = normalCase;
        this.decisions = decisions;
        this.transfer = transfer;
        this.lastSource = core.self;
        this.lastBodySource = core.self;
        this.headAtLastBeat = chain.headHeight();
    }

    void onStatus(ReplicaId from, Message.Status status) {
        claims.put(from, status.committed());
    }

    /** At each STATUS beat: a replica that is far behind, or behind and stuck, fetches. */
    void onStatusBeat() {
        boolean stuck = chain.headHeight().equals(headAtLastBeat);
        headAtLastBeat = chain.headHeight();
        if (core.isQuarantined()) {
            transfer.seekRepair();
        } else if (isFarBehind()) {
            transfer.seek(chain.headHeight().plus(farBlocks() / 2));
        }
        if (!transfer.isActive() && !core.isQuarantined()) {
            fetchBlocks(stuck);
        }
    }

    private long farBlocks() {
        return (long) core.timeouts.farCheckpoints() * core.parameters.checkpointInterval();
    }

    /** At least one honest replica is that far ahead. */
    private boolean isFarBehind() {
        return claims.values().stream()
                .sorted(Comparator.reverseOrder())
                .skip(core.quorums.weakQuorum() - 1L)
                .findFirst()
                .filter(claim -> claim.isAbove(chain.headHeight().plus(farBlocks())))
                .isPresent();
    }

    private void fetchBlocks(boolean stuck) {
        long behind = highestClaim().value() - chain.headHeight().value();
        if (fetch == null && (behind > core.parameters.window() || (behind > 0 && stuck))) {
            fetchNext();
        }
    }

    void onTick() {
        if (fetch != null && core.ticks() - fetch.sinceTick() > core.timeouts.fetchTicks()) {
            fetchNext();
        }
        transfer.onTick();
        wantBodies();
    }

    private Height highestClaim() {
        return claims.values().stream().max(Height::compareTo).orElse(Height.GENESIS);
    }

    /** Asks the next replica in turn that claims to be further. */
    private void fetchNext() {
        fetch = null;
        if (transfer.isActive() || core.isQuarantined()) {
            return;
        }
        nextSource(lastSource, peer -> claims.getOrDefault(peer, Height.GENESIS).isAbove(chain.headHeight()))
                .ifPresent(this::fetchFrom);
    }

    private void fetchFrom(ReplicaId source) {
        Height from = chain.headHeight().next();
        lastSource = source;
        fetch = new Fetch(source, from, core.ticks());
        core.send(source, new Message.FetchBlocks(from));
        core.transition(new Transition.CatchingUp(from, highestClaim()));
    }

    private Optional<ReplicaId> nextSource(ReplicaId last, java.util.function.Predicate<ReplicaId> eligible) {
        int n = core.quorums.n();
        return Stream.iterate(1, i -> i + 1)
                .limit(n)
                .map(i -> new ReplicaId((last.index() + i) % n))
                .filter(peer -> !peer.equals(core.self) && eligible.test(peer))
                .findFirst();
    }

    // Committed blocks.

    void onFetchBlocks(ReplicaId from, Message.FetchBlocks request) {
        if (request.from().isAbove(chain.headHeight())) {
            core.reject(from, Rejection.FAR_FUTURE, "asked for blocks from " + request.from());
        } else {
            core.emit(new Effect.ServeBlocks(from, request.from()));
        }
    }

    void onBlocks(ReplicaId from, Message.Blocks answer) {
        if (fetch == null || !fetch.source().equals(from)) {
            core.reject(from, Rejection.OVER_BUDGET, "blocks that were not asked for");
            return;
        }
        fetch = null;
        List<Block> fresh = answer.blocks().stream()
                .filter(block -> block.height().isAbove(chain.headHeight()))
                .toList();
        if (!isProven(fresh, answer)) {
            core.reject(
                    from, Rejection.INVALID, "blocks that do not lead from " + chain.headHeight() + " to their proof");
            fetchNext();
            return;
        }
        fresh.forEach(chain::add);
        lastAnswerWasFull = answer.blocks().size() == Message.Blocks.MAX_BLOCKS
                || answer.blocks().stream().mapToInt(Block::sizeBytes).sum() >= FULL_ANSWER_BYTES;
        if (!fresh.isEmpty()) {
            decisions.decide(fresh.getLast().height(), fresh.getLast().digest(), answer.proof());
            decisions.perform();
        }
    }

    /**
     * An offer instead of blocks. It counts once f+1 replicas say so, or once the turn has come round without a block: one
     * alone may keep little, or lie.
     */
    void onOffer(ReplicaId from, Message.SnapshotOffer offer) {
        if (fetch == null || !fetch.source().equals(from)) {
            transfer.onOffer(from, offer);
            return;
        }
        fetch = null;
        boolean cameRound = !lacking.add(from);
        if (cameRound || lacking.size() >= core.quorums.weakQuorum()) {
            transfer.take(from, offer);
        } else {
            fetchNext();
        }
    }

    boolean expectsOffer() {
        return fetch != null || transfer.expectsOffer();
    }

    /** An unbroken chain of hashes from this head over the blocks and the linking headers to the certified block. */
    private boolean isProven(List<Block> fresh, Message.Blocks answer) {
        if (fresh.size() > Message.Blocks.MAX_BLOCKS) {
            return false;
        }
        if (fresh.isEmpty()) {
            return true;
        }
        List<Header> headers = new ArrayList<>();
        fresh.forEach(block -> headers.add(block.header()));
        headers.addAll(answer.link());
        Digest above = chain.head().block().digest();
        Height height = chain.headHeight();
        for (Header header : headers) {
            height = height.next();
            if (!header.parent().equals(above) || !header.height().equals(height)) {
                return false;
            }
            above = header.digest();
        }
        return above.equals(answer.proof().block())
                && height.equals(answer.proof().height());
    }

    /**
     * While far behind, the next batch is asked for as soon as this one is committed: of the same replica if it gave
     * much, else of the next in turn, so that none can hold this one up by drops.
     */
    void onCommitted() {
        lacking.clear();
        transfer.onCommitted();
        Height goal = highestClaim();
        if (fetch == null
                && !transfer.isActive()
                && goal.isAbove(chain.headHeight().plus(core.parameters.window()))
                && chain.candidateCount() == 0) {
            Optional.of(lastSource)
                    .filter(peer -> lastAnswerWasFull)
                    .filter(peer -> claims.getOrDefault(peer, Height.GENESIS).isAbove(chain.headHeight()))
                    .ifPresentOrElse(this::fetchFrom, this::fetchNext);
        }
    }

    // Bodies of uncommitted blocks.

    int wantedBodies() {
        return bodies.size();
    }

    private void wantBodies() {
        List<Digest> missing = missingBodies();
        bodies.keySet().retainAll(missing);
        for (Digest digest : missing) {
            Fetch running = bodies.get(digest);
            if (running == null || core.ticks() - running.sinceTick() > core.timeouts.fetchTicks()) {
                ReplicaId last = running == null ? lastBodySource : running.source();
                nextSource(last, _ -> true).ifPresent(source -> {
                    lastBodySource = source;
                    bodies.put(digest, new Fetch(source, Height.GENESIS, core.ticks()));
                    core.send(source, new Message.FetchBody(digest));
                });
            }
        }
    }

    /** Bodies without which this replica can't vote or commit. */
    private List<Digest> missingBodies() {
        Stream<Digest> named = normalCase.namedBlocks().stream().flatMap(d -> chain.missingBelow(d).stream());
        return Stream.of(certifiedMissing(), named, normalCase.unproposedBlocks().stream())
                .flatMap(s -> s)
                .distinct()
                .limit(MAX_BODIES_WANTED)
                .toList();
    }

    /** Those on the way to the view's tip, unless that is so far that whole blocks are fetched, or to what is decided. */
    private Stream<Digest> certifiedMissing() {
        CurrentView view = core.view();
        boolean tipIsNear = view.active()
                && view.tipHeight().isAbove(chain.headHeight())
                && view.tipHeight().isAtMost(chain.headHeight().plus(core.parameters.horizon()));
        Stream<Digest> tip = tipIsNear ? chain.missingBelow(view.tipBlock()).stream() : Stream.empty();
        return Stream.concat(tip, decisions.missing().stream());
    }

    void onFetchBody(ReplicaId from, Message.FetchBody request) {
        Optional<Message.PrePrepare> proposal = normalCase.proposalFor(request.block());
        if (proposal.isPresent()) {
            core.send(from, proposal.get());
        } else {
            chain.candidate(request.block())
                    .ifPresentOrElse(
                            block -> core.send(from, new Message.Body(block)),
                            () -> core.emit(new Effect.ServeBody(from, request.block())));
        }
    }

    /** A body is only as good as what names it: of a proposal's word alone it must fit into the budget. */
    void onBody(ReplicaId from, Message.Body answer) {
        Block block = answer.block();
        if (bodies.remove(block.digest()) == null) {
            core.reject(from, Rejection.OVER_BUDGET, "a body that was not asked for");
            return;
        }
        chain.condemnMisfitsOn(block);
        if (!core.parameters.allows(block)) {
            core.reject(from, Rejection.INVALID, "larger than a block may be: " + block);
        } else if (block.height().isAbove(chain.headHeight().plus(core.parameters.horizon()))) {
            core.reject(from, Rejection.FAR_FUTURE, "the body of " + block);
        } else if (!chain.hasRoomFor(block) && certifiedMissing().noneMatch(block.digest()::equals)) {
            core.reject(from, Rejection.OVER_BUDGET, "the body of " + block);
        } else {
            chain.add(block);
        }
    }
}
