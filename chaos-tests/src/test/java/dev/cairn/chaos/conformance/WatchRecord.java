package dev.cairn.chaos.conformance;

import dev.cairn.proto.etcdserverpb.WatchResponse;
import dev.cairn.proto.mvccpb.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a stream of watches amounts to, whatever way the server cut it into responses: the answers to requests in order,
 * and each watch's events in order.
 */
record WatchRecord(List<WatchResponse> answers, Map<Long, List<Event>> events) {
    WatchRecord {
        answers = List.copyOf(answers);
        events = Map.copyOf(events);
    }

    /** Throws what is wrong with the stream by itself. */
    static WatchRecord of(List<WatchResponse> responses) {
        List<WatchResponse> answers = new ArrayList<>();
        Map<Long, List<Event>> events = new TreeMap<>();
        Set<Long> compacted = new HashSet<>();
        Map<Long, Long> told = new HashMap<>();
        Long open = null;
        for (WatchResponse response : responses) {
            long id = response.getWatchId();
            require(open == null || open == id, "another response between fragments", response);
            open = response.getFragment() ? (Long) id : null;
            boolean isLate = response.getCanceled() && !response.getCreated() && compacted.contains(id);
            if (response.getCompactRevision() != 0) {
                compacted.add(id);
            } else if (response.getCreated()) {
                compacted.remove(id);
                told.put(id, 0L);
            }
            if (isLate) {
                // That a watch is cancelled which compaction has ended, etcd answers.
                continue;
            }
            if (response.getCreated() || response.getCanceled()) {
                answers.add((WatchResponse) Likeness.of(response));
            } else if (response.getEventsCount() == 0) {
                told.replaceAll(
                        (watch, before) -> Math.max(before, response.getHeader().getRevision()));
            }
            if (response.getEventsCount() > 0) {
                List<Event> earlier = events.computeIfAbsent(id, unseen -> new ArrayList<>());
                long last = earlier.isEmpty() ? 0 : earlier.getLast().getKv().getModRevision();
                long first = response.getEvents(0).getKv().getModRevision();
                boolean continued = response.getFragment() || first > last || isFragmented(responses, response);
                require(continued, "a revision is split", response);
                require(first > told.getOrDefault(id, Long.MAX_VALUE), "progress was overstated: " + told, response);
                long newest = response.getEvents(response.getEventsCount() - 1)
                        .getKv()
                        .getModRevision();
                require(response.getHeader().getRevision() >= newest, "the header is older than an event", response);
                earlier.addAll(response.getEventsList());
            }
        }
        return new WatchRecord(answers, events);
    }

    private static boolean isFragmented(List<WatchResponse> responses, WatchResponse response) {
        int at = responses.indexOf(response);
        return at > 0 && responses.get(at - 1).getFragment();
    }

    private static void require(boolean holds, String otherwise, WatchResponse response) {
        if (!holds) {
            throw new AssertionError(otherwise + ": " + Texts.of(response));
        }
    }

    /** The first difference, in words; empty if there is none. */
    String differenceFrom(WatchRecord other) {
        if (!answers.equals(other.answers)) {
            return "answers " + texts(answers) + " and " + texts(other.answers);
        }
        for (Map.Entry<Long, List<Event>> each : events.entrySet()) {
            List<Event> others = other.events.getOrDefault(each.getKey(), List.of());
            if (!each.getValue().equals(others)) {
                return "watch " + each.getKey() + ": events " + texts(each.getValue()) + " and " + texts(others);
            }
        }
        return events.keySet().equals(other.events.keySet())
                ? ""
                : "watches with events: " + events.keySet() + " and " + other.events.keySet();
    }

    private static String texts(List<? extends com.google.protobuf.Message> messages) {
        return messages.stream().map(Texts::of).toList().toString();
    }
}
