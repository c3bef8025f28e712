package dev.cairn.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Judges RocksDB's write-ahead log before RocksDB reads it. RocksDB takes a record that reaches beyond the end of its file
 * for a write that was cut short, and drops it with all that stands behind it; so one bit that flipped in a length would
 * silently cost this replica its newest votes. One in a type can cost it a whole file, or make RocksDB read for ever.
 *
 * <p>A file is a row of blocks of 32 KiB, a block a row of records: checksum of type and payload (4 bytes), length of the
 * payload (2), type (1), payload. A write is one record, or several that fill the rest of their blocks.
 */
final class WriteAheadLog {
    /** What is found. */
    sealed interface Condition {
        /** Every record is whole. */
        record Whole() implements Condition {}

        /** The last write was cut short, as a crash leaves it: it was never durable, and nothing was promised on it. */
        record CutShort() implements Condition {}

        /**
         * Something else than was written stands there.
         *
         * @param endless whether RocksDB must not read it: it would not come back
         */
        record Damaged(String what, boolean endless) implements Condition {}
    }

    static final int BLOCK_BYTES = 32 << 10;
    static final int HEADER_BYTES = 4 + 2 + 1;

    private static final int LENGTH_AT = 4;
    private static final int TYPE_AT = 6;
    private static final int FULL = 1;
    private static final int FIRST = 2;
    private static final int MIDDLE = 3;
    private static final int LAST = 4;

    private static final Condition WHOLE = new Condition.Whole();
    private static final Condition CUT_SHORT = new Condition.CutShort();
    private static final Pattern NAME = Pattern.compile("\\d+\\.log");

    private WriteAheadLog() {}

    /** Reads all files of the log in {@code directory}; none is no damage. */
    static Condition examine(Path directory) throws IOException {
        Condition soFar = WHOLE;
        for (Path path : files(directory)) {
            LogFile file = new LogFile(path);
            Condition found = file.examine();
            if (found instanceof Condition.Damaged) {
                return found;
            }
            // RocksDB begins another file after a crash, and drops the old ones before it writes to it.
            if (soFar.equals(CUT_SHORT) && file.holdsRecords) {
                return new Condition.Damaged("a file before " + path.getFileName() + " ends within a record", false);
            }
            soFar = found.equals(CUT_SHORT) ? found : soFar;
        }
        return soFar;
    }

    /** Oldest first. */
    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(
                            file -> NAME.matcher(file.getFileName().toString()).matches())
                    .sorted(Comparator.comparingLong(WriteAheadLog::number))
                    .toList();
        } catch (NoSuchFileException _) {
            return List.of();
        }
    }

    private static long number(Path file) {
        String name = file.getFileName().toString();
        return Long.parseLong(name.substring(0, name.indexOf('.')));
    }

    private static final class LogFile {
        private final Path path;

        /** The offset of the block in the file. */
        private long blockAt;

        private boolean withinWrite;

        /** From some point on there are only zeros, as a file system leaves them that enlarged a file before a crash. */
        private boolean zerosBegan;

        boolean holdsRecords;

        LogFile(Path path) {
            this.path = path;
        }

        Condition examine() throws IOException {
            try (InputStream bytes = Files.newInputStream(path)) {
                while (true) {
                    ByteBuffer block =
                            ByteBuffer.wrap(bytes.readNBytes(BLOCK_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
                    Condition found = examine(block);
                    if (!found.equals(WHOLE)) {
                        return found;
                    }
                    if (block.capacity() < BLOCK_BYTES) {
                        return withinWrite || zerosBegan ? CUT_SHORT : WHOLE;
                    }
                    blockAt += BLOCK_BYTES;
                }
            }
        }

        private Condition examine(ByteBuffer block) {
            while (block.remaining() >= HEADER_BYTES && !zerosBegan) {
                if (isZero(block.slice(block.position(), HEADER_BYTES))) {
                    zerosBegan = true;
                    break;
                }
                Condition found = examineRecord(block);
                if (!found.equals(WHOLE)) {
                    return found;
                }
            }
            if (zerosBegan) {
                return isZero(block) ? WHOLE : damaged(block, "zeros stand where a record should");
            }
            boolean endsInHeader = block.hasRemaining() && block.capacity() < BLOCK_BYTES;
            return endsInHeader ? CUT_SHORT : WHOLE;
        }

        /** Leaves the block's position behind the record if it is whole. */
        private Condition examineRecord(ByteBuffer block) {
            int start = block.position();
            int type = block.get(start + TYPE_AT);
            if (type != (withinWrite ? MIDDLE : FULL) && type != (withinWrite ? LAST : FIRST)) {
                return new Condition.Damaged(
                        where(block) + "a record of type " + type + " cannot stand here", type < FULL || type > LAST);
            }
            boolean goesOn = type == FIRST || type == MIDDLE;
            int end = start + HEADER_BYTES + Short.toUnsignedInt(block.getShort(start + LENGTH_AT));
            if (end > BLOCK_BYTES || (goesOn && end < BLOCK_BYTES)) {
                return damaged(block, "a record's length is not what it was");
            }
            holdsRecords = true;
            if (end > block.capacity()) {
                return isWholeWithLess(block)
                        ? damaged(block, "a record's length is not what it was: it is shorter, and whole")
                        : CUT_SHORT;
            }
            CRC32C checksum = new CRC32C();
            checksum.update(block.slice(start + TYPE_AT, end - start - TYPE_AT));
            if (masked(checksum) != block.getInt(start)) {
                return damaged(block, "a record's checksum does not match");
            }
            withinWrite = goesOn;
            block.position(end);
            return WHOLE;
        }

        /**
         * Whether the record's checksum holds for fewer bytes than its length says: then it is not the bytes that are missing.
         * A write that was really cut short looks so once in 100,000 times at most.
         */
        private static boolean isWholeWithLess(ByteBuffer block) {
            int start = block.position();
            int expected = block.getInt(start);
            CRC32C checksum = new CRC32C();
            for (int at = start + TYPE_AT; at < block.capacity(); at++) {
                checksum.update(block.get(at));
                if (masked(checksum) == expected) {
                    return true;
                }
            }
            return false;
        }

        /** As RocksDB stores checksums. */
        private static int masked(CRC32C checksum) {
            return Integer.rotateRight((int) checksum.getValue(), 15) + 0xa282ead8;
        }

        private static boolean isZero(ByteBuffer bytes) {
            for (int at = bytes.position(); at < bytes.limit(); at++) {
                if (bytes.get(at) != 0) {
                    return false;
                }
            }
            return true;
        }

        private Condition damaged(ByteBuffer block, String what) {
            return new Condition.Damaged(where(block) + what, false);
        }

        private String where(ByteBuffer block) {
            return path.getFileName() + ", byte " + (blockAt + block.position()) + ": ";
        }
    }
}
