package dev.cairn.runtime;

import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Does what is costly in requests before the event loop gets to them, beside the threads that read links. Peers take turns,
 * request by request, and of each few requests wait: whoever sends costly ones spends their own time here. What is beyond a
 * peer's bound is passed over, and its cost is paid where it is executed.
 *
 * <p>Messages with requests of one peer are handed on in the order of their coming. No other message waits here.
 */
final class Preparation {
    /** Costly ones that wait. What they hold in memory, the peer's {@link InboundBudget} bounds. */
    static final int REQUESTS_PER_PEER = 64;

    /** What makes a request's execution cheaper. */
    record Work(Predicate<Request> isCostly, Consumer<Request> prepare) {}

    private final Executor thread;
    private final Work work;
    private final Consumer<Input> onward;
    private final Consumer<Throwable> onFailure;
    private final NodeMetrics metrics;

    /** Those with something to do, the next one first. */
    private final ArrayDeque<Lane> busy = new ArrayDeque<>();

    private final Map<ReplicaId, Lane> lanes = new HashMap<>();

    /** A message and what is left to prepare of it. */
    private record Job(Input.FromPeer message, ArrayDeque<Request> left) {}

    /** Of one peer, in the order of their coming. */
    private static final class Lane {
        private final ArrayDeque<Job> jobs = new ArrayDeque<>();
        private int waitingRequests;
    }

    /** @param thread takes at most one task for each peer at a time */
    Preparation(
            Executor thread, Work work, Consumer<Input> onward, Consumer<Throwable> onFailure, NodeMetrics metrics) {
        this.thread = thread;
        this.work = work;
        this.onward = onward;
        this.onFailure = onFailure;
        this.metrics = metrics;
    }

    /** Never blocks for long: on the thread that read the message. */
    void take(Input.FromPeer message) {
        List<Request> requests = requests(message.message().message());
        if (requests.isEmpty() || !waits(message, requests)) {
            onward.accept(message);
        }
    }

    /** Whether it will be handed on later, by the other thread. */
    private synchronized boolean waits(Input.FromPeer message, List<Request> requests) {
        Lane lane = lanes.computeIfAbsent(message.from(), _ -> new Lane());
        List<Request> costly = requests.stream().filter(work.isCostly()).toList();
        if (costly.isEmpty() && lane.jobs.isEmpty()) {
            return false;
        }
        int taken = Math.min(costly.size(), REQUESTS_PER_PEER - lane.waitingRequests);
        metrics.passedOver(costly.size() - taken);
        lane.waitingRequests += taken;
        lane.jobs.add(new Job(message, new ArrayDeque<>(costly.subList(0, taken))));
        if (lane.jobs.size() == 1) {
            giveTurn(lane);
        }
        return true;
    }

    private void giveTurn(Lane lane) {
        busy.add(lane);
        try {
            thread.execute(this::turn);
        } catch (RejectedExecutionException e) {
            busy.remove(lane); // the node ends
        }
    }

    /** One request of the peer whose turn it is. */
    private void turn() {
        try {
            Lane lane = next();
            Job job = first(lane);
            Optional<Request> request = Optional.ofNullable(job.left().poll());
            request.ifPresent(work.prepare());
            if (job.left().isEmpty()) {
                onward.accept(job.message());
            }
            goOn(lane, job, request.isPresent());
        } catch (RuntimeException e) {
            onFailure.accept(e);
        }
    }

    private synchronized Lane next() {
        return busy.remove();
    }

    private synchronized Job first(Lane lane) {
        return lane.jobs.element();
    }

    /** A message leaves its lane only when it was handed on: what comes meanwhile must not overtake it. */
    private synchronized void goOn(Lane lane, Job job, boolean isOneLess) {
        lane.waitingRequests -= isOneLess ? 1 : 0;
        if (job.left().isEmpty()) {
            lane.jobs.remove();
        }
        if (!lane.jobs.isEmpty()) {
            giveTurn(lane);
        }
    }

    synchronized int waitingRequests() {
        return lanes.values().stream().mapToInt(lane -> lane.waitingRequests).sum();
    }

    private static List<Request> requests(Message message) {
        return switch (message) {
            case Message.PrePrepare m -> m.block().requests();
            case Message.Forward m -> m.requests();
            case Message.Body m -> m.block().requests();
            case Message.Blocks m ->
                m.blocks().stream().flatMap(block -> block.requests().stream()).toList();
            case Vote _, Message.Suspect _, Message.ViewChange _, Message.NewView _, Message.Status _ -> List.of();
            case Message.FetchBlocks _, Message.FetchBody _ -> List.of();
            case Message.ReadIndexQuery _, Message.ReadIndexAnswer _ -> List.of();
            case Message.WitnessQuery _, Message.WitnessAnswer _ -> List.of();
            case Message.SnapshotOffer _,
                    Message.FetchSnapshot _,
                    Message.FetchChunk _,
                    Message.Chunk _,
                    Message.NoSnapshot _ -> List.of();
        };
    }
}
