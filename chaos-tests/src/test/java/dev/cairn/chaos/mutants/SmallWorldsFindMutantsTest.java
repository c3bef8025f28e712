package dev.cairn.chaos.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.chaos.exhaustive.SmallWorldsProbe;
import dev.cairn.chaos.exhaustive.WalksProbe;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The mutants that break something in a world of two views and at most two heights are found there, whatever the chance;
 * those that take three views, or too many steps to try all, are found by walks.
 */
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

    private static final List<String> VISIBLE_ON_WALKS = List.of(
            "a parent prepared in any view is a base",
            "COMMIT on an older view's certificate",
            "lower heights are proposed again first",
            "the tip is the greatest by height alone",
            "VIEW-CHANGE reports the greatest certificate by height alone");

    private static final List<String> BY_SEARCH = new ArrayList<>();
    private static final List<String> BY_WALKS = new ArrayList<>();

    static List<Mutant> ofTwoViews() {
        return named(VISIBLE_IN_TWO_VIEWS);
    }

    static List<Mutant> onWalks() {
        return named(VISIBLE_ON_WALKS);
    }

    private static List<Mutant> named(List<String> names) {
        String only = System.getProperty("cairn.mutant", "");
        return Mutants.ALL.stream()
                .filter(mutant -> names.contains(mutant.name()))
                .filter(mutant -> mutant.name().contains(only))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("ofTwoViews")
    void isFoundBySearch(Mutant mutant) throws Exception {
        find(mutant, SmallWorldsProbe.class, BY_SEARCH);
    }

    @ParameterizedTest
    @MethodSource("onWalks")
    void isFoundByWalks(Mutant mutant) throws Exception {
        find(mutant, WalksProbe.class, BY_WALKS);
    }

    private static void find(Mutant mutant, Class<?> by, List<String> report) throws Exception {
        try (URLClassLoader loader = MutantCompiler.load(mutant)) {
            Supplier<?> probe = (Supplier<?>)
                    loader.loadClass(by.getName()).getConstructor().newInstance();
            String found = String.valueOf(probe.get());
            System.out.println(mutant + ": " + found);
            report.add("| " + mutant + " | " + found.lines().findFirst().orElse("**nothing**") + " |");
            assertThat(found).as("what finds \"%s\"", mutant).isNotEmpty();
        }
    }

    @AfterAll
    static void report() {
        print("| Planted fault | States | Found by |\n|---|--:|---|", BY_SEARCH);
        print("| Planted fault | Walks | Steps | Found by |\n|---|--:|--:|---|", BY_WALKS);
    }

    private static void print(String head, List<String> rows) {
        System.out.println(head + "\n" + String.join("\n", rows));
    }
}
