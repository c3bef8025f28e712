package dev.cairn.runtime;

import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.StateMachine;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.StateRoots;

/** A state that is a hash over everything executed. */
final class ToyMachine implements StateMachine<ToyMachine.State> {

    record State(Height height, StateRoots roots) {
        static final State EMPTY =
                new State(Height.GENESIS, new StateRoots(2, 1, 0, Digest.ZERO, Digest.ZERO, Digest.ZERO));
    }

    /** What survives a restart. */
    static final class Disk {
        volatile State written = State.EMPTY;
    }

    private final Disk disk;
    private volatile State committed;

    ToyMachine(Disk disk) {
        this.disk = disk;
        this.committed = disk.written;
    }

    @Override
    public State committed() {
        return committed;
    }

    @Override
    public Height committedHeight() {
        return committed.height();
    }

    @Override
    public State execute(State parent, Proposal proposal) {
        ByteWriter out = new ByteWriter(256).putDigest(parent.roots().stateRoot());
        for (Request request : proposal.requests()) {
            out.putInt(request.id().client().number())
                    .putLong(request.id().session())
                    .putLong(request.id().sequence())
                    .putBytes(request.operations());
        }
        long last = parent.roots().lastRevision();
        return new State(
                proposal.height(),
                new StateRoots(
                        last + 1,
                        last + proposal.requests().size(),
                        0,
                        Digest.ZERO,
                        Digest.ZERO,
                        Hashing.sha256(out.toArray())));
    }

    @Override
    public StateRoots roots(State state) {
        return state.roots();
    }

    @Override
    public void commit(State state, Block block) {
        requireNext(committed, state);
        committed = state;
    }

    @Override
    public void persist(State state, Block block) {
        requireNext(disk.written, state);
        disk.written = state;
    }

    private static void requireNext(State before, State after) {
        if (!after.height().equals(before.height().next())) {
            throw new IllegalStateException(after.height() + " after " + before.height());
        }
    }
}
