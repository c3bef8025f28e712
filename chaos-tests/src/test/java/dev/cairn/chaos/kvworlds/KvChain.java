package dev.cairn.chaos.kvworlds;

import dev.cairn.kv.KvState;
import dev.cairn.kv.KvStateMachine;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The store after each block that anybody committed: a pure function of the block and what is below it. */
final class KvChain {
    /** The store after a block, and what became of the block's requests. */
    record After(KvState state, Map<RequestId, RequestOutcome> results) {
        After {
            results = Map.copyOf(results);
        }
    }

    /** In the window of a new session, and above what the clients of one world ever reach. */
    private static final long OPENING_SEQUENCE = 1023;

    private final KvStateMachine machine;
    private final Governance founding;
    private final Map<Digest, Block> blocks = new HashMap<>();
    private final Map<Digest, After> known = new HashMap<>();

    KvChain(KvStateMachine machine, Governance founding) {
        this.machine = machine;
        this.founding = founding;
    }

    /** Before the first block. */
    KvState beginning() {
        return KvState.genesis(founding);
    }

    void add(Block block) {
        blocks.put(block.digest(), block);
    }

    After after(Block block) {
        Block highestKnown = block;
        while (!known.containsKey(highestKnown.digest())
                && !highestKnown.height().equals(Height.GENESIS)) {
            highestKnown = parent(highestKnown);
        }
        known.computeIfAbsent(highestKnown.digest(), _ -> new After(beginning(), Map.of()));
        After after = Objects.requireNonNull(known.get(highestKnown.digest()));
        for (Block next : path(highestKnown.height(), block)) {
            after = execute(machine, after.state(), next.header().timeNanos(), next.requests());
            known.put(next.digest(), after);
        }
        return after;
    }

    /** From the first block above {@code floor} to this one, which is none if it is not above. */
    List<Block> path(Height floor, Block to) {
        List<Block> path = new ArrayList<>();
        for (Block next = to; next.height().isAbove(floor); next = parent(next)) {
            path.add(next);
        }
        return path.reversed();
    }

    private Block parent(Block block) {
        Block parent = blocks.get(block.parent());
        if (parent == null) {
            throw new IllegalStateException("committed on top of " + block.parent() + ", which nobody committed");
        }
        return parent;
    }

    /** The worlds' clients open no sessions: each request is preceded by the opening of its session. */
    static After execute(KvStateMachine machine, KvState before, long timeNanos, List<Request> asked) {
        List<Request> requests = asked.stream()
                .flatMap(request -> Stream.of(opening(request.id(), before), request))
                .toList();
        KvState state = machine.execute(before, new Proposal(before.height().next(), timeNanos, requests));
        Map<RequestId, RequestOutcome> results = new HashMap<>();
        for (int i = 0; i < requests.size(); i++) {
            results.putIfAbsent(requests.get(i).id(), state.results().get(i));
        }
        return new After(state, results);
    }

    private static Request opening(RequestId request, KvState before) {
        RequestId id = new RequestId(request.client(), request.session(), OPENING_SEQUENCE);
        Operation opening = new Operation.OpenSession(before.height().value());
        return new Request(id, OperationCodec.encode(List.of(opening)), new Signature(Bytes.EMPTY));
    }
}
