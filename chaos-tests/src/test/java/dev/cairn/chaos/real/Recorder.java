package dev.cairn.chaos.real;

import dev.cairn.chaos.history.Call;
import dev.cairn.chaos.history.Operation;
import dev.cairn.chaos.history.Outcome;
import dev.cairn.chaos.history.WatchStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Where all clients of a run write down what they did and saw. */
final class Recorder {
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Queue<WatchStream> watches = new ConcurrentLinkedQueue<>();
    private final AtomicInteger ids = new AtomicInteger();

    /** A number for the next call, which makes its value unlike all others. */
    int nextId() {
        return ids.getAndIncrement();
    }

    void called(int id, long invokedNanos, Operation operation, Outcome outcome) {
        calls.add(new Call(id, invokedNanos, operation, outcome));
    }

    void watched(WatchStream stream) {
        watches.add(stream);
    }

    List<Call> calls() {
        return List.copyOf(calls);
    }

    List<WatchStream> watches() {
        return new ArrayList<>(watches);
    }
}
