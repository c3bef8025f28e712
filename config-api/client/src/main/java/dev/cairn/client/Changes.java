package dev.cairn.client;

import dev.cairn.kv.model.KeyEvent;
import java.util.List;

/**
 * All changes of the watched span in a row of revisions: none of them is missing. Often there are none, which is proven as
 * well.
 *
 * @param events in order; each change with its value
 * @param after the revision after which they are
 * @param through the revision up to which, inclusive; the next changes go on from it
 */
public record Changes(List<KeyEvent> events, long after, long through, TrustedHead head) {
    public Changes {
        events = List.copyOf(events);
    }
}
