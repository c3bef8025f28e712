package dev.cairn.runtime;

import dev.cairn.protocol.Verified;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what is costly in requests before the event loop gets to them, beside the threads that read links. Peers take turns,
 * request by request: whoever sends costly ones spends their own time here. No costly request goes on before its turn. Blocks wait
 * as long as they must; what waits of a peer its {@link InboundBudget} bounds. Of a Forward, costly requests beyond the peer's
 * bound are dropped: they are in no block yet, and their gateway sends them again.
 *
 * <p>Messages that may hold requests are handed on in the order of their coming from one peer. No other message waits here.
 */
final class Preparation {
    private static final Logger LOG = LoggerFactory.getLogger(Preparation.class);

    /** Where so many costly ones of a peer wait, it forwards no more of them. */
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

    /** Only tasks on {@link #thread} touch it, one at a time. */
    private boolean hasFailed;

    /** A message and what is left to prepare of it. */
    private record Job(Input.FromPeer message, ArrayDeque<Request> left) {}

    /** Of one peer, in the order of their coming. */
    private static final class Lane {
        private final ArrayDeque<Job> jobs = new ArrayDeque<>();
        private int waitingRequests;

        private int room() {
            return Math.max(0, REQUESTS_PER_PEER - waitingRequests);
        }
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
        Optional<List<Request>> requests = requests(message.message().message());
        if (requests.isEmpty() || !waits(message, costly(requests.get()))) {
            onward.accept(message);
        }
    }

    private List<Request> costly(List<Request> requests) {
        return requests.stream().filter(work.isCostly()).toList();
    }

    /** Whether it will be handed on later, by the other thread. */
    private synchronized boolean waits(Input.FromPeer message, List<Request> costly) {
        Lane lane = lanes.computeIfAbsent(message.from(), _ -> new Lane());
        if (costly.isEmpty() && lane.jobs.isEmpty()) {
            return false;
        }
        boolean mayLose = message.message().message() instanceof Message.Forward;
        Job job = mayLose ? cut(message, costly, lane.room()) : new Job(message, new ArrayDeque<>(costly));
        lane.waitingRequests += job.left().size();
        lane.jobs.add(job);
        if (lane.jobs.size() == 1) {
            giveTurn(lane);
        }
        return true;
    }

    /** A Forward with no more costly requests than there is room for. It is handed on even if none is left. */
    private Job cut(Input.FromPeer forward, List<Request> costly, int room) {
        if (costly.size() <= room) {
            return new Job(forward, new ArrayDeque<>(costly));
        }
        List<Request> surplus = costly.subList(room, costly.size());
        metrics.forwardedDropped(surplus.size());
        Verified<Message> rest = Verified.without(forward.message(), Set.copyOf(surplus));
        return new Job(
                new Input.FromPeer(forward.from(), rest, forward.budget(), forward.bytes()),
                new ArrayDeque<>(costly.subList(0, room)));
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
            request.ifPresent(this::prepare);
            if (job.left().isEmpty()) {
                onward.accept(job.message());
            }
            goOn(lane, job, request.isPresent());
        } catch (Throwable t) {
            onFailure.accept(t);
        }
    }

    /** What fails here is left to execution, which decides anyway; it holds nothing up. */
    private void prepare(Request request) {
        try {
            work.prepare().accept(request);
        } catch (RuntimeException e) {
            metrics.preparationFailed();
            if (!hasFailed) {
                hasFailed = true;
                LOG.error(
                        "cannot prepare {}: it costs its execution more; others like it are counted only",
                        request.id(),
                        e);
            }
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

    /** Nothing of a message that never waits. */
    private static Optional<List<Request>> requests(Message message) {
        return switch (message) {
            case Message.PrePrepare m -> Optional.of(m.block().requests());
            case Message.Forward m -> Optional.of(m.requests());
            case Message.Body m -> Optional.of(m.block().requests());
            case Message.Blocks m ->
                Optional.of(m.blocks().stream()
                        .flatMap(block -> block.requests().stream())
                        .toList());
            case Vote _, Message.Suspect _, Message.ViewChange _, Message.NewView _, Message.Status _ ->
                Optional.empty();
            case Message.FetchBlocks _, Message.FetchBody _ -> Optional.empty();
            case Message.ReadIndexQuery _, Message.ReadIndexAnswer _ -> Optional.empty();
            case Message.WitnessQuery _, Message.WitnessAnswer _ -> Optional.empty();
            case Message.SnapshotOffer _,
                    Message.FetchSnapshot _,
                    Message.FetchChunk _,
                    Message.Chunk _,
                    Message.NoSnapshot _ -> Optional.empty();
        };
    }
}
