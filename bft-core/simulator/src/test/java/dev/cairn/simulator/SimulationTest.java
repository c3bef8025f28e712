package dev.cairn.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SimulationTest {

    @Test
    void equalWorldsGiveEqualRunsBitForBit() {
        for (long seed = 1; seed <= 10; seed++) {
            for (World world : List.of(World.honest(seed), World.hostile(seed))) {
                Outcome first = Simulation.run(world);
                Outcome second = Simulation.run(world);
                assertThat(second.trace().toString()).isEqualTo(first.trace().toString());
                assertThat(second.trace().fingerprint()).isEqualTo(first.trace().fingerprint());
            }
        }
    }

    @Test
    void aWorldIsReadBackFromItsLine() {
        for (long seed = 1; seed <= 200; seed++) {
            World world = World.hostile(seed);
            assertThat(World.parse(world.toString())).isEqualTo(world);
        }
    }

    @Test
    void aCrashTakesWhatWasNotSyncedAndNothingElse() {
        LogRecord entry = new LogRecord.BlockBody(Histories.START);
        boolean lost = false;
        boolean kept = false;
        for (int seed = 0; seed < 50; seed++) {
            List<LogRecord> durable = new ArrayList<>();
            SimDisk disk = new SimDisk(durable::add);
            for (int i = 0; i < 5; i++) {
                disk.append(entry);
            }
            disk.sync(3);
            disk.crash(new SplittableRandom(seed));
            assertThat(disk.contents()).hasSizeBetween(3, 5).hasSameSizeAs(durable);
            lost |= disk.contents().size() == 3;
            kept |= disk.contents().size() > 3;
        }
        assertThat(lost).isTrue();
        assertThat(kept).isTrue();
    }

    @Test
    void aReportHoldsTheWorldAndTheCommandThatReplaysIt() {
        World world = World.hostile(3);
        String report = Simulation.run(world).report();
        assertThat(report).contains("-Dtest=ReplayTest").contains("'-Dcairn.world=" + world + "'");
    }
}
