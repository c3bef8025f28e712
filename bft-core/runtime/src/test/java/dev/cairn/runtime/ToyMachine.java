package dev.cairn.runtime;

import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.StateMachine;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.StateRoots;
import java.util.List;
import java.util.Optional;

/** A state that is a hash over everything executed. */
final class ToyMachine implements StateMachine<ToyMachine.State> {

    record State(Height height, StateRoots roots) {
        static final State EMPTY =
                new State(Height.GENESIS, new StateRoots(2, 1, 0, Digest.ZERO, Digest.ZERO, Digest.ZERO));
    }

    /** What survives a restart. */
    static final class Disk {
        volatile State written = State.EMPTY;
        volatile Optional<Header> incoming = Optional.empty();
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

    @Override
    public void pin(State state) {}

    @Override
    public void unpin(State state) {}

    @Override
    public List<Bytes> splits(State state, int parts) {
        return List.of();
    }

    /** The roots themselves, without the state root, which the header brings. */
    @Override
    public Bytes chunk(State state, Bytes from, Optional<Bytes> until, int maxBytes) {
        return Bytes.utf8("all");
    }

    @Override
    public Incoming receive(Header header) {
        disk.incoming = Optional.empty();
        return new Incoming() {
            private boolean added;

            @Override
            public Verdict add(Bytes from, Bytes content) {
                added |= content.equals(Bytes.utf8("all"));
                return added ? new Verdict.Accepted(Optional.empty()) : new Verdict.Refused("not a toy's state");
            }

            @Override
            public boolean complete() {
                disk.incoming = added ? Optional.of(header) : Optional.empty();
                return added;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public boolean adopt(Header header) {
        if (!disk.incoming.equals(Optional.of(header))) {
            return false;
        }
        committed = new State(header.height(), header.roots());
        disk.written = committed;
        disk.incoming = Optional.empty();
        return true;
    }

    private static void requireNext(State before, State after) {
        if (!after.height().equals(before.height().next())) {
            throw new IllegalStateException(after.height() + " after " + before.height());
        }
    }
}
