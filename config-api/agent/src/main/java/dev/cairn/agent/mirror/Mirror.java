package dev.cairn.agent.mirror;

import dev.cairn.client.Changes;
import dev.cairn.client.TrustedHead;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.protocol.model.Bytes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A copy of the keys of one prefix. All that is in it was proven before it came here, and it is always as of one revision.
 *
 * <p>How old it may be is known without anybody's clock: a head that was proven to be the newest at some time, and that has
 * no revision which is not in the copy, makes the copy current as of that time. Thread-safe.
 */
final class Mirror {
    /** What a record takes beside its key and value. */
    private static final long RECORD_BYTES = 160;

    /** Heads that the copy has yet to reach; more are not remembered. */
    private static final int MAX_PENDING = 16;

    private record Newest(long revision, long askedNanos) {}

    private record Held(NavigableMap<Bytes, KeyValue> records, TrustedHead head, long revision, long bytes) {}

    private final Bytes prefix;
    private final KeySpan span;
    private final LongSupplier nanoClock;
    private final ArrayDeque<Newest> pending = new ArrayDeque<>();
    private @Nullable Held held;

    /** Meaningful while something is held. */
    private long currentAtNanos;

    Mirror(Bytes prefix, LongSupplier nanoClock) {
        this.prefix = prefix;
        this.span = KeySpan.prefix(prefix);
        this.nanoClock = nanoClock;
    }

    Bytes prefix() {
        return prefix;
    }

    KeySpan span() {
        return span;
    }

    boolean covers(KeySpan asked) {
        return asked.from().startsWith(prefix)
                && (span.until().isEmpty()
                        || asked.until()
                                .filter(end -> end.compareTo(span.until().get()) <= 0)
                                .isPresent());
    }

    /**
     * Begins anew with what a linearizable list has shown.
     *
     * @param askedNanos when it was asked for
     */
    synchronized void load(List<KeyValue> records, TrustedHead head, long revision, long askedNanos) {
        NavigableMap<Bytes, KeyValue> all = new TreeMap<>();
        long bytes = 0;
        for (KeyValue record : records) {
            all.put(record.key(), record);
            bytes += bytesOf(record);
        }
        held = new Held(all, head, revision, bytes);
        currentAtNanos = askedNanos;
        pending.clear();
    }

    /** Takes in what follows on the revision that is held. */
    synchronized void apply(Changes changes) {
        Held before = held;
        if (before == null || changes.after() > before.revision()) {
            throw new IllegalStateException("changes after revision " + changes.after() + " leave a gap");
        }
        long bytes = before.bytes();
        for (KeyEvent event : changes.events()) {
            KeyVersion version = event.change();
            KeyValue old = event.isPut()
                    ? before.records().put(version.key(), record(version))
                    : before.records().remove(version.key());
            bytes += (event.isPut() ? bytesOf(record(version)) : 0) - (old == null ? 0 : bytesOf(old));
        }
        held = new Held(before.records(), changes.head(), changes.through(), bytes);
        for (Newest next = pending.peek();
                next != null && next.revision() <= changes.through();
                next = pending.peek()) {
            currentAtNanos = pending.remove().askedNanos();
        }
    }

    private static KeyValue record(KeyVersion version) {
        return new KeyValue(
                version.key(),
                version.createRevision(),
                version.modRevision(),
                version.version(),
                version.lease(),
                version.value().resident().orElseThrow());
    }

    private static long bytesOf(KeyValue record) {
        return RECORD_BYTES + record.key().size() + record.value().size();
    }

    /** A head of this revision was proven to be the newest at some time after {@code askedNanos}. */
    synchronized void newest(long revision, long askedNanos) {
        Held now = held;
        if (now == null) {
            return;
        }
        if (revision <= now.revision()) {
            currentAtNanos = askedNanos;
        } else if (pending.size() < MAX_PENDING) {
            pending.add(new Newest(revision, askedNanos));
        }
    }

    /** Holds nothing from now on. */
    synchronized void drop() {
        held = null;
        pending.clear();
    }

    synchronized Optional<Copy<Optional<KeyValue>>> get(Bytes key) {
        Held now = held;
        return now == null
                ? Optional.empty()
                : Optional.of(copy(now, Optional.ofNullable(now.records().get(key))));
    }

    /** The keys of a span that it {@link #covers}, in order. */
    synchronized Optional<Copy<List<KeyValue>>> list(KeySpan asked) {
        Held now = held;
        if (now == null) {
            return Optional.empty();
        }
        SortedMap<Bytes, KeyValue> part = now.records().tailMap(asked.from(), true);
        if (asked.until().isPresent()) {
            part = part.headMap(asked.until().get());
        }
        return Optional.of(copy(now, new ArrayList<>(part.values())));
    }

    private <T> Copy<T> copy(Held now, T value) {
        return new Copy<>(value, now.head(), now.revision(), age());
    }

    private Duration age() {
        return Duration.ofNanos(Math.max(0, nanoClock.getAsLong() - currentAtNanos));
    }

    synchronized long bytes() {
        return held == null ? 0 : held.bytes();
    }

    synchronized int keys() {
        return held == null ? 0 : held.records().size();
    }

    /** As of which revision it is; nothing if nothing is held. */
    synchronized Optional<Copy<Integer>> standing() {
        return Optional.ofNullable(held).map(now -> copy(now, now.records().size()));
    }
}
