package dev.cairn.chaos.history;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What became of a call, as its client knows it. */
public sealed interface Outcome {
    /** No answer, or one that leaves it open: it may have happened, or happen at any later time, or never. */
    record Unknown() implements Outcome {}

    /**
     * Executed, by the server's word.
     *
     * @param returnedNanos on the same clock as the call's beginning
     * @param revision the store's, from the answer's header
     */
    record Answered(long returnedNanos, long revision, Answer answer) implements Outcome {}

    sealed interface Answer {}

    record PutDone(Optional<Entry> previous) implements Answer {}

    /** Without a previous entry there was nothing to delete. */
    record DeleteDone(Optional<Entry> previous) implements Answer {}

    record Found(SortedMap<String, Entry> entries) implements Answer {
        public Found {
            entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
        }
    }

    record TxnDone(boolean succeeded) implements Answer {}
}
