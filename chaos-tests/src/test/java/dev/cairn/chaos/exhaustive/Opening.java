package dev.cairn.chaos.exhaustive;

import java.util.List;
import java.util.stream.Stream;

/** The VIEW-CHANGEs of a NEW-VIEW: what honest replicas told, each another one, and what the Byzantine one made up. */
record Opening(int view, List<Report> honest, List<Report> byzantine) {
    Opening {
        honest = honest.stream().sorted().toList();
        byzantine = byzantine.stream().sorted().toList();
    }

    Stream<Report> reports() {
        return Stream.concat(honest.stream(), byzantine.stream());
    }
}
