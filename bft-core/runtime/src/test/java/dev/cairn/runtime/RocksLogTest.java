package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.Recovery;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.QuorumCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** A log that is opened again means exactly what was written. */
class RocksLogTest {

    /** A log and what it was found to hold. */
    private record Opened(RocksLog log, Recovery recovery) implements AutoCloseable {
        static Opened open(Path path) throws BootException {
            LogStore store = LogStore.open(path);
            Recovery recovery;
            try {
                recovery = LogReader.read(store, LogSamples.GENESIS);
            } catch (BootException e) {
                store.close();
                throw e;
            }
            return new Opened(RocksLog.resume(store, recovery), recovery);
        }

        @Override
        public void close() {
            log.close();
        }
    }

    @Property(tries = 12)
    void whatIsReadIsTheFoldOfWhatWasWritten(@ForAll long seed) throws Exception {
        Path path = Files.createTempDirectory("cairn-log");
        try {
            Random random = new Random(seed);
            LogSamples life = new LogSamples(seed);
            for (int boot = 0; boot < 3; boot++) {
                try (Opened opened = Opened.open(path)) {
                    assertSame(opened.recovery(), life.recovery());
                    for (int i = 0; i < 60; i++) {
                        opened.log().append(someSteps(life, random));
                    }
                }
            }
            try (Opened opened = Opened.open(path)) {
                assertSame(opened.recovery(), life.recovery());
            }
        } finally {
            delete(path);
        }
    }

    private static List<LogRecord> someSteps(LogSamples life, Random random) {
        List<LogRecord> batch = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(4); i++) {
            batch.addAll(life.step());
        }
        return batch;
    }

    private static void assertSame(Recovery actual, Recovery expected) {
        assertThat(actual.head()).isEqualTo(expected.head());
        assertThat(actual.history()).isEqualTo(expected.history());
        assertThat(actual.committed()).isEqualTo(expected.committed());
        assertThat(actual.recentlyCommitted()).isEqualTo(expected.recentlyCommitted());
        assertThat(actual.bodies()).containsExactlyInAnyOrderElementsOf(expected.bodies());
        assertThat(actual.votes()).containsExactlyInAnyOrderElementsOf(expected.votes());
        assertThat(actual.slots()).isEqualTo(expected.slots());
        assertThat(actual.prepared()).isEqualTo(expected.prepared());
        assertThat(actual.sentViewChange()).isEqualTo(expected.sentViewChange());
        assertThat(actual.acceptedNewView()).isEqualTo(expected.acceptedNewView());
        assertThat(actual.stableCheckpoint()).isEqualTo(expected.stableCheckpoint());
        assertThat(actual.snapshot()).isEqualTo(expected.snapshot());
    }

    @Test
    void aSecondProcessIsToldSo(@TempDir Path path) throws Exception {
        try (Opened ignored = Opened.open(path)) {
            assertThat(ignored.recovery().head().height()).isEqualTo(Height.GENESIS);
            assertThatThrownBy(() -> LogStore.open(path))
                    .asInstanceOf(type(BootException.class))
                    .satisfies(e -> assertThat(e.kind()).isEqualTo(BootException.Cause.LOCKED))
                    .satisfies(e -> assertThat(e).hasMessageContaining("another process"));
        }
    }

    @Test
    void damageIsNotTakenForALock() {
        RocksDBException damage = new RocksDBException(
                "block checksum mismatch in /data/log/000012.sst", new Status(Status.Code.Corruption, null, null));
        assertThat(LogStore.refusal(Path.of("log"), damage).kind()).isEqualTo(BootException.Cause.CORRUPT);
    }

    @Test
    void anotherChainsLogIsRefusedAndLeftAlone(@TempDir Path path) throws Exception {
        LogSamples life = new LogSamples(1);
        try (Opened opened = Opened.open(path)) {
            opened.log().append(life.step());
        }
        Genesis ours = LogSamples.GENESIS;
        Genesis other = new Genesis(
                Hashing.sha256(new byte[] {77}),
                ours.membership(),
                ours.parameters(),
                ours.timeNanos(),
                ours.applicationVersion(),
                ours.roots());
        LogStore store = LogStore.open(path);
        assertThatThrownBy(() -> LogReader.read(store, other))
                .asInstanceOf(type(BootException.class))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(BootException.Cause.FOREIGN));
        store.close();
        try (Opened opened = Opened.open(path)) {
            assertSame(opened.recovery(), life.recovery());
        }
    }

    @Test
    void aDamagedLogIsRefused(@TempDir Path path) throws Exception {
        LogSamples life = new LogSamples(2);
        try (Opened opened = Opened.open(path)) {
            for (int i = 0; i < 50; i++) {
                opened.log().append(life.step());
            }
        }
        damage(path);
        assertThatThrownBy(() -> Opened.open(path).close())
                .asInstanceOf(type(BootException.class))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(BootException.Cause.CORRUPT))
                .satisfies(e -> assertThat(e).hasMessageContaining("damaged"));
    }

    /** Overwrites the middle of everything that holds data. */
    private static void damage(Path path) throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.filter(RocksLogTest::holdsData).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                for (int i = bytes.length / 3; i < bytes.length / 2; i++) {
                    bytes[i] ^= 0x55;
                }
                Files.write(file, bytes);
            }
        }
    }

    private static boolean holdsData(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".log") || name.endsWith(".sst");
    }

    @Test
    void blocksAreServedWithTheHeadersUpToTheirProof(@TempDir Path path) throws Exception {
        LogSamples life = new LogSamples(3);
        try (Opened opened = Opened.open(path)) {
            for (int i = 0; i < 100; i++) {
                opened.log().append(life.step());
            }
            Height head = life.recovery().head().height();
            var blocks = BlockServer.read(opened.log(), new Height(1)).orElseThrow();
            assertThat(blocks.blocks()).isNotEmpty();
            assertThat(blocks.blocks().getFirst().height()).isEqualTo(new Height(1));
            assertThat(blocks.blocks().getLast().digest())
                    .isEqualTo(blocks.proof().block());
            assertThat(BlockServer.read(opened.log(), head.next())).isEmpty();
            assertThat(BlockServer.read(opened.log(), head).orElseThrow().blocks())
                    .hasSize(1);
        }
    }

    @Test
    void prunedBodiesLeaveTheirHeadersAndNothingElseChanges(@TempDir Path path) throws Exception {
        LogSamples life = grownBeyondACheckpoint(path, 4);
        Recovery before = life.recovery();
        Height limit = before.stableCheckpoint().map(QuorumCertificate::height).orElseThrow();
        try (Opened opened = Opened.open(path)) {
            RocksLog log = opened.log();
            Height last = new Height(limit.value() - 1);
            var kept = log.committedAt(last).orElseThrow().block().header();
            while (log.prune(limit)) {
                assertThat(BlockServer.isGone(log, new Height(1))).isTrue();
            }
            assertThat(log.committedAt(last)).isEmpty();
            assertThat(log.headerAt(last)).contains(kept);
            assertThat(BlockServer.isGone(log, last)).isTrue();
            assertThat(BlockServer.read(log, last)).isEmpty();
            assertThat(BlockServer.isGone(log, limit)).isFalse();
            assertThat(log.link(
                            new Height(1), log.canonicalAt(last).orElseThrow().proof()))
                    .isPresent();
        }
        try (Opened opened = Opened.open(path)) {
            assertSame(opened.recovery(), before);
            assertThat(opened.log().committedAt(new Height(1))).isEmpty();
            assertThat(opened.log().prune(limit)).isFalse();
        }
    }

    /** A life of some hundred blocks without snapshots, so that every height is known. */
    private static LogSamples grownBeyondACheckpoint(Path path, int blocksAfter) throws Exception {
        LogSamples life = new LogSamples(6).withoutSnapshots();
        try (Opened opened = Opened.open(path)) {
            while (life.recovery()
                    .stableCheckpoint()
                    .filter(c -> c.height().isAbove(new Height(200)))
                    .isEmpty()) {
                opened.log().append(life.step());
            }
            for (int i = 0; i < blocksAfter; i++) {
                opened.log().append(life.step());
            }
        }
        return life;
    }

    private static void delete(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
