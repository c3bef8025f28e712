package dev.cairn.server.watch;

import dev.cairn.proto.etcdserverpb.WatchResponse;
import dev.cairn.proto.mvccpb.Event;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a watcher's changes into messages: a revision is never split, unless the client allows fragments; then parts of
 * one revision follow each other immediately, all but the last marked.
 */
final class EventResponses {
    /** A message is closed at the next revision once it has this much. */
    static final int ENOUGH_BYTES = 512 << 10;
    /** Beyond this a fragment ends. */
    static final int FRAGMENT_BYTES = 2 << 20;

    private EventResponses() {}

    static List<WatchResponse> of(Watcher watcher, List<Change> changes, WatchHeaders headers) {
        List<WatchResponse> responses = new ArrayList<>(1);
        List<Event> events = new ArrayList<>(changes.size());
        long bytes = 0;
        long revision = changes.getFirst().revision();
        for (Change change : changes) {
            if (change.revision() != revision && bytes >= ENOUGH_BYTES) {
                close(watcher, events, bytes, headers, revision, responses);
                events = new ArrayList<>();
                bytes = 0;
            }
            revision = change.revision();
            Event event = watcher.spec.previous() ? change.eventWithPrevious() : change.event();
            events.add(event);
            bytes += event.getSerializedSize();
        }
        close(watcher, events, bytes, headers, revision, responses);
        return responses;
    }

    private static void close(
            Watcher watcher,
            List<Event> events,
            long bytes,
            WatchHeaders headers,
            long revision,
            List<WatchResponse> responses) {
        WatchResponse.Builder frame =
                WatchResponse.newBuilder().setHeader(headers.at(revision)).setWatchId(watcher.id);
        if (!watcher.spec.fragment() || bytes < FRAGMENT_BYTES) {
            responses.add(frame.addAllEvents(events).build());
            return;
        }
        int from = 0;
        long size = 0;
        for (int i = 0; i < events.size(); i++) {
            int next = events.get(i).getSerializedSize();
            if (i > from && size + next > FRAGMENT_BYTES) {
                responses.add(frame.clone()
                        .setFragment(true)
                        .addAllEvents(events.subList(from, i))
                        .build());
                from = i;
                size = 0;
            }
            size += next;
        }
        responses.add(frame.addAllEvents(events.subList(from, events.size())).build());
    }
}
