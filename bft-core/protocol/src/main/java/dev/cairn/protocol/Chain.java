package dev.cairn.protocol;

import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.StateRoots;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The committed head and the tree of candidate blocks above it. A candidate is made durable when it comes in, executes
 * as soon as its parent has, and may be voted for only if execution gave exactly its header. This class decides nothing
 * about votes; it knows what a block <em>is</em>, not whether it should be.
 */
final class Chain {

    /** A block above the head and how far it has come. */
    static final class Candidate {
        final Block block;
        private @Nullable ExecutionId execution;
        private @Nullable MerkleFrontier history;
        private Stage stage = Stage.WAITING;

        private Candidate(Block block) {
            this.block = block;
        }

        Stage stage() {
            return stage;
        }
    }

    enum Stage {
        /** Its parent is unknown or has not executed. */
        WAITING,
        EXECUTING,
        /** Executed here, with exactly the roots of its header. */
        EXECUTED,
        /** Its header is not what execution gives here. */
        DIVERGENT
    }

    /** A place to build on: a block that has executed here, the state after it, and the history before it. */
    record Base(Block block, ExecutionId execution, MerkleFrontier history) {
        MerkleFrontier childHistory() {
            return history.append(block.digest());
        }
    }

    private final Core core;
    private final Consumer<ExecutionId> onSuperseded;
    private final int capacity;
    private final long capacityBytes;
    private final Map<Digest, Candidate> candidates = new LinkedHashMap<>();
    private long candidateBytes;
    private final Map<ExecutionId, Candidate> executing = new LinkedHashMap<>();
    private final NavigableMap<Height, Digest> committedBlocks = new TreeMap<>();
    private Base head;
    private Optional<QuorumCertificate> headProof;

    /** {@code onSuperseded} is told of each committed state that has a successor. */
    Chain(Core core, Recovery recovery, Consumer<ExecutionId> onSuperseded) {
        this.core = core;
        this.onSuperseded = onSuperseded;
        // Four horizons: the blocks of the current view, of its tip's branch, of one abandoned view, and a catch-up
        // batch.
        this.capacity = 4 * core.parameters.horizon() + Message.Blocks.MAX_BLOCKS;
        this.capacityBytes = Math.max(
                2L * core.parameters.window() * core.parameters.batchBytes(), 4L * core.parameters.maxBlockBytes());
        this.head = new Base(recovery.head(), ExecutionId.HEAD_AT_START, recovery.history());
        this.headProof = recovery.committed();
        this.committedBlocks.putAll(recovery.recentlyCommitted());
        this.committedBlocks.put(head.block().height(), head.block().digest());
    }

    Base head() {
        return head;
    }

    Height headHeight() {
        return head.block().height();
    }

    /** The certificate by which the head was committed: its own or a descendant's. */
    Optional<QuorumCertificate> headProof() {
        return headProof;
    }

    int candidateCount() {
        return candidates.size();
    }

    int executingCount() {
        return executing.size();
    }

    int committedCount() {
        return committedBlocks.size();
    }

    /** What uncertified candidates may hold, all together. */
    long maxCandidateBytes() {
        return capacityBytes;
    }

    /** Whether a block that nothing certifies may come in. What is turned away is sent again, or fetched when needed. */
    boolean hasRoomFor(Block block) {
        return candidates.containsKey(block.digest())
                || (candidates.size() < capacity && candidateBytes + block.sizeBytes() <= capacityBytes);
    }

    /** Now that their parent is known: those that claim a height that is not the next are worth no further look. */
    void condemnMisfitsOn(Block parent) {
        boolean none = !core.parameters.allows(parent);
        candidates.values().stream()
                .filter(child -> child.stage == Stage.WAITING)
                .filter(child -> child.block.parent().equals(parent.digest()))
                .filter(child ->
                        none || !child.block.height().equals(parent.height().next()))
                .forEach(child -> child.stage = Stage.DIVERGENT);
    }

    Optional<Block> candidate(Digest digest) {
        return Optional.ofNullable(candidates.get(digest)).map(c -> c.block);
    }

    /** The committed block at a height not below the stable checkpoint, nor below the anchor of a snapshot. */
    Optional<Digest> committedAt(Height height) {
        return Optional.ofNullable(committedBlocks.get(height));
    }

    boolean isCommitted(Digest block, Height height) {
        return committedAt(height).filter(block::equals).isPresent();
    }

    /** Whether this very block has executed here with its header's roots, or is committed. */
    boolean isExecuted(Digest digest, Height height) {
        Candidate candidate = candidates.get(digest);
        return candidate != null ? candidate.stage == Stage.EXECUTED : isCommitted(digest, height);
    }

    boolean isDivergent(Digest digest) {
        Candidate candidate = candidates.get(digest);
        return candidate != null && candidate.stage == Stage.DIVERGENT;
    }

    /** A block to build on, if it has executed here and is the head or above it. */
    Optional<Base> base(Digest digest) {
        if (head.block().digest().equals(digest)) {
            return Optional.of(head);
        }
        Candidate candidate = candidates.get(digest);
        if (candidate == null || candidate.stage != Stage.EXECUTED) {
            return Optional.empty();
        }
        return Optional.of(baseOf(candidate));
    }

    /** Takes in a block from elsewhere: durable first, then executed as soon as its parent is. */
    void add(Block block) {
        if (admit(block)) {
            core.persist(new LogRecord.BlockBody(block));
            executeIfReady(candidate(block));
        }
    }

    /** Takes in a block that the log already holds. */
    void restore(Block block) {
        if (admit(block)) {
            executeIfReady(candidate(block));
        }
    }

    /**
     * Takes in a block that this replica has just built, and therefore executed. It may be here already: with the same
     * requests and a clock that was set back it may be one that this replica built before a crash and did not come to
     * propose, and an empty one can be foreseen, so a liar may have proposed it, or a child of it, before.
     */
    void addOwn(Block block, ExecutionId execution, Base parent) {
        if (candidates.containsKey(block.digest())) {
            core.emit(new Effect.Discard(execution));
            return;
        }
        if (!admit(block)) {
            throw new IllegalStateException("built a block that is too low: " + block);
        }
        core.persist(new LogRecord.BlockBody(block));
        Candidate candidate = candidate(block);
        candidate.execution = execution;
        candidate.history = parent.childHistory();
        candidate.stage = Stage.EXECUTED;
        executeChildrenOf(candidate);
    }

    private Candidate candidate(Block block) {
        Candidate candidate = candidates.get(block.digest());
        if (candidate == null) {
            throw new IllegalStateException("not a candidate: " + block);
        }
        return candidate;
    }

    private boolean admit(Block block) {
        if (block.height().isAtMost(headHeight()) || candidates.containsKey(block.digest())) {
            return false;
        }
        candidates.put(block.digest(), new Candidate(block));
        candidateBytes += block.sizeBytes();
        return true;
    }

    private void executeIfReady(Candidate candidate) {
        Optional<Base> parent = base(candidate.block.parent());
        if (candidate.stage != Stage.WAITING || parent.isEmpty() || core.isQuarantined()) {
            return;
        }
        Header header = candidate.block.header();
        if (!header.height().equals(parent.get().block().height().next())
                || header.timeNanos() <= parent.get().block().header().timeNanos()) {
            candidate.stage = Stage.DIVERGENT;
            return;
        }
        ExecutionId execution = core.nextExecution();
        candidate.execution = execution;
        candidate.history = parent.get().childHistory();
        candidate.stage = Stage.EXECUTING;
        executing.put(execution, candidate);
        core.emit(new Effect.Execute(
                execution,
                parent.get().execution(),
                new Proposal(header.height(), header.timeNanos(), candidate.block.requests())));
    }

    /** The answer to one of this class's executions; false if the execution is not (or no longer) one of them. */
    boolean onExecuted(ExecutionId execution, StateRoots roots) {
        Candidate candidate = executing.remove(execution);
        if (candidate == null) {
            return false;
        }
        if (!candidates.containsKey(candidate.block.digest())) {
            return true; // dropped while it ran; its state was discarded with it
        }
        Block parent = base(candidate.block.parent()).map(Base::block).orElse(null);
        Header expected = parent == null
                ? null
                : childHeader(
                        parent,
                        historyOf(candidate),
                        candidate.block.header().timeNanos(),
                        candidate.block.header().requestsRoot(),
                        roots);
        if (!candidate.block.header().equals(expected)) {
            candidate.stage = Stage.DIVERGENT;
            return true;
        }
        candidate.stage = Stage.EXECUTED;
        executeChildrenOf(candidate);
        return true;
    }

    private void executeChildrenOf(Candidate parent) {
        List<Candidate> children = candidates.values().stream()
                .filter(c -> c.block.parent().equals(parent.block.digest()))
                .toList();
        children.forEach(this::executeIfReady);
    }

    /** The only header that a child of {@code parent} may have, given its time, its requests and their outcome. */
    Header childHeader(Block parent, MerkleFrontier history, long timeNanos, Digest requestsRoot, StateRoots roots) {
        Header above = parent.header();
        return new Header(
                Header.FORMAT,
                core.chainId,
                above.epoch(),
                above.height().next(),
                parent.digest(),
                timeNanos,
                requestsRoot,
                roots,
                history.root(),
                above.nextValidators(),
                above.nextValidators(),
                above.parameters(),
                above.applicationVersion());
    }

    /** The first block on the way from {@code digest} down to the head whose body is not here. */
    Optional<Digest> missingBelow(Digest digest) {
        Digest at = digest;
        while (!at.equals(head.block().digest())) {
            Candidate candidate = candidates.get(at);
            if (candidate == null) {
                return Optional.of(at);
            }
            if (candidate.stage == Stage.DIVERGENT
                    || candidate.block.height().isAtMost(headHeight().next())) {
                return Optional.empty(); // a lie, or the next height up from the head, on it or on a dead branch
            }
            at = candidate.block.parent();
        }
        return Optional.empty();
    }

    /** The candidates from just above the head up to {@code digest}, if they reach down to it. */
    Optional<List<Candidate>> pathTo(Digest digest) {
        Deque<Candidate> path = new ArrayDeque<>();
        Digest at = digest;
        while (!at.equals(head.block().digest())) {
            Candidate candidate = candidates.get(at);
            if (candidate == null) {
                return Optional.empty();
            }
            path.addFirst(candidate);
            at = candidate.block.parent();
        }
        return Optional.of(List.copyOf(path));
    }

    /** Requests in the candidates from the head up to {@code digest}. */
    List<Request> requestsUpTo(Digest digest) {
        return pathTo(digest).orElse(List.of()).stream()
                .flatMap(c -> c.block.requests().stream())
                .toList();
    }

    /**
     * Makes the next block final. {@code proof} is the commit certificate of the block or of a descendant. The one path
     * by which anything is committed, whether by votes or by catching up.
     */
    void commit(Candidate candidate, QuorumCertificate proof) {
        Block block = candidate.block;
        if (candidate.stage != Stage.EXECUTED
                || !block.parent().equals(head.block().digest())) {
            throw new IllegalStateException(block + " is not an executed child of " + head.block());
        }
        ExecutionId superseded = head.execution();
        head = baseOf(candidate);
        headProof = Optional.of(proof);
        committedBlocks.put(block.height(), block.digest());
        core.emit(new Effect.Commit(head.execution(), block, proof));
        core.persist(new LogRecord.CommittedBlock(block.height(), block.digest(), proof));
        onSuperseded.accept(superseded);
        core.transition(new Transition.Committed(block.height(), block.digest()));
        candidates.remove(block.digest());
        candidateBytes -= block.sizeBytes();
        dropWhere(c -> c.block.height().isAtMost(block.height()));
    }

    /** Committed hashes below the stable checkpoint are not asked for any more. */
    void forgetBelow(Height stable) {
        committedBlocks.headMap(stable, false).clear();
    }

    /**
     * Keeps the memory bounded: when too many candidates stand, those that lie neither below {@code tips} nor on the
     * head's next height go, oldest first, until there is room for a new view's proposals. Their bodies stay in the log.
     */
    void shrink(List<Digest> tips) {
        if (candidates.size() <= capacity / 2 && candidateBytes <= capacityBytes / 2) {
            return;
        }
        Set<Digest> kept = new LinkedHashSet<>();
        for (Digest tip : tips) {
            pathTo(tip).orElse(List.of()).forEach(c -> kept.add(c.block.digest()));
        }
        dropWhere(c -> !kept.contains(c.block.digest())
                && (candidates.size() > capacity / 2 || candidateBytes > capacityBytes / 2));
    }

    private void dropWhere(Predicate<Candidate> condition) {
        for (Candidate candidate : List.copyOf(candidates.values())) {
            if (condition.test(candidate)) {
                candidates.remove(candidate.block.digest());
                candidateBytes -= candidate.block.sizeBytes();
                if (candidate.execution != null) {
                    core.emit(new Effect.Discard(candidate.execution));
                }
            }
        }
    }

    private static Base baseOf(Candidate candidate) {
        if (candidate.execution == null) {
            throw new IllegalStateException("not executed: " + candidate.block);
        }
        return new Base(candidate.block, candidate.execution, historyOf(candidate));
    }

    private static MerkleFrontier historyOf(Candidate candidate) {
        if (candidate.history == null) {
            throw new IllegalStateException("no history yet: " + candidate.block);
        }
        return candidate.history;
    }
}
