package dev.cairn.chaos.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.simulator.Judges;
import dev.cairn.simulator.World;
import dev.cairn.simulator.WorldShrinker;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/**
 * Every planted fault is found. By default only those are looked for that the table in docs/planted-faults.md says are found
 * soon. {@code -Dcairn.mutant.worlds=N} looks for all, or those whose names contain {@code -Dcairn.mutant=TEXT}, in up to
 * N worlds, then for each again without the invariants that know the protocol's rules, in up to {@code
 * -Dcairn.mutant.behaviour.worlds=M}, and writes the table.
 */
class MutantsTest {
    private static final int WORLDS = Integer.getInteger("cairn.mutant.worlds", 0);
    private static final int BEHAVIOUR_WORLDS = Integer.getInteger("cairn.mutant.behaviour.worlds", 400);
    private static final String ONLY = System.getProperty("cairn.mutant", "");
    private static final int SOON = 30;
    private static final int QUICK_WORLDS = 600;

    @Test
    void everyPlantedFaultIsFound() throws IOException {
        FaultTable table = FaultTable.read();
        List<Mutant> mutants = Mutants.ALL.stream()
                .filter(mutant -> mutant.name().contains(ONLY))
                .filter(mutant -> WORLDS > 0
                        || table.row(mutant).filter(row -> row.world() <= SOON).isPresent())
                .toList();
        ConcurrentLinkedQueue<String> survivors = new ConcurrentLinkedQueue<>();
        mutants.parallelStream().forEach(mutant -> hunt(mutant, table, survivors));
        if (WORLDS > 0) {
            table.write();
        }
        assertThat(mutants).isNotEmpty();
        assertThat(survivors).as("what no invariant finds").isEmpty();
    }

    private static void hunt(Mutant mutant, FaultTable table, ConcurrentLinkedQueue<String> survivors) {
        try (Hunt hunt = new Hunt(mutant)) {
            Optional<Hunt.Find> found = hunt.first(Judges.ALL, WORLDS > 0 ? WORLDS : QUICK_WORLDS);
            found.ifPresentOrElse(
                    find -> System.out.println(mutant + ": world " + find.seed() + ": " + find.violation()),
                    () -> survivors.add(mutant.name()));
            if (found.isPresent() && WORLDS > 0) {
                Optional<Hunt.Find> behaviour = hunt.first(Judges.OF_BEHAVIOUR, BEHAVIOUR_WORLDS);
                FaultTable.Row row = new FaultTable.Row(
                        found.get().invariant(),
                        found.get().seed(),
                        behaviour.map(Hunt.Find::invariant).orElse(""),
                        behaviour.map(find -> Long.toString(find.seed())).orElse("> " + BEHAVIOUR_WORLDS));
                synchronized (table) {
                    table.put(mutant, row);
                }
            }
        } catch (IOException | ReflectiveOperationException e) {
            throw new IllegalStateException("cannot plant \"" + mutant + "\"", e);
        }
    }

    @Test
    void theTableNamesPlantedFaultsOnly() throws IOException {
        List<String> planted = Mutants.ALL.stream().map(Mutant::name).toList();
        assertThat(planted).doesNotHaveDuplicates();
        assertThat(FaultTable.read().names())
                .as("the table in docs/planted-faults.md; run with -Dcairn.mutant.worlds=20000 to write it anew")
                .isSubsetOf(planted);
    }

    /** Both together are planted. Where one of them makes up for the other, neither shows. */
    @Test
    void eitherResendingOrPatienceMakesUpForLostVotes() throws Exception {
        for (List<Mutant.Edit> half : List.of(Slips.LOST_VOTES_STAY_LOST, Slips.NOBODY_MINDS)) {
            try (Hunt hunt = new Hunt(new Mutant("half of it", half, Habitat.LOSSES))) {
                assertThat(hunt.first(Judges.ALL, SOON))
                        .as("what shows %s", half)
                        .isEmpty();
            }
        }
    }

    @Test
    void aFailureShrinksToAShortStoryThatCanBeToldAgain() throws Exception {
        Mutant mutant = Mutants.ALL.stream()
                .filter(each -> each.name().equals("a block's time is not judged"))
                .findFirst()
                .orElseThrow();
        try (Hunt hunt = new Hunt(mutant)) {
            Hunt.Find find = hunt.first(Judges.ALL, QUICK_WORLDS).orElseThrow();
            World shrunk = WorldShrinker.shrink(find.world(), world -> hunt.violation(Judges.ALL, world));
            String story = hunt.story(shrunk);
            System.out.println(find.world() + "\nshrinks to\n" + shrunk + "\n" + story);
            assertThat(hunt.violation(Judges.ALL, World.parse(shrunk.toString())))
                    .as("the world of the printed line")
                    .hasValueSatisfying(violation -> assertThat(violation).startsWith(find.invariant()));
            assertThat(shrunk.replicas()).isEqualTo(4);
            assertThat(shrunk.faults()).isEmpty();
            assertThat(shrunk.byzantine()).hasSize(1);
            assertThat(story.lines()).hasSizeLessThan(150);
        }
    }
}
