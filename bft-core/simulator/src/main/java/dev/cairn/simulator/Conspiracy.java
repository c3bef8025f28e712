package dev.cairn.simulator;

import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.ReplicaId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What all Byzantine replicas of a world share: each other, a line along which the rest is to be divided, and two blocks
 * for each slot that one of them gives away.
 */
final class Conspiracy {
    private final List<Insider> members = new ArrayList<>();
    private final Map<Digest, Block> others = new HashMap<>();

    void join(Insider member) {
        members.add(member);
    }

    List<Insider> members() {
        return Collections.unmodifiableList(members);
    }

    /** Of the replicas outside, the smaller half: with it and with the rest a quorum is just out of reach, or just not. */
    boolean isOnOtherSide(ReplicaId replica) {
        return replica.index() % 2 == 1;
    }

    /** As valid a block for the slot of {@code block}, on the other one of its parent's slot. */
    Optional<Block> otherThan(Block block, Ancestry ancestry) {
        Block known = others.get(block.digest());
        if (known != null) {
            return Optional.of(known);
        }
        Block parent = others.get(block.parent());
        Optional<Block> other = ancestry.child(
                parent == null ? block.parent() : parent.digest(),
                block.header().timeNanos() + 1,
                block.requests(),
                block.header().roots());
        other.ifPresent(made -> {
            ancestry.learn(made);
            others.put(block.digest(), made);
            others.put(made.digest(), block);
        });
        return other;
    }

    /** Whether all members have voted for the block, and for another in its slot. */
    boolean isDouble(Digest block) {
        return others.containsKey(block);
    }
}
