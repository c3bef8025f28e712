package dev.cairn.protocol;

import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Request;
import java.util.List;

/** What the state machine sees of a block: all that may decide an outcome, and nothing else. */
public record Proposal(Height height, long timeNanos, List<Request> requests) {
    public Proposal {
        requests = List.copyOf(requests);
    }
}
