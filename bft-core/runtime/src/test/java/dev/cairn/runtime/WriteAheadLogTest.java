package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.cairn.runtime.WriteAheadLog.Condition;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** A write-ahead log as RocksDB wrote it, with every bit of its headers flipped, and cut at every byte. */
class WriteAheadLogTest {
    private static final Condition WHOLE = new Condition.Whole();
    private static final Condition CUT_SHORT = new Condition.CutShort();

    /** The second takes more than two blocks. */
    private static final int[] VALUE_BYTES = {100, 70_000, 900, 0, 1, 1_000, 500, 30};

    @TempDir
    private Path directory;

    private Path examined;
    private byte[] bytes;

    /** How long the log was after each write. */
    private final Set<Integer> wholeLengths = new TreeSet<>(Set.of(0));

    @BeforeEach
    void write() throws Exception {
        Path log = directory.resolve("log");
        Random random = new Random(5);
        try (LogStore store = LogStore.open(log);
                WriteOptions synced = new WriteOptions().setSync(true)) {
            for (int length : VALUE_BYTES) {
                byte[] value = new byte[length];
                random.nextBytes(value);
                try (WriteBatch batch = new WriteBatch()) {
                    store.put(batch, LogStore.Family.META, new byte[] {1}, value);
                    store.write(synced, batch);
                }
                wholeLengths.add((int) Files.size(newest(log)));
            }
        }
        bytes = Files.readAllBytes(newest(log));
        examined = Files.createDirectory(directory.resolve("examined"));
    }

    static Path newest(Path log) throws Exception {
        try (Stream<Path> files = Files.list(log)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList()
                    .getLast();
        }
    }

    /** Where the records of a whole log begin. */
    static List<Integer> headers(byte[] log) {
        List<Integer> headers = new ArrayList<>();
        for (int at = 0; at < log.length; ) {
            int rest = WriteAheadLog.BLOCK_BYTES - at % WriteAheadLog.BLOCK_BYTES;
            if (rest < WriteAheadLog.HEADER_BYTES) {
                at += rest;
            } else {
                headers.add(at);
                at += WriteAheadLog.HEADER_BYTES + (log[at + 4] & 0xff) + ((log[at + 5] & 0xff) << 8);
            }
        }
        return headers;
    }

    static byte[] flipped(byte[] log, int header, int bit) {
        byte[] flipped = log.clone();
        flipped[header + bit / 8] ^= (byte) (1 << bit % 8);
        return flipped;
    }

    private Condition examine(byte[] log) throws Exception {
        return examine(7, log);
    }

    private Condition examine(int number, byte[] log) throws Exception {
        Files.write(examined.resolve(String.format("%06d.log", number)), log);
        return WriteAheadLog.examine(examined);
    }

    @Test
    void whatWasWrittenIsWhole() throws Exception {
        assertThat(examine(bytes)).isEqualTo(WHOLE);
        assertThat(headers(bytes).stream().map(header -> bytes[header + 6]).collect(Collectors.toSet()))
                .as("types of records")
                .containsExactlyInAnyOrder((byte) 1, (byte) 2, (byte) 3, (byte) 4);
    }

    @Test
    void nothingIsWhole() throws Exception {
        assertThat(WriteAheadLog.examine(examined)).isEqualTo(WHOLE);
        assertThat(WriteAheadLog.examine(directory.resolve("none"))).isEqualTo(WHOLE);
    }

    @Test
    void everyBitOfEveryHeaderIsMissed() throws Exception {
        for (int header : headers(bytes)) {
            for (int bit = 0; bit < 8 * WriteAheadLog.HEADER_BYTES; bit++) {
                assertThat(examine(flipped(bytes, header, bit)))
                        .as("bit %d of the header at %d", bit, header)
                        .isInstanceOf(Condition.Damaged.class);
            }
        }
    }

    @Test
    void aBitOfAnyPayloadIsMissed() throws Exception {
        for (int header : headers(bytes)) {
            int last = header + WriteAheadLog.HEADER_BYTES + 3; // of the write's number
            if (last < bytes.length) {
                assertThat(examine(flipped(bytes, last, 1)))
                        .as("the payload at %d", header)
                        .isInstanceOf(Condition.Damaged.class);
            }
        }
    }

    @Test
    void aLogThatIsCutAtAnyByteEndsInAWriteThatWasCutShortOrBetweenTwo() throws Exception {
        int lastBlock = bytes.length - bytes.length % WriteAheadLog.BLOCK_BYTES;
        examine(bytes);
        try (FileChannel file = FileChannel.open(newest(examined), StandardOpenOption.WRITE)) {
            for (int length = bytes.length; length >= 0; length--) {
                boolean isAtEdge = length % WriteAheadLog.BLOCK_BYTES < 32 || wholeLengths.contains(length);
                if (length < lastBlock && !isAtEdge && length % 61 != 0) {
                    continue; // the same as its neighbours
                }
                file.truncate(length);
                assertThat(WriteAheadLog.examine(examined))
                        .as("the first %d bytes", length)
                        .isEqualTo(wholeLengths.contains(length) ? WHOLE : CUT_SHORT);
            }
        }
    }

    @Test
    void zerosThatAFileSystemLeftBehindTheLastWriteAreACutWriteAndNothingFollowsThem() throws Exception {
        byte[] enlarged = Arrays.copyOf(bytes, bytes.length + 2 * WriteAheadLog.BLOCK_BYTES);
        assertThat(examine(enlarged)).isEqualTo(CUT_SHORT);
        enlarged[enlarged.length - 1] = 1;
        assertThat(examine(enlarged)).isInstanceOf(Condition.Damaged.class);
    }

    @Test
    void onlyTheLastFileThatHoldsAnythingMayBeCut() throws Exception {
        byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);
        assertThat(examine(9, cut)).isEqualTo(CUT_SHORT);
        assertThat(examine(10, new byte[0])).isEqualTo(CUT_SHORT);
        assertThat(examine(8, bytes)).isEqualTo(CUT_SHORT);
        assertThat(examine(10, bytes)).isInstanceOf(Condition.Damaged.class);
        assertThat(examine(9, bytes)).isEqualTo(WHOLE);
    }

    /** RocksDB would look for the end of such a log for ever, in salvage too. */
    @Test
    void aTypeThatRocksDbReadsForEverIsNeverShownToIt() throws Exception {
        Path log = directory.resolve("log");
        Files.write(newest(log), flipped(bytes, headers(bytes).getLast(), 8 * 6 + 2));
        for (var opening : List.<Opening>of(LogStore::open, LogStore::openReadOnly, LogStore::salvage)) {
            assertThatThrownBy(() -> opening.open(log).close())
                    .asInstanceOf(type(BootException.class))
                    .satisfies(e -> assertThat(e.kind()).isEqualTo(BootException.Cause.CORRUPT))
                    .satisfies(e -> assertThat(e).hasMessageContaining("a record of type 5 cannot stand here"));
        }
    }

    private interface Opening {
        LogStore open(Path log) throws BootException;
    }
}
