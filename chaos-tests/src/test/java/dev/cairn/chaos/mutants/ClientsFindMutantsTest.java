package dev.cairn.chaos.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.chaos.kvworlds.KvWorldProbe;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults that clients can see are found by what clients saw, without one look at a replica. {@code
 * -Dcairn.kv.mutant.worlds=N} sets in how many worlds; {@code -Dcairn.mutant=TEXT} looks for all faults whose names contain
 * it, seen so far or not.
 */
class ClientsFindMutantsTest {
    private static final int WORLDS = Integer.getInteger("cairn.kv.mutant.worlds", 200);
    private static final String ONLY = System.getProperty("cairn.mutant", "");

    private static final Set<String> SEEN_SOON = Set.of(
            "a prepare certificate commits",
            "a read is answered from what is prepared",
            "a read is settled by its own view");

    /** The ledger of other worlds has no sessions: only clients of the store can see it. */
    private static final Mutant REPEATED = Mutant.of(
            "a request that comes again is executed again", Mutant.edit("Sessions", "return fresh;", "return true;"));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @Test
    void whatClientsSawTellsTheFault() {
        List<Mutant> mutants = Stream.concat(Mutants.ALL.stream(), Stream.of(REPEATED))
                .filter(mutant -> ONLY.isEmpty()
                        ? mutant.equals(REPEATED) || SEEN_SOON.contains(mutant.name())
                        : mutant.name().contains(ONLY))
                .toList();
        Queue<String> survivors = new ConcurrentLinkedQueue<>();
        mutants.parallelStream().filter(mutant -> !isSeen(mutant)).forEach(mutant -> survivors.add(mutant.name()));
        assertThat(mutants).hasSizeGreaterThan(ONLY.isEmpty() ? SEEN_SOON.size() : 0);
        assertThat(survivors).as("what no client saw in %d worlds", WORLDS).isEmpty();
    }

    private boolean isSeen(Mutant mutant) {
        try (URLClassLoader loader = MutantCompiler.load(mutant);
                AutoCloseable probe = (AutoCloseable) loader.loadClass(KvWorldProbe.class.getName())
                        .getConstructor(Path.class)
                        .newInstance(Files.createTempDirectory(directory, "store"))) {
            return isSeen(mutant, probe);
        } catch (Exception e) {
            throw new IllegalStateException("cannot plant \"" + mutant + "\"", e);
        }
    }

    @SuppressWarnings("unchecked") // whichever loader it comes from, it is a Function<Long, String>
    private static boolean isSeen(Mutant mutant, Object probe) {
        Function<Long, String> complaint = (Function<Long, String>) probe;
        for (long seed = 1; seed <= WORLDS; seed++) {
            String seen = complaint.apply(seed);
            if (!seen.isEmpty()) {
                System.out.println("| " + mutant + " | " + seed + " | " + seen);
                return true;
            }
        }
        return false;
    }
}
