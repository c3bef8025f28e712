package dev.cairn.agent.etcd;

import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.proto.mvccpb.Event;
import dev.cairn.proto.mvccpb.KeyValue;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.etcd.Pairs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Proven changes as etcd's events. */
final class WatchMessages {
    /** A message is closed at the next revision once it has this much. */
    private static final int ENOUGH_BYTES = 512 << 10;

    private WatchMessages() {}

    /** The events of one message, all of the revisions up to and with this one. */
    record Part(List<Event> events, long revision) {
        Part {
            events = List.copyOf(events);
        }
    }

    /**
     * Cuts changes into messages between revisions, never within one.
     *
     * @param previous the value that a change replaced, where it is wanted and still there
     */
    static List<Part> parts(List<KeyEvent> changes, Function<KeyEvent, Optional<KeyValue>> previous) {
        List<Part> parts = new ArrayList<>();
        List<Event> events = new ArrayList<>();
        long bytes = 0;
        long revision = 0;
        for (KeyEvent change : changes) {
            long next = change.change().modRevision();
            if (next != revision && bytes >= ENOUGH_BYTES) {
                parts.add(new Part(events, revision));
                events = new ArrayList<>();
                bytes = 0;
            }
            revision = next;
            Event event = event(change, previous.apply(change));
            events.add(event);
            bytes += event.getSerializedSize();
        }
        if (!events.isEmpty()) {
            parts.add(new Part(events, revision));
        }
        return parts;
    }

    private static Event event(KeyEvent change, Optional<KeyValue> previous) {
        KeyVersion version = change.change();
        Event.Builder event = Event.newBuilder();
        if (change.isPut()) {
            event.setKv(
                    Pairs.of(version, version.key(), version.value().resident().orElseThrow()));
        } else {
            event.setType(Event.EventType.DELETE)
                    .setKv(KeyValue.newBuilder()
                            .setKey(Pairs.string(version.key()))
                            .setModRevision(version.modRevision()));
        }
        previous.ifPresent(event::setPrevKv);
        return event.build();
    }

    static KeyValue pair(KeyVersion version, Bytes value) {
        return Pairs.of(version, version.key(), value);
    }
}
