package dev.cairn.simulator;

import dev.cairn.protocol.Event;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.StateRoots;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The blocks that a Byzantine replica knows down to genesis, so that what it builds on them is valid. */
final class Ancestry {
    /** A block, and the tree over it and everything below. */
    private record Known(Block block, MerkleFrontier history) {}

    private final Digest chainId;
    private final Map<Digest, Known> known = new HashMap<>();

    Ancestry(Digest chainId, Block genesis) {
        this.chainId = chainId;
        known.put(genesis.digest(), new Known(genesis, MerkleFrontier.EMPTY.append(genesis.digest())));
    }

    /** The blocks that an event brings. */
    static List<Block> blocksIn(Event event) {
        if (!(event instanceof Event.Received received)) {
            return List.of();
        }
        return switch (received.message().message()) {
            case Message.PrePrepare m -> List.of(m.block());
            case Message.Body m -> List.of(m.block());
            case Message.Blocks m -> m.blocks();
            default -> List.of();
        };
    }

    /** False if it is known already, or its parent is not. */
    boolean learn(Block block) {
        Known parent = known.get(block.parent());
        if (parent == null || known.containsKey(block.digest())) {
            return false;
        }
        known.put(block.digest(), new Known(block, parent.history().append(block.digest())));
        return true;
    }

    boolean knows(Digest block) {
        return known.containsKey(block);
    }

    /** An empty block on {@code parent}, with the very roots that executing it gives. */
    Optional<Block> emptyChild(Block parent) {
        return child(
                parent.digest(),
                parent.header().timeNanos() + 1,
                List.of(),
                LedgerMachine.rootsAfterNothing(parent.header().roots()));
    }

    /** A block on {@code parent}, valid in everything but perhaps its roots; nothing if the parent is unknown. */
    Optional<Block> child(Digest parent, long timeNanos, List<Request> requests, StateRoots roots) {
        return Optional.ofNullable(known.get(parent)).map(base -> {
            Header above = base.block().header();
            Header header = new Header(
                    Header.FORMAT,
                    above.chainId(),
                    above.epoch(),
                    above.height().next(),
                    parent,
                    timeNanos,
                    Block.requestsRoot(chainId, requests),
                    roots,
                    base.history().root(),
                    above.nextValidators(),
                    above.nextValidators(),
                    above.parameters(),
                    above.applicationVersion());
            return new Block(header, requests);
        });
    }
}
