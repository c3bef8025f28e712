package dev.cairn.protocol;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.StateRoots;
import dev.cairn.protocol.model.Statement;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a primary does: it cuts waiting requests into blocks, executes each on its predecessor to learn the header, and
 * proposes it. A new view begins with its tip itself, or with a child of the tip where the tip is known to be committed.
 */
final class Proposer {
    private static final int GROWTH = 2;

    /** A block that is being executed so that it can be proposed. */
    private record Draft(CurrentView view, Chain.Base parent, ExecutionId execution, Proposal proposal) {}

    private final Core core;
    private final Chain chain;
    private final RequestPool pool;
    private final NormalCase normalCase;

    /** The last slot given away in this view; nothing until its first proposal. */
    private Optional<Ballot> lastProposed = Optional.empty();

    private long lastProposedTick;

    private @Nullable Draft draft;

    Proposer(Core core, Chain chain, RequestPool pool, NormalCase normalCase) {
        this.core = core;
        this.chain = chain;
        this.pool = pool;
        this.normalCase = normalCase;
    }

    /** A restarted primary goes on above the highest slot it gave away in its view. */
    void restore(List<Message.PrePrepare> proposals) {
        lastProposed = proposals.stream()
                .map(Message.PrePrepare::ballot)
                .filter(ballot -> ballot.view().equals(core.view().number()))
                .max(Ballot.BY_VIEW_THEN_HEIGHT);
    }

    void onViewChanged() {
        lastProposed = Optional.empty();
        lastProposedTick = core.ticks();
        if (draft != null) {
            core.emit(new Effect.Discard(draft.execution()));
            draft = null;
        }
    }

    /** Proposes what can be proposed now. */
    void propose() {
        if (!core.view().active() || !core.isPrimary() || !core.knowsTime() || draft != null) {
            return;
        }
        if (core.isHalted() || core.isRetired() || core.isQuarantined()) {
            return;
        }
        if (lastProposed.isPresent()) {
            baseAfter(lastProposed.get()).ifPresent(this::proposeNext);
        } else {
            beginView();
        }
    }

    /** The last proposal itself, or the head where that has come as far. */
    private Optional<Chain.Base> baseAfter(Ballot last) {
        return last.height().isAtMost(chain.headHeight()) ? Optional.of(chain.head()) : chain.base(last.block());
    }

    private void beginView() {
        CurrentView view = core.view();
        if (!tipIsCommitted(view)) {
            chain.base(view.tipBlock()).ifPresent(tip -> announce(tip.block()));
        } else if (view.number().number() == 0) {
            proposeNext(chain.head());
        } else {
            draft(chain.head(), pool.take(core.parameters.batchBytes()));
        }
    }

    /**
     * After a restart the chain is known from the stable checkpoint on only. A tip below that is on it: certificates of
     * two branches can't both exist, and where the height is known, the block must be the same.
     */
    private boolean tipIsCommitted(CurrentView view) {
        return chain.committedAt(view.tipHeight())
                .map(view.tipBlock()::equals)
                .orElse(view.tipHeight().isAtMost(chain.headHeight()));
    }

    /**
     * Blocks are paid by the piece (signatures, fsyncs, messages), so they grow with the load: with none in flight a
     * request leaves at once, else it waits until {@value #GROWTH} times as many wait as are in flight, or until they fill
     * a block. No request waits longer than until the last block in flight is committed.
     */
    private void proposeNext(Chain.Base parent) {
        long inFlight = parent.block().height().value() - chain.headHeight().value();
        boolean slotFree = inFlight < core.parameters.window();
        boolean worthwhile = inFlight == 0
                || pool.unproposed() >= GROWTH * pool.proposed()
                || pool.unproposedBytes() >= core.parameters.batchBytes();
        boolean isWanted = pool.unproposed() > 0 || isTimeWanted();
        if (isWanted && slotFree && worthwhile) {
            draft(parent, pool.take(core.parameters.batchBytes()));
        }
    }

    private boolean isTimeWanted() {
        return core.waitsForTime() && core.ticks() - lastProposedTick >= core.timeouts.timeTicks();
    }

    private void draft(Chain.Base parent, List<Request> requests) {
        long time = Math.max(core.wallNanos(), parent.block().header().timeNanos() + 1);
        Proposal proposal = new Proposal(parent.block().height().next(), time, requests);
        ExecutionId execution = core.nextExecution();
        draft = new Draft(core.view(), parent, execution, proposal);
        core.emit(new Effect.Execute(execution, parent.execution(), proposal));
    }

    /** The answer to the draft's execution; false if the execution is not the draft's. */
    boolean onExecuted(ExecutionId execution, StateRoots roots) {
        Draft done = draft;
        if (done == null || !done.execution().equals(execution)) {
            return false;
        }
        draft = null;
        if (done.proposal().height().isAtMost(chain.headHeight()) || core.isQuarantined()) {
            // While it was executed, another view committed its height, or its parent's state proved wrong.
            pool.giveBack(done.proposal().requests());
            core.emit(new Effect.Discard(execution));
            return true;
        }
        Chain.Base parent = done.parent();
        Header header = chain.childHeader(
                parent.block(),
                parent.childHistory(),
                done.proposal().timeNanos(),
                Block.requestsRoot(core.chainId, done.proposal().requests()),
                roots);
        Block block = new Block(header, done.proposal().requests());
        chain.addOwn(block, execution, parent);
        announce(block);
        return true;
    }

    /** Gives the next slot to {@code block}, durably, and tells everyone. */
    private void announce(Block block) {
        Ballot ballot = core.ballot(block.height(), block.digest());
        Signature signature = core.sign(Statement.of(Statement.Kind.PRE_PREPARE, core.chainId, ballot));
        Message.PrePrepare proposal = new Message.PrePrepare(ballot.view(), block, core.self, signature);
        lastProposed = Optional.of(ballot);
        lastProposedTick = core.ticks();
        core.persist(new LogRecord.ProposedSlot(ballot, signature));
        core.broadcast(proposal);
        core.transition(new Transition.Proposed(
                ballot.view(), block.height(), block.digest(), block.requests().size()));
        normalCase.onOwnProposal(proposal);
    }
}
