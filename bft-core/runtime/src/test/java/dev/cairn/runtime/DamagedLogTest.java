package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.cairn.protocol.Recovery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real log on a disk that fails, held to what the simulated disks do: a last write that was cut short is dropped, any
 * other damage keeps the replica down.
 */
class DamagedLogTest {
    private static final int APPENDS = 40;

    @TempDir
    private Path directory;

    private Path log;

    /** How long the newest file of the log was after each append. */
    private final List<Long> lengths = new ArrayList<>();

    /** What the log meant after each append. */
    private final List<Recovery> meanings = new ArrayList<>();

    @BeforeEach
    void write() throws Exception {
        log = directory.resolve("log");
        LogSamples life = new LogSamples(7);
        try (RocksLog written = open(log)) {
            for (int i = 0; i < APPENDS; i++) {
                written.append(life.step());
                lengths.add(Files.size(newestWal(log)));
                meanings.add(life.recovery());
            }
        }
    }

    private static RocksLog open(Path path) throws BootException {
        LogStore store = LogStore.open(path);
        return RocksLog.resume(store, read(store));
    }

    private static Recovery read(LogStore store) throws BootException {
        try {
            return LogReader.read(store, LogSamples.GENESIS);
        } catch (BootException e) {
            store.close();
            throw e;
        }
    }

    private static Recovery readAt(Path path) throws BootException {
        try (LogStore store = LogStore.open(path)) {
            return read(store);
        }
    }

    private static Path newestWal(Path path) throws IOException {
        return files(path, ".log").getLast();
    }

    private static List<Path> files(Path path, String ending) throws IOException {
        try (Stream<Path> all = Files.list(path)) {
            return all.filter(file -> file.toString().endsWith(ending))
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
        }
    }

    private Path copy(String name) throws IOException {
        Path copy = Files.createDirectory(directory.resolve(name));
        try (Stream<Path> all = Files.list(log)) {
            for (Path file : all.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return copy;
    }

    private static void flip(Path file, long at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) at] ^= 1;
        Files.write(file, bytes);
    }

    private static void assertRefused(Path path) {
        assertThatThrownBy(() -> readAt(path))
                .asInstanceOf(type(BootException.class))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(BootException.Cause.CORRUPT))
                .satisfies(e -> assertThat(e).hasMessageContaining("must not run again under its key"));
    }

    @Test
    void aLastWriteThatWasCutShortIsDroppedAndNothingBeforeIt() throws Exception {
        long before = lengths.get(APPENDS - 2);
        long after = lengths.getLast();
        for (long cut : List.of(before, before + 1, before + 6, before + 7, (before + after) / 2, after - 1)) {
            Path path = copy("cut-" + cut);
            try (var wal = Files.newByteChannel(newestWal(path), StandardOpenOption.WRITE)) {
                wal.truncate(cut);
            }
            Recovery found = readAt(path);
            Recovery expected = meanings.get(APPENDS - 2);
            assertThat(found.head()).isEqualTo(expected.head());
            assertThat(found.votes()).containsExactlyInAnyOrderElementsOf(expected.votes());
            assertThat(found.slots()).isEqualTo(expected.slots());
            assertThat(found.prepared()).isEqualTo(expected.prepared());
        }
    }

    @Test
    void aBitThatFlippedAnywhereInTheLogIsRefusedAlsoInTheLastWrite() throws Exception {
        long last = (lengths.get(APPENDS - 2) + lengths.getLast()) / 2;
        for (long at : List.of(lengths.getFirst() / 2, lengths.get(APPENDS / 2) + 20, last)) {
            Path path = copy("flip-" + at);
            flip(newestWal(path), at);
            assertRefused(path);
        }
    }

    /** In the last 32 KiB RocksDB itself takes a length that is too great for a write that was cut short. */
    @Test
    void aBitThatFlippedInTheHeaderOfARecordIsRefused() throws Exception {
        byte[] whole = Files.readAllBytes(newestWal(log));
        int lastBlock = (whole.length - 1) / WriteAheadLog.BLOCK_BYTES * WriteAheadLog.BLOCK_BYTES;
        Path path = copy("flip");
        for (int header : WriteAheadLogTest.headers(whole)) {
            for (int bit = 0; header >= lastBlock && bit < 8 * WriteAheadLog.HEADER_BYTES; bit++) {
                Files.write(newestWal(path), WriteAheadLogTest.flipped(whole, header, bit));
                assertRefused(path);
            }
        }
        Files.write(newestWal(path), whole);
        assertThat(readAt(path).votes())
                .containsExactlyInAnyOrderElementsOf(meanings.getLast().votes());
    }

    /** What a start does not read, such as old committed blocks, it cannot find damaged; what it reads it must. */
    @Test
    void aBitThatFlippedInATableIsRefusedOrWasNotRead() throws Exception {
        Recovery whole = readAt(log); // opening writes what the log holds into tables
        int refused = 0;
        for (Path table : files(log, ".sst")) {
            Path path = copy("flip-" + table.getFileName());
            flip(path.resolve(table.getFileName()), 40);
            try {
                Recovery found = readAt(path);
                assertThat(found.votes()).containsExactlyInAnyOrderElementsOf(whole.votes());
                assertThat(found.head()).isEqualTo(whole.head());
            } catch (BootException e) {
                assertThat(e.kind()).isEqualTo(BootException.Cause.CORRUPT);
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }
}
