package dev.cairn.server.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import dev.cairn.proto.mvccpb.Event;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Whatever clients, commits, compactions and threads do, each watch tells exactly what it was asked to, in order. */
class WatchHubProperties {
    private static final String[] KEYS = {"a", "a/1", "a/2", "a/2/x", "b", "b/1", "c", "z"};

    /** What a test remembers of a watch it asked for. */
    private record Asked(WatchWorld.Client client, WatchCreateRequest request) {}

    @Property(tries = 400)
    void everyWatcherGetsItsEventsOnceAndInOrder(@ForAll Random random) {
        WatchWorld world = new WatchWorld(1 + random.nextInt(6));
        List<WatchWorld.Client> clients = new ArrayList<>();
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(world.new Client());
        }
        long nextId = 1;
        for (int step = 0; step < 150; step++) {
            WatchWorld.Client client = clients.get(random.nextInt(clients.size()));
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> world.commit(randomBlock(random));
                case 3 -> {
                    WatchCreateRequest request = randomWatch(random, world, nextId++);
                    asked.add(new Asked(client, request));
                    client.create(request);
                }
                case 4 -> client.stream.cancel(1 + random.nextInt((int) nextId), () -> {});
                case 5 -> client.stream.requestProgress(() -> {});
                case 6 -> client.give(random.nextInt(3));
                case 7 -> world.hub.beat();
                case 8 -> {
                    if (random.nextInt(6) == 0) {
                        world.compact(world.revision() - random.nextInt(8));
                    }
                }
                case 9 -> run(world.readers, 1);
                default -> run(world.loop, 1 + random.nextInt(4));
            }
        }
        world.settle();
        clients.forEach(client -> client.give(Integer.MAX_VALUE));
        world.settle();
        asked.forEach(watch -> check(world, watch));
        clients.forEach(WatchHubProperties::checkProgress);
    }

    private static void run(java.util.ArrayDeque<Runnable> queue, int tasks) {
        for (int i = 0; i < tasks && !queue.isEmpty(); i++) {
            queue.remove().run();
        }
    }

    private static List<Map<Bytes, @Nullable String>> randomBlock(Random random) {
        List<Map<Bytes, @Nullable String>> revisions = new ArrayList<>();
        for (int r = 1 + random.nextInt(3); r > 0; r--) {
            Map<Bytes, @Nullable String> revision = new HashMap<>();
            for (int c = 1 + random.nextInt(3); c > 0; c--) {
                // Now and then a value that fills a client's buffer at once.
                String value =
                        random.nextInt(20) == 0 ? "x".repeat(WatchStream.MAX_BUFFERED_BYTES) : "v" + random.nextInt();
                revision.put(key(random), random.nextInt(4) == 0 ? null : value);
            }
            revisions.add(revision);
        }
        return revisions;
    }

    private static Bytes key(Random random) {
        return Bytes.utf8(KEYS[random.nextInt(KEYS.length)]);
    }

    private static WatchCreateRequest randomWatch(Random random, WatchWorld world, long id) {
        WatchCreateRequest.Builder request = WatchCreateRequest.newBuilder()
                .setWatchId(id)
                .setKey(ByteString.copyFrom(key(random).shared()))
                .setPrevKv(random.nextBoolean())
                .setProgressNotify(random.nextBoolean())
                .setFragment(random.nextBoolean())
                .setStartRevision(random.nextInt(3) == 0 ? 0 : 1 + random.nextInt((int) world.revision() + 5));
        switch (random.nextInt(4)) {
            case 0 -> request.setRangeEnd(ByteString.copyFrom(new byte[] {0}));
            case 1 -> request.setRangeEnd(ByteString.copyFromUtf8("b"));
            case 2 -> request.setRangeEnd(ByteString.copyFrom(key(random).shared()));
            default -> {
                // One key.
            }
        }
        if (random.nextInt(4) == 0) {
            request.addFilters(WatchCreateRequest.FilterType.NOPUT);
        } else if (random.nextInt(4) == 0) {
            request.addFilters(WatchCreateRequest.FilterType.NODELETE);
        }
        return request.build();
    }

    private static void check(WatchWorld world, Asked watch) {
        WatchSpec spec = WatchSpecs.of(watch.request());
        List<WatchResponse> mine = watch.client().received.stream()
                .filter(r -> r.getWatchId() == spec.requestedId())
                .toList();
        if (spec.interval().isEmpty()) {
            assertTrue(mine.isEmpty());
            return;
        }
        WatchResponse created = mine.getFirst();
        assertTrue(created.getCreated() && !created.getCanceled());
        WatchResponse last = mine.getLast();
        List<Event> got = new ArrayList<>();
        mine.forEach(r -> got.addAll(r.getEventsList()));
        long from = spec.startRevision() == 0 ? created.getHeader().getRevision() + 1 : spec.startRevision();
        List<Event> expected = world.all.stream()
                .filter(c -> c.revision() >= from && spec.interval().holds(c.key()))
                .filter(c -> c.isDelete() ? spec.deletes() : spec.puts())
                .map(c -> spec.previous() ? c.eventWithPrevious() : c.event())
                .toList();
        if (last.getCanceled()) {
            assertEquals(expected.subList(0, got.size()), got);
            assertEquals(1, mine.stream().filter(WatchResponse::getCanceled).count());
        } else {
            assertEquals(expected, got);
        }
        if (last.getCompactRevision() != 0) {
            assertTrue(from < last.getCompactRevision());
            assertEquals(0, last.getHeader().getRevision());
        }
        checkFrames(mine, spec);
    }

    /** No revision is split between messages, but by fragments; no header promises less than its events. */
    private static void checkFrames(List<WatchResponse> responses, WatchSpec spec) {
        long done = 0;
        boolean open = false;
        for (WatchResponse response : responses) {
            if (response.getEventsCount() > 0) {
                long first = response.getEvents(0).getKv().getModRevision();
                assertTrue(open ? first >= done : first > done);
                done = response.getEvents(response.getEventsCount() - 1).getKv().getModRevision();
                assertTrue(response.getHeader().getRevision() >= done);
            }
            open = response.getFragment();
            assertTrue(!open || spec.fragment());
        }
    }

    /** A progress message for revision R comes after every event up to R. */
    private static void checkProgress(WatchWorld.Client client) {
        for (int at = 0; at < client.received.size(); at++) {
            WatchResponse progress = client.received.get(at);
            boolean isProgress = progress.getEventsCount() == 0 && !progress.getCreated() && !progress.getCanceled();
            if (!isProgress) {
                continue;
            }
            long promised = progress.getHeader().getRevision();
            List<WatchResponse> later = client.received.subList(at, client.received.size());
            for (WatchResponse response : later) {
                boolean covered = progress.getWatchId() == -1
                        ? client.received.subList(0, at).stream()
                                .anyMatch(r -> r.getCreated() && r.getWatchId() == response.getWatchId())
                        : progress.getWatchId() == response.getWatchId();
                assertTrue(!covered
                        || response.getEventsList().stream()
                                .allMatch(e -> e.getKv().getModRevision() > promised));
            }
        }
    }
}
