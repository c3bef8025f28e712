package dev.cairn.kv.model;

import java.util.List;

/** What became of a request: one outcome for each of its operations, or one reason why none was executed. */
public sealed interface RequestOutcome {

    record Executed(List<Outcome> outcomes) implements RequestOutcome {
        public Executed {
            outcomes = List.copyOf(outcomes);
        }
    }

    record Refused(KvError error) implements RequestOutcome {}
}
