package dev.cairn.protocol;

import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.TreeMap;

/**
 * Requests that wait to be committed. Each client has a budget of its own and its own queue, and the primary takes from
 * the queues in turn, so a flooding client delays only itself.
 */
final class RequestPool {
    static final int MAX_REQUESTS_PER_CLIENT = 1024;
    static final int MAX_BYTES_PER_CLIENT = 32 << 20;
    private static final int REMEMBERED = 4096;
    private static final int MAX_BACKOFF = 2;

    /** One waiting request. Ticks are those of the replica's clock. */
    static final class Entry {
        final Request request;
        final boolean own;
        private final long arrivedTick;
        private long sentTick;
        private int relays;
        private boolean watched;
        private boolean proposed;

        private Entry(Request request, boolean own, long tick) {
            this.request = request;
            this.own = own;
            this.arrivedTick = tick;
            this.sentTick = tick;
        }
    }

    private static final class Queue {
        final SequencedMap<RequestId, Entry> entries = new LinkedHashMap<>();
        int bytes;
    }

    private final Map<ClientId, Queue> queues = new TreeMap<>();
    private final SequencedSet<RequestId> recentlyCommitted = new LinkedHashSet<>();
    private ClientId lastServed = new ClientId(-1);
    private int size;
    private int unproposed;
    private long unproposedBytes;

    /** False if the request is known, was committed a short while ago, or its client's budget is used up. */
    boolean add(Request request, boolean own, long tick) {
        Queue queue = queues.computeIfAbsent(request.id().client(), _ -> new Queue());
        if (recentlyCommitted.contains(request.id()) || queue.entries.containsKey(request.id())) {
            return false;
        }
        if (queue.entries.size() >= MAX_REQUESTS_PER_CLIENT
                || queue.bytes + request.sizeBytes() > MAX_BYTES_PER_CLIENT) {
            return false;
        }
        queue.entries.put(request.id(), new Entry(request, own, tick));
        queue.bytes += request.sizeBytes();
        size++;
        unproposed++;
        unproposedBytes += request.sizeBytes();
        return true;
    }

    int size() {
        return size;
    }

    /** How many wait that no block of this replica's view holds yet. */
    int unproposed() {
        return unproposed;
    }

    /** What they hold. */
    long unproposedBytes() {
        return unproposedBytes;
    }

    /** How many are in blocks of this replica's view that are not committed yet. */
    int proposed() {
        return size - unproposed;
    }

    /** Takes requests for a block, one client after the other, until {@code maxBytes} or the most of a block are reached. */
    List<Request> take(int maxBytes) {
        List<Request> taken = new ArrayList<>();
        List<List<Entry>> lanes = waitingLanes();
        int bytes = 0;
        for (int round = 0; !lanes.isEmpty(); round++) {
            int depth = round;
            lanes = lanes.stream().filter(lane -> lane.size() > depth).toList();
            for (List<Entry> lane : lanes) {
                Entry entry = lane.get(depth);
                bytes += entry.request.sizeBytes();
                if ((bytes > maxBytes && !taken.isEmpty()) || taken.size() == Parameters.MAX_BLOCK_REQUESTS) {
                    return taken;
                }
                entry.proposed = true;
                unproposed--;
                unproposedBytes -= entry.request.sizeBytes();
                lastServed = entry.request.id().client();
                taken.add(entry.request);
            }
        }
        return taken;
    }

    /** What was taken for a block that was not proposed waits again. */
    void giveBack(List<Request> taken) {
        for (Request request : taken) {
            Queue queue = queues.get(request.id().client());
            Entry entry = queue == null ? null : queue.entries.get(request.id());
            if (entry != null && entry.proposed) {
                entry.proposed = false;
                unproposed++;
                unproposedBytes += request.sizeBytes();
            }
        }
    }

    /** Each client's unproposed requests, beginning with the client after the one served last. */
    private List<List<Entry>> waitingLanes() {
        List<List<Entry>> after = new ArrayList<>();
        List<List<Entry>> before = new ArrayList<>();
        queues.forEach((client, queue) -> {
            List<Entry> lane =
                    queue.entries.values().stream().filter(e -> !e.proposed).toList();
            if (!lane.isEmpty()) {
                (client.compareTo(lastServed) > 0 ? after : before).add(lane);
            }
        });
        after.addAll(before);
        return after;
    }

    /** Forgets what was committed; returns how long the own request among it that waited longest had waited. */
    Optional<Long> committed(Collection<Request> requests, long tick) {
        long longest = -1;
        for (Request request : requests) {
            recentlyCommitted.add(request.id());
            Queue queue = queues.get(request.id().client());
            Entry entry = queue == null ? null : queue.entries.remove(request.id());
            if (entry != null && queue != null) {
                queue.bytes -= entry.request.sizeBytes();
                size--;
                if (!entry.proposed) {
                    unproposed--;
                    unproposedBytes -= entry.request.sizeBytes();
                }
                longest = Math.max(longest, entry.own ? tick - entry.arrivedTick : -1);
            }
        }
        while (recentlyCommitted.size() > REMEMBERED) {
            recentlyCommitted.removeFirst();
        }
        return longest < 0 ? Optional.empty() : Optional.of(longest);
    }

    /** In a new view only the requests on its tip's branch count as proposed; all waiting starts anew. */
    void restart(Collection<Request> onBranch, long tick) {
        LinkedHashSet<RequestId> proposed = new LinkedHashSet<>();
        onBranch.forEach(request -> proposed.add(request.id()));
        unproposed = 0;
        unproposedBytes = 0;
        for (Queue queue : queues.values()) {
            for (Entry entry : queue.entries.values()) {
                entry.proposed = proposed.contains(entry.request.id());
                entry.sentTick = tick;
                if (!entry.proposed) {
                    unproposed++;
                    unproposedBytes += entry.request.sizeBytes();
                }
            }
        }
    }

    /** This replica's own requests, for sending to a new primary. */
    List<Request> own() {
        return entries().stream().filter(e -> e.own).map(e -> e.request).toList();
    }

    /**
     * Own requests not sent to anyone for {@code patienceTicks}, twice that after each relay. They count as sent now,
     * and this replica watches over them.
     */
    List<Request> dueForRelay(long tick, long patienceTicks) {
        List<Request> due = new ArrayList<>();
        for (Entry entry : entries()) {
            if (entry.own && tick - entry.sentTick >= patienceTicks << entry.relays) {
                entry.sentTick = tick;
                entry.relays = Math.min(entry.relays + 1, MAX_BACKOFF);
                entry.watched = true;
                due.add(entry.request);
            }
        }
        return due;
    }

    /** Its gateway has lost patience and told everyone: this replica watches over the request from now on. */
    void watch(RequestId id) {
        Queue queue = queues.get(id.client());
        Entry entry = queue == null ? null : queue.entries.get(id);
        if (entry != null) {
            entry.watched = true;
        }
    }

    /** When the oldest request that this replica watches over came in, or {@code sinceTick} if that is later. */
    Optional<Long> oldestWatchedTick(long sinceTick) {
        return entries().stream()
                .filter(e -> e.watched)
                .map(e -> Math.max(sinceTick, e.arrivedTick))
                .min(Long::compare);
    }

    private List<Entry> entries() {
        return queues.values().stream()
                .flatMap(q -> q.entries.values().stream())
                .toList();
    }
}
