package dev.cairn.chaos.mutants;

import java.util.List;

/**
 * A wrong reading of the protocol.
 *
 * @param name what is wrong, in a few words
 * @param edits what is changed in the sources to get there
 * @param habitat in which worlds it is looked for
 */
record Mutant(String name, List<Edit> edits, Habitat habitat) {

    /** In {@code type}'s source file, the one place that reads {@code from} reads {@code to} instead. */
    record Edit(String type, String from, String to) {}

    static Mutant of(String name, Edit... edits) {
        return new Mutant(name, List.of(edits), Habitat.ANYWHERE);
    }

    Mutant livingIn(Habitat narrow) {
        return new Mutant(name, edits, narrow);
    }

    static Edit edit(String type, String from, String to) {
        return new Edit(type, from, to);
    }

    @Override
    public String toString() {
        return name;
    }
}
