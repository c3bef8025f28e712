package dev.cairn.chaos.history;

import java.util.List;

/**
 * Everything that all clients of a store saw, from its first revision on; nobody else wrote to it.
 *
 * @param serializable reads that may be as old as the store, but are true of the revision they name
 */
public record History(List<Call> calls, List<Call> serializable, List<WatchStream> watches) {
    public History {
        calls = List.copyOf(calls);
        serializable = List.copyOf(serializable);
        watches = List.copyOf(watches);
    }

    public History(List<Call> calls, List<WatchStream> watches) {
        this(calls, List.of(), watches);
    }

    /**
     * Judges by values and real time alone, then by everything that revisions claim.
     *
     * @throws HistoryViolation if no correct store can have answered so
     */
    public void check() throws HistoryViolation {
        Linearizability.check(calls);
        RevisionOrder.check(this);
    }
}
