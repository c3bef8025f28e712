package dev.cairn.simulator;

import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.StateRoots;

/** Blocks that differ in one thing from another, with a hash of their own. */
final class Altered {
    private Altered() {}

    static Block time(Block block, long timeNanos) {
        return copy(
                block, block.height(), block.parent(), timeNanos, block.header().roots());
    }

    static Block timeAndParent(Block block, long timeNanos, Digest parent) {
        return copy(block, block.height(), parent, timeNanos, block.header().roots());
    }

    static Block roots(Block block, StateRoots roots) {
        return copy(block, block.height(), block.parent(), block.header().timeNanos(), roots);
    }

    static Block place(Block block, Height height, Digest parent) {
        return copy(
                block,
                height,
                parent,
                block.header().timeNanos(),
                block.header().roots());
    }

    private static Block copy(Block block, Height height, Digest parent, long timeNanos, StateRoots roots) {
        Header h = block.header();
        Header other = new Header(
                h.formatVersion(),
                h.chainId(),
                h.epoch(),
                height,
                parent,
                timeNanos,
                h.requestsRoot(),
                roots,
                h.historyRoot(),
                h.validators(),
                h.nextValidators(),
                h.parameters(),
                h.applicationVersion());
        return new Block(other, block.requests());
    }
}
