package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulateCommandTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path temp;

    @Test
    void oneWorldIsToldAndDrawnAndRunsAgainFromItsLine() throws Exception {
        Path page = temp.resolve("world.html");
        Run run = Run.of(new SimulateCommand(), "--seed=7", "--byzantine", "--html=" + page);
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("every invariant held; world seed=7;", "Committed[");
        assertThat(page).content().contains("<svg", "PrePrepare", "lies", "Committed[");
        String last = run.out()
                .lines()
                .filter(line -> line.startsWith("every"))
                .findFirst()
                .orElseThrow();
        String world = last.substring(last.indexOf("seed="));
        Run again = Run.of(new SimulateCommand(), "--world=" + world, "--html=" + temp.resolve("again.html"));
        assertThat(again.exitCode()).isZero();
        assertThat(Files.readString(temp.resolve("again.html"))).isEqualTo(Files.readString(page));
    }

    @Test
    void manyWorldsAreCounted() {
        Run run = Run.of(new SimulateCommand(), "--worlds=20", "--byzantine");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("20 worlds from seed 1", "  Committed");
    }

    @Test
    void whatOneWorldAndManyCannotBothHaveIsRefused() {
        for (String[] args : List.of(
                new String[] {"--worlds=0"},
                new String[] {"--worlds=5", "--html=" + temp.resolve("none.html")},
                new String[] {"--worlds=5", "--world=seed=1"})) {
            Run run = Run.of(new SimulateCommand(), args);
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).startsWith("cairn: --");
        }
        assertThat(temp.resolve("none.html")).doesNotExist();
    }

    @Test
    void aWorldThatIsNoneIsRefused() {
        Run run = Run.of(new SimulateCommand(), "--world=seed=1;n=4");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--world: a world needs");
    }
}
