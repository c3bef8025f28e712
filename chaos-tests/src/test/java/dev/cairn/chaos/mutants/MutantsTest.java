package dev.cairn.chaos.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every mutant is found by an invariant within {@code -Dcairn.mutant.worlds=N} worlds. Prints which invariant found it
 * and how many worlds that took.
 */
class MutantsTest {
    private static final int WORLDS = Integer.getInteger("cairn.mutant.worlds", 4000);
    private static final int BATCH = 32;

    private static final List<String> REPORT = new ArrayList<>();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    static List<Mutant> mutants() {
        String only = System.getProperty("cairn.mutant", "");
        return Mutants.ALL.stream()
                .filter(mutant -> mutant.name().contains(only))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void isFound(Mutant mutant) throws Exception {
        try (URLClassLoader loader = MutantCompiler.load(mutant, directory)) {
            LongFunction<?> probe = (LongFunction<?>) loader.loadClass(WorldProbe.class.getName())
                    .getConstructor()
                    .newInstance();
            Optional<String> found = find(mutant, probe);
            assertThat(found)
                    .as("what finds \"%s\" in %s worlds", mutant, WORLDS)
                    .isPresent();
        }
    }

    /** Worlds in order of their seeds, some at once; of those that fail, the one with the lowest seed counts. */
    private static Optional<String> find(Mutant mutant, LongFunction<?> probe) {
        for (long first = 1; first <= WORLDS; first += BATCH) {
            ConcurrentSkipListMap<Long, String> violations = new ConcurrentSkipListMap<>();
            LongStream.range(first, first + BATCH).parallel().forEach(seed -> {
                String violation = String.valueOf(probe.apply(seed));
                if (!violation.isEmpty()) {
                    violations.put(seed, violation);
                }
            });
            if (!violations.isEmpty()) {
                String what = violations.firstEntry().getValue();
                System.out.println(mutant + ": " + what);
                REPORT.add(
                        String.format("| %s | %s | %s |", mutant, what.replaceFirst(":.*", ""), violations.firstKey()));
                return Optional.of(what);
            }
        }
        REPORT.add(String.format("| %s | **nothing** | %s |", mutant, WORLDS));
        return Optional.empty();
    }

    @AfterAll
    static void report() {
        System.out.println("| Planted fault | Found by | World |\n|---|---|--:|\n" + String.join("\n", REPORT));
    }
}
