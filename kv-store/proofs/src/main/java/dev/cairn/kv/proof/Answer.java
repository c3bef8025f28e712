package dev.cairn.kv.proof;

import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.RequestOutcome;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What a proof has shown to be true of the state, or the block, of a header. */
public sealed interface Answer {

    /** The version that lived, with its value; nothing if the key did not exist. */
    record Found(Optional<KeyVersion> version) implements Answer {}

    /**
     * Keys that lived.
     *
     * @param versions in key order; with values unless only keys were asked for
     * @param more whether the limit cut off further keys
     * @param count of all keys that live in the span; known at the header's revision only
     */
    record Page(List<KeyVersion> versions, boolean more, OptionalLong count) implements Answer {
        public Page {
            versions = List.copyOf(versions);
        }
    }

    /** How many keys of the span live. */
    record Count(long keys) implements Answer {}

    /**
     * All changes of a span.
     *
     * @param events in order of revision and sub; each change with its value, what it replaced with its value if that was
     *     asked for or was itself a change of the span
     * @param through the revision up to which this is all
     */
    record Changes(List<KeyEvent> events, long through) implements Answer {
        public Changes {
            events = List.copyOf(events);
        }
    }

    /** What became of the request. */
    record Receipt(RequestOutcome outcome) implements Answer {}
}
