package dev.cairn.server.bolt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.jspecify.annotations.Nullable;

/** What is written is read again, however many pages it takes; and damage is told from data. */
class BoltProperties {
    private static final byte[] START = {};
    private @Nullable Path made;

    @BeforeTry
    void make() throws IOException {
        made = Files.createTempDirectory("bolt");
    }

    private Path directory() {
        return Objects.requireNonNull(made);
    }

    @AfterTry
    void remove() throws IOException {
        try (var files = Files.list(directory())) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory());
    }

    @Property(tries = 60)
    void bucketsAreReadAsTheyWereWritten(
            @ForAll @IntRange(max = 3) int buckets, @ForAll @IntRange(max = 3000) int pairs, @ForAll long seed)
            throws Exception {
        Random random = new Random(seed);
        Map<String, Map<byte[], byte[]>> all = new TreeMap<>();
        for (int i = 0; i < buckets; i++) {
            all.put("bucket" + i, pairs(random, i == 0 ? pairs : random.nextInt(5), 400));
        }
        Path file = write(all);
        try (BoltReader reader = BoltReader.open(file)) {
            for (Map.Entry<String, Map<byte[], byte[]>> bucket : all.entrySet()) {
                requireSame(reader, bucket.getKey(), START, bucket.getValue());
            }
            assertThat(reader.<RuntimeException>forEach("none", START, (key, value) -> {}))
                    .isFalse();
        }
    }

    @Property(tries = 30)
    void aVisitBeginsAtItsKey(@ForAll @IntRange(min = 1, max = 2000) int pairs, @ForAll long seed) throws Exception {
        Random random = new Random(seed);
        NavigableMap<byte[], byte[]> bucket = pairs(random, pairs, 60);
        try (BoltReader reader = BoltReader.open(write(Map.of("key", bucket)))) {
            for (int i = 0; i < 10; i++) {
                byte[] from = new byte[random.nextInt(4)];
                random.nextBytes(from);
                requireSame(reader, "key", from, bucket.tailMap(from, true));
            }
        }
    }

    @Example
    void valuesLargerThanAPageRunOn() throws Exception {
        NavigableMap<byte[], byte[]> bucket = pairs(new Random(7), 40, 3 << 20);
        try (BoltReader reader = BoltReader.open(write(Map.of("key", bucket)))) {
            requireSame(reader, "key", START, bucket);
        }
    }

    @Example
    void manyPairsMakeBranchesOfBranches() throws Exception {
        NavigableMap<byte[], byte[]> bucket = pairs(new Random(8), 100_000, 60);
        try (BoltReader reader = BoltReader.open(write(Map.of("key", bucket)))) {
            requireSame(reader, "key", START, bucket);
        }
    }

    @Property(tries = 60)
    void damagedBytesAreToldAndNothingElseIsThrown(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        Path file = write(Map.of("key", pairs(random, 300, 5000)));
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i < 1 + random.nextInt(8); i++) {
            // Where the structure is: behind the start of some page.
            int page = random.nextInt(bytes.length / Layout.PAGE_BYTES) * Layout.PAGE_BYTES;
            bytes[page + random.nextInt(64)] = (byte) random.nextInt();
        }
        Files.write(file, random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes);
        try (BoltReader reader = BoltReader.open(file)) {
            reader.<RuntimeException>forEach("key", START, (key, value) -> {});
        } catch (BoltException e) {
            assertThat(e.getMessage()).startsWith("the file is").doesNotContain("\n");
        }
    }

    /** A small file must not make much work or need much memory. */
    @Example
    void pagesThatRunOverOthersAreTold() throws Exception {
        requireToldWith(Layout.LEAF, (page, at, left) -> page.putInt(at + Layout.OVERFLOW_AT, left - 1));
    }

    @Example
    void branchesThatAreHugeAreTold() throws Exception {
        requireToldWith(Layout.BRANCH, (page, at, left) -> page.putInt(at + Layout.OVERFLOW_AT, left - 1));
    }

    @Example
    void valuesThatOverlapAreTold() throws Exception {
        requireToldWith(Layout.LEAF, (page, at, left) -> {
            for (int i = 0; i < page.getShort(at + Layout.COUNT_AT); i++) {
                int element = at + Layout.HEADER_BYTES + i * Layout.ELEMENT_BYTES;
                int value = element + page.getInt(element + 4) + page.getInt(element + 8);
                page.putInt(element + 12, at + Layout.PAGE_BYTES - value);
            }
        });
    }

    private interface Damage {
        /** {@code left} is how many pages there are from this one on. */
        void to(ByteBuffer file, int pageAt, int left);
    }

    /** Does the damage to the first pages of a kind, which have no overflow. */
    private void requireToldWith(int kind, Damage damage) throws Exception {
        Path file = write(Map.of("key", pairs(new Random(3), 200_000, 30)));
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer pages = Layout.littleEndian(bytes);
        int count = bytes.length / Layout.PAGE_BYTES;
        int damaged = 0;
        for (int number = 3; number < count && damaged < 20; number++) {
            int at = number * Layout.PAGE_BYTES;
            if (pages.getLong(at) == number && pages.getShort(at + Layout.FLAGS_AT) == kind) {
                damage.to(pages, at, count - number);
                damaged++;
            }
        }
        Files.write(file, bytes);
        try (BoltReader reader = BoltReader.open(file)) {
            assertThatThrownBy(() -> reader.<RuntimeException>forEach("key", START, (key, value) -> {}))
                    .isInstanceOf(BoltException.class)
                    .hasMessageStartingWith("the file is damaged");
        }
    }

    @Example
    void keysOutOfOrderAreRefused() throws IOException {
        try (BoltWriter writer = BoltWriter.create(directory().resolve("db"))) {
            assertThatThrownBy(() -> writer.bucket("key", bucket -> {
                        bucket.put(new byte[] {2}, START);
                        bucket.put(new byte[] {1}, START);
                    }))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private Path write(Map<String, ? extends Map<byte[], byte[]>> buckets) throws IOException {
        Path file = directory().resolve("db");
        try (BoltWriter writer = BoltWriter.create(file)) {
            for (Map.Entry<String, ? extends Map<byte[], byte[]>> bucket : buckets.entrySet()) {
                writer.bucket(bucket.getKey(), out -> {
                    for (Map.Entry<byte[], byte[]> pair : bucket.getValue().entrySet()) {
                        out.put(pair.getKey(), pair.getValue());
                    }
                });
            }
            writer.finish();
        }
        return file;
    }

    private static NavigableMap<byte[], byte[]> pairs(Random random, int count, int maxBytes) {
        NavigableMap<byte[], byte[]> pairs = new TreeMap<>(Arrays::compareUnsigned);
        for (int i = 0; i < count; i++) {
            byte[] key = new byte[1 + random.nextInt(20)];
            byte[] value = new byte[random.nextInt(10) == 0 ? 0 : random.nextInt(maxBytes)];
            random.nextBytes(key);
            random.nextBytes(value);
            pairs.put(key, value);
        }
        return pairs;
    }

    private static void requireSame(BoltReader reader, String bucket, byte[] from, Map<byte[], byte[]> expected)
            throws Exception {
        List<String> found = new ArrayList<>();
        assertThat(reader.<RuntimeException>forEach(bucket, from, (key, value) -> found.add(text(key, value))))
                .isTrue();
        List<String> wanted = new ArrayList<>();
        expected.forEach((key, value) -> wanted.add(text(key, value)));
        assertThat(found.equals(wanted))
                .as("%s pairs of %s", found.size(), wanted.size())
                .isTrue();
    }

    private static String text(byte[] key, byte[] value) {
        return new String(key, StandardCharsets.ISO_8859_1) + "=" + Arrays.hashCode(value) + "/" + value.length;
    }
}
