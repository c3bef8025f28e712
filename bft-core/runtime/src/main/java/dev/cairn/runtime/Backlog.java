package dev.cairn.runtime;

import dev.cairn.protocol.model.ReplicaId;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What the event loop has fetched and not taken yet. Each peer has a queue and, in each turn, the same share, so a peer
 * that sends much waits behind itself; news from this process (the disk, the clients, the links) waits behind no peer.
 * The order within one source is kept. Bounded by what may be put into the mailbox. Confined to the event loop.
 */
final class Backlog {
    /** Messages of one peer, and inputs of this process, in one turn. */
    static final int PEER_SHARE = 64;

    static final int OWN_SHARE = 256;

    private final ArrayDeque<Input> own = new ArrayDeque<>();
    private final Map<ReplicaId, ArrayDeque<Input>> peers = new TreeMap<>();
    private int size;

    /** Moves everything out of {@code inputs}. */
    void addAll(ArrayDeque<Input> inputs) {
        size += inputs.size();
        for (Input next = inputs.poll(); next != null; next = inputs.poll()) {
            if (next instanceof Input.FromPeer message) {
                peers.computeIfAbsent(message.from(), _ -> new ArrayDeque<>()).add(message);
            } else {
                own.add(next);
            }
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Gives one turn's worth to {@code taker}: first what is this process's own, then one message of each peer in turn. */
    void takeTurn(Consumer<Input> taker) {
        for (int i = 0; i < OWN_SHARE && !own.isEmpty(); i++) {
            take(own, taker);
        }
        for (int i = 0; i < PEER_SHARE; i++) {
            for (ArrayDeque<Input> queue : peers.values()) {
                if (!queue.isEmpty()) {
                    take(queue, taker);
                }
            }
        }
    }

    private void take(ArrayDeque<Input> queue, Consumer<Input> taker) {
        size--;
        taker.accept(queue.removeFirst());
    }
}
