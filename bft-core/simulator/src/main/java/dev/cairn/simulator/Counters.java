package dev.cairn.simulator;

import java.util.Map;
import java.util.TreeMap;

/** How often each mechanism, fault and strategy came into play: a suite in which one never did proves little. */
public final class Counters {
    private final Map<String, Long> counts = new TreeMap<>();

    public void count(String what) {
        counts.merge(what, 1L, Long::sum);
    }

    public long get(String what) {
        return counts.getOrDefault(what, 0L);
    }

    /** Adds one for each thing that happened at all in {@code other}. */
    public void addWorld(Counters other) {
        other.counts.keySet().forEach(this::count);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        counts.forEach((what, count) -> text.append(String.format("%8d  %s%n", count, what)));
        return text.toString();
    }
}
