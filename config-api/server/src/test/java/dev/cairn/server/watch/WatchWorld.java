package dev.cairn.server.watch;

import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.ResponseHeader;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import dev.cairn.proto.mvccpb.Event;
import dev.cairn.proto.mvccpb.KeyValue;
import dev.cairn.protocol.model.Bytes;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A hub whose threads are queues that a test runs by hand, a timeline in memory, and clients that write all down. */
final class WatchWorld implements Timeline {
    static final int PAGE_REVISIONS = 3;

    final ArrayDeque<Runnable> loop = new ArrayDeque<>();
    final ArrayDeque<Runnable> readers = new ArrayDeque<>();
    final WatchHub hub;
    final List<TestChange> all = new ArrayList<>();
    private final Map<Bytes, KeyValue> live = new HashMap<>();
    private long revision = 1;
    private long compacted;

    WatchWorld(int maxWaitingCommits) {
        hub = new WatchHub(this, loop::add, readers::add, maxWaitingCommits);
    }

    /** A block of revisions, each a map from key to new value or, for a delete, null. */
    void commit(List<Map<Bytes, @Nullable String>> revisions) {
        long before = revision;
        List<TestChange> changes = new ArrayList<>();
        for (Map<Bytes, @Nullable String> one : revisions) {
            revision++;
            new TreeMap<>(one).forEach((key, value) -> {
                KeyValue previous = live.get(key);
                KeyValue.Builder pair = KeyValue.newBuilder()
                        .setKey(ByteString.copyFrom(key.shared()))
                        .setModRevision(revision);
                if (value == null) {
                    live.remove(key);
                } else {
                    live.put(key, pair.setValue(ByteString.copyFromUtf8(value)).build());
                }
                changes.add(new TestChange(key, revision, value == null, pair.build(), previous));
            });
        }
        all.addAll(changes);
        hub.committed(before, revision, () -> List.copyOf(changes));
    }

    void compact(long to) {
        compacted = Math.max(compacted, Math.min(to, revision));
    }

    void settle() {
        while (!loop.isEmpty() || !readers.isEmpty()) {
            (loop.isEmpty() ? readers : loop).remove().run();
        }
    }

    @Override
    public long revision() {
        return revision;
    }

    @Override
    public long compactRevision() {
        return compacted;
    }

    @Override
    public Page read(KeyInterval interval, long from) {
        if (from < compacted) {
            return new Page.Compacted(compacted);
        }
        long through = Math.min(revision, from + PAGE_REVISIONS - 1);
        return new Page.Changes(
                all.stream()
                        .<Change>map(c -> c)
                        .filter(c -> c.revision() >= from && c.revision() <= through && interval.holds(c.key()))
                        .toList(),
                through);
    }

    record TestChange(
            Bytes key,
            long revision,
            boolean isDelete,
            KeyValue pair,
            @Nullable KeyValue previous) implements Change {
        @Override
        public Event event() {
            return Event.newBuilder()
                    .setType(isDelete ? Event.EventType.DELETE : Event.EventType.PUT)
                    .setKv(pair)
                    .build();
        }

        @Override
        public Event eventWithPrevious() {
            Event.Builder event = event().toBuilder();
            return previous == null ? event.build() : event.setPrevKv(previous).build();
        }
    }

    /** A client whose connection can be made slow: it takes {@code credit} messages and then no more. */
    final class Client implements Outlet {
        final List<WatchResponse> received = new ArrayList<>();
        final WatchStream stream;
        int credit = Integer.MAX_VALUE;

        @Nullable
        Status ended;

        Client() {
            stream = hub.open(
                    this, at -> ResponseHeader.newBuilder().setRevision(at).build());
        }

        void create(WatchCreateRequest request) {
            stream.create(request, () -> {});
        }

        void give(int messages) {
            credit = messages;
            stream.ready();
        }

        @Override
        public boolean isReady() {
            return credit > 0;
        }

        @Override
        public void send(WatchResponse response) {
            received.add(response);
            credit--;
        }

        @Override
        public void close(Status status) {
            ended = status;
        }
    }
}
