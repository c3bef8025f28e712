package dev.cairn.chaos.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.chaos.exhaustive.SmallWorldsProbe;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The mutants that break something in a world of two views and at most two heights are found there, whatever the chance. */
class SmallWorldsFindMutantsTest {
    private static final List<String> VISIBLE_IN_TWO_VIEWS = List.of(
            "the committed head is a base without the tip's floor",
            "the floor holds for the first proposal of a view only",
            "any parent will do",
            "a parent that is merely known is a base",
            "two votes in one slot",
            "COMMIT in a view that was left",
            "a view is entered by f+1 VIEW-CHANGEs",
            "the VIEW-CHANGEs of a NEW-VIEW may be of one sender",
            "a NEW-VIEW is exchanged after voting",
            "VIEW-CHANGE hides what was prepared",
            "2f votes are a quorum",
            "a prepare certificate commits");

    private static final List<String> REPORT = new ArrayList<>();

    static List<Mutant> mutants() {
        String only = System.getProperty("cairn.mutant", "");
        return Mutants.ALL.stream()
                .filter(mutant -> VISIBLE_IN_TWO_VIEWS.contains(mutant.name()))
                .filter(mutant -> mutant.name().contains(only))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void isFound(Mutant mutant) throws Exception {
        try (URLClassLoader loader = MutantCompiler.load(mutant)) {
            Supplier<?> probe = (Supplier<?>) loader.loadClass(SmallWorldsProbe.class.getName())
                    .getConstructor()
                    .newInstance();
            String found = String.valueOf(probe.get());
            System.out.println(mutant + ": " + found);
            REPORT.add("| " + mutant + " | " + found.lines().findFirst().orElse("**nothing**") + " |");
            assertThat(found).as("what finds \"%s\"", mutant).isNotEmpty();
        }
    }

    @AfterAll
    static void report() {
        System.out.println("| Planted fault | States | Found by |\n|---|--:|---|\n" + String.join("\n", REPORT));
    }
}
