package dev.cairn.agent.etcd;

import dev.cairn.agent.Following;
import dev.cairn.agent.Refusals;
import dev.cairn.client.CairnClient;
import dev.cairn.client.Changes;
import dev.cairn.client.Freshness;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest.FilterType;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import dev.cairn.proto.mvccpb.KeyValue;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.etcd.Headers;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** The watches of one stream. Requests come one after the other; each watch tells its changes from a thread of its own. */
final class WatchStream {
    private static final long BROADCAST_ID = -1;
    private static final Bytes LOWEST = Bytes.wrap(new byte[] {0});
    private static final long PROGRESS_NANOS = Duration.ofMinutes(10).toNanos();
    private static final String EMPTY_RANGE = "mvcc: watcher range is empty";
    private static final String DUPLICATE_ID = "mvcc: duplicate watch ID provided on the WatchStream";

    /** As etcd's server, in the words of its library. */
    private static final String DENIED = "rpc error: code = PermissionDenied desc = etcdserver: permission denied";

    private static final String TOO_MANY = "the agent carries " + VerifiedWatches.MAX_WATCHES + " watches and no more";

    private final CairnClient client;
    private final Headers headers;
    private final Refusals refusals;
    private final Semaphore room;
    private final Outlet outlet;
    private final Map<Long, Watcher> watchers = new ConcurrentHashMap<>();
    private long nextId;
    private volatile boolean closed;

    WatchStream(CairnClient client, Headers headers, Refusals refusals, Semaphore room, Outlet outlet) {
        this.client = client;
        this.headers = headers;
        this.refusals = refusals;
        this.room = room;
        this.outlet = outlet;
    }

    /** Begins with what a quorum says is newest, so that all that was acknowledged before is no change. */
    void create(WatchCreateRequest request) {
        try {
            long newest =
                    refusals.noting(client.head(Freshness.LINEARIZABLE)).head().revision();
            Optional<String> refusal = refusal(request);
            if (refusal.isPresent()) {
                outlet.send(frame(BROADCAST_ID, newest)
                        .setCreated(true)
                        .setCanceled(true)
                        .setCancelReason(refusal.get())
                        .build());
                return;
            }
            Watcher watcher = new Watcher(request.getWatchId() == 0 ? freeId() : request.getWatchId(), request, newest);
            watchers.put(watcher.id, watcher);
            try {
                outlet.send(frame(watcher.id, newest).setCreated(true).build());
            } finally {
                watcher.thread.start(); // which gives its place back in the end
            }
            if (closed) {
                watcher.thread.interrupt();
            }
        } catch (NotVerifiedException e) {
            refusals.saw(e.attempts());
            fail(Unanswered.status(e));
        } catch (InterruptedException e) {
            close();
        }
    }

    private Optional<String> refusal(WatchCreateRequest request) {
        if (span(request).isEmpty()) {
            return Optional.of(EMPTY_RANGE);
        }
        if (request.getStartRevision() < 0) {
            return Optional.of("etcdserver: mvcc: required revision has been compacted");
        }
        if (request.getWatchId() != 0 && watchers.containsKey(request.getWatchId())) {
            return Optional.of(DUPLICATE_ID);
        }
        return room.tryAcquire() ? Optional.empty() : Optional.of(TOO_MANY);
    }

    private static KeySpan span(WatchCreateRequest request) {
        Bytes key = Bytes.wrap(request.getKey().toByteArray());
        return KeySpan.of(
                key.isEmpty() ? LOWEST : key, Bytes.wrap(request.getRangeEnd().toByteArray()));
    }

    private long freeId() {
        while (watchers.containsKey(nextId)) {
            nextId++;
        }
        return nextId++;
    }

    void cancel(long id) {
        Watcher watcher = watchers.remove(id);
        if (watcher == null) {
            return;
        }
        watcher.thread.interrupt();
        try {
            watcher.thread.join(); // what it was telling comes before
            outlet.send(frame(id, watcher.through).setCanceled(true).build());
        } catch (InterruptedException e) {
            close();
        }
    }

    /** Answers with the revision up to which every watch has told everything, if there is one. */
    void tellProgress() {
        try {
            if (!watchers.isEmpty()) {
                long through = watchers.values().stream()
                        .mapToLong(watcher -> watcher.through)
                        .min()
                        .orElseThrow();
                outlet.send(frame(BROADCAST_ID, through).build());
            }
        } catch (InterruptedException e) {
            close();
        }
    }

    private WatchResponse.Builder frame(long id, long revision) {
        return WatchResponse.newBuilder().setHeader(headers.at(revision)).setWatchId(id);
    }

    private void fail(Status status) {
        close();
        outlet.end(status);
    }

    /** The client is gone. */
    void close() {
        closed = true;
        watchers.values().forEach(watcher -> watcher.thread.interrupt());
    }

    /** Ends a watch of keys that the agent's user may not read. */
    private static final class DeniedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final class Watcher implements Following.Sink {
        private final long id;
        private final KeySpan span;
        private final long start;
        private final long after;
        private final boolean puts;
        private final boolean deletes;
        private final boolean previous;
        private final boolean progress;
        private final Thread thread = Thread.ofVirtual().name("etcd-watch").unstarted(this::run);

        /** Up to this revision everything was sent. */
        private volatile long through;

        private long toldNanos = System.nanoTime();

        Watcher(long id, WatchCreateRequest request, long newest) {
            this.id = id;
            this.span = span(request);
            this.start = request.getStartRevision();
            this.puts = !request.getFiltersList().contains(FilterType.NOPUT);
            this.deletes = !request.getFiltersList().contains(FilterType.NODELETE);
            this.previous = request.getPrevKv();
            this.progress = request.getProgressNotify();
            // Revision 1 is the empty store's. A watch that begins in the future waits for it at the present.
            this.after = start == 0 || start > newest ? newest : Math.max(1, start - 1);
            this.through = after;
        }

        private void run() {
            try {
                long compacted = Following.run(client, span, after, this);
                watchers.remove(id);
                outlet.send(frame(id, 0)
                        .setCanceled(true)
                        .setCompactRevision(compacted)
                        .build());
            } catch (DeniedException _) {
                endDenied();
            } catch (RefusedCallException e) {
                if (!Thread.currentThread().isInterrupted()) {
                    fail(e.status());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // cancelled, or the client has gone
            } finally {
                room.release();
            }
        }

        private void endDenied() {
            try {
                watchers.remove(id);
                outlet.send(frame(id, through)
                        .setCanceled(true)
                        .setCancelReason(DENIED)
                        .build());
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // as below
            }
        }

        @Override
        public void changes(Changes changes) throws InterruptedException {
            List<KeyEvent> wanted = changes.events().stream()
                    .filter(event -> event.change().modRevision() >= start && (event.isPut() ? puts : deletes))
                    .toList();
            for (WatchMessages.Part part : WatchMessages.parts(wanted, this::replaced)) {
                outlet.send(
                        frame(id, part.revision()).addAllEvents(part.events()).build());
                toldNanos = System.nanoTime();
            }
            through = changes.through();
            if (progress && System.nanoTime() - toldNanos > PROGRESS_NANOS) {
                outlet.send(frame(id, through).build());
                toldNanos = System.nanoTime();
            }
        }

        @Override
        public void unverified(NotVerifiedException why) {
            refusals.saw(why.attempts());
            if (Unanswered.isDenied(why)) {
                throw new DeniedException();
            }
        }

        private Optional<KeyValue> replaced(KeyEvent event) {
            if (!previous || event.previous().isEmpty()) {
                return Optional.empty();
            }
            Values before = new Values(client, event.change().modRevision() - 1);
            return event.previous()
                    .flatMap(version -> before.of(version).map(value -> WatchMessages.pair(version, value)));
        }
    }
}
