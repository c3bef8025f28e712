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
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** A state that is a hash over everything executed. */
final class ToyMachine implements StateMachine<ToyMachine.State> {

    record State(Height height, StateRoots roots) {
        static final State EMPTY =
                new State(Height.GENESIS, new StateRoots(2, 1, 0, Digest.ZERO, Digest.ZERO, Digest.ZERO));
    }

    /** What survives a restart. */
    static final class Disk {
        volatile State written = State.EMPTY;

        /** What a power failure leaves at least. */
        volatile State synced = State.EMPTY;

        volatile Optional<Header> incoming = Optional.empty();

        /** States kept for others. */
        final AtomicInteger pins = new AtomicInteger();

        /** The next execution is wrong. */
        final AtomicBoolean flaw = new AtomicBoolean();
    }

    private static final int PARTS = 8;

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
        if (!proposal.requests().isEmpty() && disk.flaw.getAndSet(false)) {
            out.putByte((byte) 1);
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
    public void sync() {
        disk.synced = disk.written;
    }

    @Override
    public void pin(State state) {
        disk.pins.incrementAndGet();
    }

    @Override
    public void unpin(State state) {
        disk.pins.decrementAndGet();
    }

    @Override
    public List<Bytes> splits(State state, int parts) {
        return IntStream.range(1, PARTS).mapToObj(ToyMachine::place).toList();
    }

    private static Bytes place(int part) {
        return Bytes.wrap(new byte[] {(byte) part});
    }

    private static int part(Bytes place) {
        return place.isEmpty() ? 0 : place.at(0);
    }

    /** The roots are in the header, so there is nothing to tell: each part proves itself by a hash of root and place. */
    @Override
    public Bytes chunk(State state, Bytes from, Optional<Bytes> until, int maxBytes) {
        return proof(state.roots(), from);
    }

    private static Bytes proof(StateRoots roots, Bytes from) {
        return Bytes.wrap(Hashing.sha256(new ByteWriter(64)
                        .putDigest(roots.stateRoot())
                        .putByte((byte) part(from))
                        .toArray())
                .toArray());
    }

    @Override
    public Incoming receive(Header header) {
        disk.incoming = Optional.empty();
        return new Incoming() {
            private final BitSet added = new BitSet();

            @Override
            public Verdict add(Bytes from, Bytes content) {
                if (!content.equals(proof(header.roots(), from))) {
                    return new Verdict.Refused("not this toy's state");
                }
                int part = part(from);
                added.set(part);
                return new Verdict.Accepted(part + 1 < PARTS ? Optional.of(place(part + 1)) : Optional.empty());
            }

            @Override
            public boolean complete() {
                boolean all = added.cardinality() == PARTS;
                disk.incoming = all ? Optional.of(header) : Optional.empty();
                return all;
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
