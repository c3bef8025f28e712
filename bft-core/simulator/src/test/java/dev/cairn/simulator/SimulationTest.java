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
            assertThat(disk.sync(3)).isTrue();
            disk.crash(new SplittableRandom(seed));
            List<LogRecord> found = disk.read().orElseThrow();
            assertThat(found).hasSizeBetween(3, 5).hasSameSizeAs(durable);
            lost |= found.size() == 3;
            kept |= found.size() > 3;
        }
        assertThat(lost).isTrue();
        assertThat(kept).isTrue();
    }

    private static SimDisk diskOf(int durable, int more) {
        LogRecord entry = new LogRecord.BlockBody(Histories.START);
        SimDisk disk = new SimDisk(_ -> {});
        for (int i = 0; i < durable + more; i++) {
            assertThat(disk.append(entry)).isTrue();
        }
        assertThat(disk.sync(durable)).isTrue();
        return disk;
    }

    @Test
    void aRecordThatWasCutShortIsDroppedAndDurableOnesAreNot() {
        for (int seed = 0; seed < 50; seed++) {
            SimDisk disk = diskOf(3, 2);
            assertThat(disk.tear(new SplittableRandom(seed))).isTrue();
            assertThat(disk.appended()).isBetween(4, 5);
            assertThat(disk.read().orElseThrow()).hasSize(disk.appended()).hasSizeBetween(3, 4);
        }
    }

    @Test
    void aDamagedRecordIsRefusedAlsoWhereItIsTheLast() {
        SimDisk disk = diskOf(1, 0);
        assertThat(disk.rot(new SplittableRandom(1))).isTrue();
        assertThat(disk.read()).isEmpty();
        assertThat(diskOf(0, 2).rot(new SplittableRandom(1))).isFalse();
    }

    @Test
    void anOldCopyHoldsLess() {
        SimDisk disk = diskOf(5, 0);
        assertThat(disk.rollBack(new SplittableRandom(1))).isTrue();
        assertThat(disk.read().orElseThrow()).hasSizeLessThan(5);
    }

    @Test
    void aFullDiskTakesNothingAndAFailedFsyncMakesNothingDurable() {
        SimDisk disk = diskOf(1, 1);
        disk.setFailing(true);
        assertThat(disk.sync(2)).isFalse();
        disk.setFull(true);
        assertThat(disk.append(new LogRecord.BlockBody(Histories.START))).isFalse();
        assertThat(disk.durable()).isEqualTo(1);
    }

    @Test
    void aReportHoldsTheWorldAndTheCommandThatReplaysIt() {
        World world = World.hostile(3);
        String report = Simulation.run(world).report();
        assertThat(report).contains("./cairn simulate --world '" + world + "'");
    }
}
