package dev.cairn.chaos.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.chaos.kvworlds.GovernedWorldProbe;
import dev.cairn.kv.governed.LedgerProbe;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every check of guards, approvals and the ledger that is left out is missed: by the plain model within so many runs, or by a
 * test. {@code -Dcairn.ledger.mutant.runs=N} sets how many, {@code -Dcairn.mutant=TEXT} those whose names contain it.
 */
class LedgerMutantsTest {
    private static final int RUNS = Integer.getInteger("cairn.ledger.mutant.runs", 400);
    private static final int WORLDS = Integer.getInteger("cairn.kv.mutant.worlds", 400);
    private static final String ONLY = System.getProperty("cairn.mutant", "");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @Test
    void everyCheckThatIsLeftOutIsMissed() {
        List<LedgerMutants.Planted> planted = LedgerMutants.ALL.stream()
                .filter(each -> each.mutant().name().contains(ONLY))
                .toList();
        Queue<String> survivors = new ConcurrentLinkedQueue<>();
        planted.parallelStream().filter(each -> !isMissed(each)).forEach(each -> survivors.add(each.toString()));
        assertThat(planted).isNotEmpty();
        assertThat(survivors).as("what neither model nor test finds").isEmpty();
    }

    /** Each invariant of governed worlds breaks where what it is about is left out. */
    @Test
    void governedWorldsMissThemToo() {
        Map<LedgerMutants.Planted, String> invariants = new LinkedHashMap<>();
        invariants.put(LedgerMutants.THRESHOLD, "NoUnsignedChange");
        invariants.put(LedgerMutants.REVOKED, "NoUnsignedChange");
        invariants.put(LedgerMutants.BRANCHES, "NoUnsignedChange");
        invariants.put(LedgerMutants.EXECUTED_ONCE, "ExecutedOnce");
        invariants.put(LedgerMutants.WITHDRAWN, "WithdrawnStaysWithdrawn");
        invariants.put(LedgerMutants.SIGNED_TWICE, "SignedWritesInOrder");
        Queue<String> survivors = new ConcurrentLinkedQueue<>();
        List.copyOf(invariants.entrySet()).parallelStream()
                .filter(each -> !isMissedInWorlds(each.getKey(), each.getValue()))
                .forEach(each -> survivors.add(each.getKey().toString()));
        assertThat(survivors)
                .as("what no invariant finds in %d governed worlds", WORLDS)
                .isEmpty();
    }

    private static boolean isMissed(LedgerMutants.Planted planted) {
        try (URLClassLoader loader = MutantCompiler.load(planted.mutant())) {
            Optional<String> found = planted.sentence().isPresent()
                    ? byTest(loader, planted.sentence().get())
                    : byModel(loader);
            System.out.println("| " + planted + " | " + found.orElse("**nothing**") + " |");
            return found.isPresent();
        } catch (Exception e) {
            throw new IllegalStateException("cannot plant \"" + planted + "\"", e);
        }
    }

    private static Optional<String> byTest(URLClassLoader loader, String test) throws ReflectiveOperationException {
        Function<String, String> probe = probe(loader, SentenceProbe.class);
        return probe.apply(test).isEmpty() ? Optional.empty() : Optional.of(test);
    }

    private static Optional<String> byModel(URLClassLoader loader) throws ReflectiveOperationException {
        Function<Long, String> probe = probe(loader, LedgerProbe.class);
        for (long seed = 1; seed <= RUNS; seed++) {
            if (!probe.apply(seed).isEmpty()) {
                return Optional.of("run " + seed + " beside the model");
            }
        }
        return Optional.empty();
    }

    @SuppressWarnings("unchecked") // whichever loader it comes from, it is such a function
    private static <T> Function<T, String> probe(URLClassLoader loader, Class<? extends Function<T, String>> type)
            throws ReflectiveOperationException {
        return (Function<T, String>)
                loader.loadClass(type.getName()).getConstructor().newInstance();
    }

    private boolean isMissedInWorlds(LedgerMutants.Planted planted, String invariant) {
        try (URLClassLoader loader = MutantCompiler.load(planted.mutant());
                AutoCloseable probe = (AutoCloseable) loader.loadClass(GovernedWorldProbe.class.getName())
                        .getConstructor(Path.class)
                        .newInstance(Files.createTempDirectory(directory, "store"))) {
            return isMissedInWorlds(planted, invariant, probe);
        } catch (Exception e) {
            throw new IllegalStateException("cannot plant \"" + planted + "\"", e);
        }
    }

    @SuppressWarnings("unchecked") // as above
    private static boolean isMissedInWorlds(LedgerMutants.Planted planted, String invariant, Object probe) {
        Function<Long, String> complaint = (Function<Long, String>) probe;
        for (long seed = 1; seed <= WORLDS; seed++) {
            String broken = complaint.apply(seed);
            if (broken.startsWith(invariant + ":")) {
                System.out.println("| " + planted + " | governed world " + seed + " | " + broken);
                return true;
            }
        }
        return false;
    }
}
