package dev.cairn.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.Transition;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class StoryPageTest {
    private static final Pattern FOLDED = Pattern.compile("<details>.*?</details>", Pattern.DOTALL);
    private static final Pattern HEIGHT = Pattern.compile("<svg width=\\d+ height=(\\d+)>");

    private static final String QUIET =
            "seed=1;n=4;window=16;checkpoint=8;batch=1;requests=150;millis=1000;delay=500;loss=0;"
                    + "duplicates=0;sync=500;skew=0;retained=1000000;chunk=1000;transfer=20000;faults=;byzantine=";

    @Test
    void everyRowIsShownOnceAndInItsOrderAndOnlyRoutineIsFolded() {
        for (long seed = 1; seed <= 30; seed++) {
            Outcome outcome = Simulation.show(World.hostile(seed));
            List<StoryRows.Row> rows = StoryRows.of(outcome.trace(), seed % 2 == 0);
            List<StoryRows.Row> shown = new ArrayList<>();
            for (StoryRows.Stretch stretch : StoryRows.stretches(rows)) {
                shown.addAll(stretch.rows());
                if (stretch.isQuiet()) {
                    assertThat(stretch.rows()).as(outcome.world().toString()).noneMatch(StoryPageTest::isTrouble);
                }
            }
            assertThat(shown).isEqualTo(rows);
        }
    }

    private static boolean isTrouble(StoryRows.Row row) {
        return switch (row) {
            case StoryRows.Said said ->
                List.of("Suspect", "ViewChange", "NewView").contains(said.kind());
            case StoryRows.Told(Trace.Line line) ->
                line.who().equals("--")
                        || line.what() instanceof String
                        || line.what() instanceof Transition.ViewEntered
                        || line.what() instanceof Transition.Quarantined;
        };
    }

    @Test
    void aLongWorldInWhichNothingHappensFitsFewScreens() {
        String page = StoryPage.of(Simulation.show(World.parse(QUIET)), false);
        assertThat(height(page)).isGreaterThan(20_000);
        assertThat(height(FOLDED.matcher(page).replaceAll(""))).isLessThan(2_000);
        assertThat(page).containsPattern("<summary>[0-9.]+ to [0-9.]+ ms: h\\d+ to h\\d+ are committed");
    }

    private static int height(String page) {
        return HEIGHT.matcher(page)
                .results()
                .map((MatchResult found) -> found.group(1))
                .mapToInt(Integer::parseInt)
                .sum();
    }

    @Test
    void headsStayAndTheLegendNamesEveryKind() {
        String page = StoryPage.of(Simulation.show(World.hostile(7)), false);
        assertThat(page)
                .contains(".heads{position:sticky;top:0", "<div class=heads>")
                .contains(">r0 lies</text>");
        for (StoryKind kind : StoryKind.values()) {
            assertThat(page).contains(kind.colour + ">&#9679; " + kind.title + "<td>" + kind.meaning);
        }
    }
}
