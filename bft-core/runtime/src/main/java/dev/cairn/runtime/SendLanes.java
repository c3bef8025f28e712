package dev.cairn.runtime;

import dev.cairn.proto.v1.PeerFrame;
import dev.cairn.proto.v1.PeerMessage;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What waits to be sent to one peer, in lanes with a byte budget each. A lane over its budget loses its oldest message:
 * no message of the protocol relies on being delivered once, and newer ones say more. Safe for use by many threads.
 */
final class SendLanes {
    /** A frame is closed when it has grown to this; a single greater message is a frame of its own. */
    static final int FRAME_BYTES = 256 << 10;

    private static final class Queue {
        private final int budget;
        private final ArrayDeque<PeerMessage> messages = new ArrayDeque<>();
        private long bytes;

        Queue(int budget) {
            this.budget = budget;
        }

        void add(PeerMessage message) {
            messages.addLast(message);
            bytes += size(message);
        }

        PeerMessage remove() {
            PeerMessage first = messages.removeFirst();
            bytes -= size(first);
            return first;
        }
    }

    private final Map<Lane, Queue> queues = new EnumMap<>(Lane.class);
    private final NodeMetrics metrics;

    SendLanes(NodeConfig.Bounds bounds, NodeMetrics metrics) {
        this.metrics = metrics;
        for (Lane lane : Lane.values()) {
            queues.put(lane, new Queue(budget(lane, bounds)));
        }
    }

    private static int budget(Lane lane, NodeConfig.Bounds bounds) {
        return switch (lane) {
            case CONTROL -> bounds.voteLaneBytes();
            case BLOCKS -> bounds.blockLaneBytes();
            case FORWARDS -> bounds.forwardLaneBytes();
            case FETCHES -> bounds.fetchLaneBytes();
        };
    }

    synchronized void add(Lane lane, PeerMessage message) {
        Queue queue = queue(lane);
        queue.add(message);
        while (queue.bytes > queue.budget && queue.messages.size() > 1) {
            queue.remove();
            metrics.dropped(lane);
        }
    }

    /** The next messages to send: all control messages first, then the other lanes in turn. Nothing if none waits. */
    synchronized Optional<PeerFrame> nextFrame() {
        PeerFrame.Builder frame = PeerFrame.newBuilder();
        long bytes = 0;
        Queue control = queue(Lane.CONTROL);
        while (!control.messages.isEmpty() && bytes < FRAME_BYTES) {
            bytes += add(frame, control);
        }
        boolean found = true;
        while (found && bytes < FRAME_BYTES) {
            found = false;
            for (Lane lane : Lane.values()) {
                Queue queue = queue(lane);
                if (!queue.messages.isEmpty()
                        && (bytes == 0 || bytes + size(queue.messages.getFirst()) <= FRAME_BYTES)) {
                    bytes += add(frame, queue);
                    found = true;
                }
            }
        }
        return bytes == 0 ? Optional.empty() : Optional.of(frame.build());
    }

    synchronized void clear() {
        for (Queue queue : queues.values()) {
            queue.messages.clear();
            queue.bytes = 0;
        }
    }

    synchronized long waitingBytes(Lane lane) {
        return queue(lane).bytes;
    }

    private static long add(PeerFrame.Builder frame, Queue queue) {
        PeerMessage message = queue.remove();
        frame.addMessages(message);
        return size(message);
    }

    /** With what framing it costs. */
    private static long size(PeerMessage message) {
        return message.getSerializedSize() + 6L;
    }

    private Queue queue(Lane lane) {
        Queue queue = queues.get(lane);
        if (queue == null) {
            throw new IllegalStateException("no lane " + lane);
        }
        return queue;
    }
}
