package dev.cairn.server.watch;

import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Gives every watcher every change of its keys, once and in order. Commits are handed in by the replica's event loop
 * and spread on the hub's own thread; a watcher that cannot keep up stops being fed, loses nothing, and is brought back
 * from history by a reader thread. So neither a slow client nor a slow disk holds up a commit.
 *
 * <p>All state but the few marked fields belongs to {@code loop}, which runs one task at a time, in order.
 */
public final class WatchHub {
    /** Commits that may wait for the hub's thread; beyond, it skips to the present and history fills the gap. */
    public static final int MAX_WAITING_COMMITS = 1024;

    private final Timeline timeline;
    private final Executor loop;
    private final Executor readers;
    private final int maxWaitingCommits;
    private final Map<Bytes, Set<Watcher>> byKey = new HashMap<>();
    private final IntervalIndex<Watcher> byInterval = new IntervalIndex<>();
    private final Set<Watcher> watchers = new LinkedHashSet<>();
    private final Set<WatchStream> streams = new LinkedHashSet<>();

    /** Everything up to here has been spread. */
    private long revision;

    /** Shared: whether anybody watches. */
    private volatile boolean active;
    /** Shared: a commit was not taken in. */
    private volatile boolean skipped;
    /** Shared. */
    private final AtomicInteger waitingCommits = new AtomicInteger();

    /**
     * @param loop the hub's thread
     * @param readers where history is read
     * @param maxWaitingCommits usually {@link #MAX_WAITING_COMMITS}
     */
    public WatchHub(Timeline timeline, Executor loop, Executor readers, int maxWaitingCommits) {
        this.timeline = timeline;
        this.loop = loop;
        this.readers = readers;
        this.maxWaitingCommits = maxWaitingCommits;
    }

    /** Opens a stream; its calls come back through {@code outlet} on the hub's thread. */
    public WatchStream open(Outlet outlet, WatchHeaders headers) {
        WatchStream stream = new WatchStream(this, outlet, headers);
        loop.execute(() -> streams.add(stream));
        return stream;
    }

    /**
     * Takes in a committed block's changes, in order of height. Called by one thread; never blocks. What makes the
     * changes runs on the hub's thread, and only if somebody watches.
     *
     * @param before the revision before the block
     * @param after the revision after it
     */
    public void committed(long before, long after, Supplier<List<Change>> changes) {
        if (!active || after == before) {
            return;
        }
        if (waitingCommits.get() >= maxWaitingCommits) {
            skipped = true;
            return;
        }
        waitingCommits.incrementAndGet();
        loop.execute(() -> {
            waitingCommits.decrementAndGet();
            spread(before, after, changes);
            if (skipped) {
                skipped = false;
                skipTo(timeline.revision());
            }
        });
    }

    /** Beats the progress drum: synced watchers that asked for it and had no events since the last beat are told. */
    public void beat() {
        loop.execute(() -> streams.forEach(WatchStream::beat));
    }

    /** Runs {@code task} on the hub's thread. */
    void execute(Runnable task) {
        loop.execute(task);
    }

    private void spread(long before, long after, Supplier<List<Change>> changes) {
        if (after <= revision) {
            return;
        }
        if (before > revision) {
            skipTo(after);
            return;
        }
        Map<Watcher, List<Change>> touched = new LinkedHashMap<>();
        for (Change change : changes.get()) {
            Set<Watcher> exact = byKey.get(change.key());
            if (exact != null) {
                exact.forEach(watcher -> collect(watcher, change, touched));
            }
            byInterval.forEachHolding(change.key(), watcher -> collect(watcher, change, touched));
        }
        revision = after;
        touched.forEach((watcher, wanted) -> watcher.stream.live(watcher, wanted));
    }

    private static void collect(Watcher watcher, Change change, Map<Watcher, List<Change>> touched) {
        if (watcher.synced && watcher.wants(change)) {
            touched.computeIfAbsent(watcher, w -> new ArrayList<>()).add(change);
        }
    }

    /** Leaves out what lies between: every synced watcher reads it from history. */
    private void skipTo(long present) {
        if (present <= revision) {
            return;
        }
        for (Watcher watcher : watchers) {
            if (watcher.synced && watcher.next <= present) {
                watcher.stream.fallBehind(watcher, Math.max(watcher.next, revision + 1));
            }
        }
        revision = present;
        streams.forEach(WatchStream::pump);
    }

    /** The revision up to which synced watchers have been served. */
    long revision() {
        return revision;
    }

    Timeline timeline() {
        return timeline;
    }

    Executor readers() {
        return readers;
    }

    /** Called before a watcher is made, so that no commit after the revision it then sees is missed. */
    void wake() {
        if (!active) {
            active = true;
            revision = Math.max(revision, timeline.revision());
        }
    }

    void register(Watcher watcher) {
        watchers.add(watcher);
        KeyInterval interval = watcher.spec.interval();
        if (interval.isSingle()) {
            byKey.computeIfAbsent(interval.begin(), key -> new LinkedHashSet<>())
                    .add(watcher);
        } else {
            byInterval.add(interval, watcher);
        }
    }

    void unregister(Watcher watcher) {
        watchers.remove(watcher);
        KeyInterval interval = watcher.spec.interval();
        if (interval.isSingle()) {
            Set<Watcher> same = byKey.get(interval.begin());
            if (same != null && same.remove(watcher) && same.isEmpty()) {
                byKey.remove(interval.begin());
            }
        } else {
            byInterval.remove(interval, watcher);
        }
        active = !watchers.isEmpty();
    }

    void closed(WatchStream stream) {
        streams.remove(stream);
    }
}
