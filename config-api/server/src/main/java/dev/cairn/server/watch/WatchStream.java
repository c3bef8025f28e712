package dev.cairn.server.watch;

import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import io.grpc.Status;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One client's stream of watches. What it is sent leaves in the order in which it was decided; what the client does not
 * take waits here up to a bound, beyond which its watchers fall behind and are brought back page by page, in turn, each
 * page only when the client has taken what came before.
 *
 * <p>All of it runs on the hub's thread.
 */
public final class WatchStream {
    private static final Logger LOG = System.getLogger(WatchStream.class.getName());

    /** What may wait for a slow client before its watchers fall behind. */
    static final int MAX_BUFFERED_BYTES = 1 << 20;

    private static final long BROADCAST_ID = -1;
    private static final String EMPTY_RANGE = "mvcc: watcher range is empty";
    private static final String DUPLICATE_ID = "mvcc: duplicate watch ID provided on the WatchStream";
    private static final String COMPACTED = "etcdserver: mvcc: required revision has been compacted";

    private final WatchHub hub;
    private final Outlet outlet;
    private final WatchHeaders headers;
    private final Map<Long, Watcher> watchers = new LinkedHashMap<>();
    private final ArrayDeque<WatchResponse> buffer = new ArrayDeque<>();
    /** What takes further requests off the wire, when answers have room again: one, for one is taken at a time. */
    private final ArrayDeque<Runnable> held = new ArrayDeque<>();

    private final SequencedSet<Watcher> behind = new LinkedHashSet<>();
    private long bufferedBytes;
    private long nextId;
    /** Shared with the transport: the hub has yet to look. */
    private final AtomicBoolean readyTold = new AtomicBoolean();

    private boolean reading;
    private boolean closed;

    WatchStream(WatchHub hub, Outlet outlet, WatchHeaders headers) {
        this.hub = hub;
        this.outlet = outlet;
        this.headers = headers;
    }

    /** Creates a watch; {@code handled} runs when the next request may be taken: not while too much waits to be read. */
    public void create(WatchCreateRequest request, Runnable handled) {
        hub.execute(() -> {
            if (!closed) {
                create(WatchSpecs.of(request));
            }
            takeNext(handled);
        });
    }

    /** Answers a request for a watch that is not to be. */
    public void refuse(String reason, Runnable handled) {
        hub.execute(() -> {
            refuse(reason, Math.max(hub.revision(), hub.timeline().revision()));
            takeNext(handled);
        });
    }

    public void cancel(long id, Runnable handled) {
        hub.execute(() -> {
            Watcher watcher = watchers.get(id);
            if (watcher != null) {
                drop(watcher);
                send(response(id, hub.revision()).setCanceled(true).build());
            }
            takeNext(handled);
        });
    }

    /** Answers with the revision up to which everything was sent, if that can be said of all watches at once. */
    public void requestProgress(Runnable handled) {
        hub.execute(() -> {
            long revision = hub.revision();
            if (!watchers.isEmpty() && watchers.values().stream().allMatch(w -> w.isCurrentAt(revision))) {
                sendUnlessFull(response(BROADCAST_ID, revision).build());
            }
            handled.run();
        });
    }

    private void takeNext(Runnable handled) {
        if (hasRoom()) {
            handled.run();
        } else {
            held.add(handled);
        }
    }

    /** The client has taken what was sent. */
    public void ready() {
        if (readyTold.compareAndSet(false, true)) {
            hub.execute(() -> {
                readyTold.set(false);
                pump();
            });
        }
    }

    /** The client is gone. */
    public void gone() {
        hub.execute(this::close);
    }

    /** Ends the stream from this side. */
    public void end(Status status) {
        hub.execute(() -> {
            if (!closed) {
                close();
                outlet.close(status);
            }
        });
    }

    private void close() {
        closed = true;
        List.copyOf(watchers.values()).forEach(this::drop);
        buffer.clear();
        held.clear();
        bufferedBytes = 0;
        hub.closed(this);
    }

    private void create(WatchSpec spec) {
        hub.wake();
        long present = Math.max(hub.revision(), hub.timeline().revision());
        if (spec.startRevision() < 0) {
            refuse(COMPACTED, present);
            return;
        }
        if (spec.interval().isEmpty()) {
            refuse(EMPTY_RANGE, present);
            return;
        }
        if (spec.requestedId() != 0 && watchers.containsKey(spec.requestedId())) {
            refuse(DUPLICATE_ID, present);
            return;
        }
        long id = spec.requestedId() == 0 ? freeId() : spec.requestedId();
        boolean synced = spec.startRevision() == 0 || spec.startRevision() > hub.revision();
        long next = spec.startRevision() == 0 ? present + 1 : spec.startRevision();
        Watcher watcher = new Watcher(this, id, spec, next, synced);
        watchers.put(id, watcher);
        hub.register(watcher);
        send(response(id, present).setCreated(true).build());
        if (!synced) {
            behind.add(watcher);
            pump();
        }
    }

    private long freeId() {
        while (watchers.containsKey(nextId)) {
            nextId++;
        }
        return nextId++;
    }

    private void refuse(String reason, long revision) {
        send(response(BROADCAST_ID, revision)
                .setCreated(true)
                .setCanceled(true)
                .setCancelReason(reason)
                .build());
    }

    private void drop(Watcher watcher) {
        watcher.cancelled = true;
        watchers.remove(watcher.id);
        behind.remove(watcher);
        hub.unregister(watcher);
    }

    /** A commit changed something that {@code watcher} wants. */
    void live(Watcher watcher, List<Change> changes) {
        if (!hasRoom()) {
            fallBehind(watcher, changes.getFirst().revision());
            return;
        }
        try {
            deliver(watcher, changes);
        } catch (GoneException e) {
            // History will say which revision the client has lost.
            fallBehind(watcher, changes.getFirst().revision());
        }
    }

    /** From now on history feeds {@code watcher}, beginning with revision {@code from}. */
    void fallBehind(Watcher watcher, long from) {
        watcher.synced = false;
        watcher.next = from;
        behind.add(watcher);
    }

    private void deliver(Watcher watcher, List<Change> changes) {
        if (changes.isEmpty()) {
            return;
        }
        watcher.quiet = false;
        EventResponses.of(watcher, changes, headers).forEach(this::send);
    }

    void beat() {
        for (Watcher watcher : watchers.values()) {
            if (watcher.spec.progress()) {
                if (watcher.quiet && watcher.isCurrentAt(hub.revision())) {
                    sendUnlessFull(response(watcher.id, hub.revision()).build());
                }
                watcher.quiet = true;
            }
        }
    }

    /** Hands the client what it can take, then asks history for the next watcher that is behind. */
    void pump() {
        while (!buffer.isEmpty() && outlet.isReady()) {
            WatchResponse response = buffer.remove();
            bufferedBytes -= response.getSerializedSize();
            outlet.send(response);
        }
        while (hasRoom() && !held.isEmpty()) {
            held.remove().run();
        }
        if (!reading && !closed && !behind.isEmpty() && buffer.isEmpty() && outlet.isReady()) {
            reading = true;
            Watcher watcher = behind.getFirst();
            long from = watcher.next;
            hub.readers().execute(() -> read(watcher, from));
        }
    }

    /** Runs on a reader thread. */
    private void read(Watcher watcher, long from) {
        try {
            Timeline.Page page = hub.timeline().read(watcher.spec.interval(), from);
            if (watcher.spec.previous() && page instanceof Timeline.Page.Changes(List<Change> changes, long _)) {
                changes.forEach(Change::eventWithPrevious);
            }
            hub.execute(() -> caughtUp(watcher, from, page));
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "history could not be read from revision " + from, e);
            end(Status.UNAVAILABLE.withDescription("etcdserver: history could not be read"));
        }
    }

    private void caughtUp(Watcher watcher, long from, Timeline.Page page) {
        reading = false;
        if (!watcher.cancelled) {
            behind.remove(watcher);
            switch (page) {
                case Timeline.Page.Changes(List<Change> changes, long through) -> {
                    List<Change> wanted = new ArrayList<>(changes);
                    wanted.removeIf(change -> !watcher.wants(change));
                    deliver(watcher, wanted);
                    watcher.next = Math.max(from, through + 1);
                    watcher.synced = through >= hub.revision();
                    if (!watcher.synced) {
                        behind.add(watcher);
                    }
                }
                case Timeline.Page.Compacted(long compactRevision) -> {
                    drop(watcher);
                    send(WatchResponse.newBuilder()
                            .setHeader(headers.at(0))
                            .setWatchId(watcher.id)
                            .setCanceled(true)
                            .setCompactRevision(compactRevision)
                            .build());
                }
            }
        }
        pump();
    }

    private WatchResponse.Builder response(long id, long revision) {
        return WatchResponse.newBuilder().setHeader(headers.at(revision)).setWatchId(id);
    }

    private boolean hasRoom() {
        return bufferedBytes < MAX_BUFFERED_BYTES;
    }

    private void sendUnlessFull(WatchResponse response) {
        if (hasRoom()) {
            send(response);
        }
    }

    private void send(WatchResponse response) {
        if (closed) {
            return;
        }
        if (buffer.isEmpty() && outlet.isReady()) {
            outlet.send(response);
        } else {
            buffer.add(response);
            bufferedBytes += response.getSerializedSize();
        }
    }
}
