package dev.cairn.cli.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.cairn.cli.Failure;
import dev.cairn.kv.model.Permission;
import dev.cairn.proto.authpb.Role;
import dev.cairn.proto.authpb.User;
import dev.cairn.proto.mvccpb.KeyValue;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.bolt.BoltWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an etcd's database says is read, and nothing that it does not say; whatever the bytes are, reading ends. */
@Timeout(120)
class EtcdSnapshotTest {
    private static final int KEYS = 600;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Path database;

    @BeforeEach
    void write() throws IOException {
        database = directory.resolve("db");
        try (BoltWriter writer = BoltWriter.create(database)) {
            writer.bucket("auth", out -> out.put(utf8("authEnabled"), new byte[] {1}));
            writer.bucket("authRoles", out -> out.put(utf8("reader"), role()));
            writer.bucket("authUsers", out -> out.put(utf8("ann"), user()));
            writer.bucket("key", EtcdSnapshotTest::writeKeys);
            writer.bucket("lease", out -> out.put(lease(7), leaseRow(7, 60)));
            writer.bucket("meta", out -> out.put(utf8("finishedCompactRev"), revision(90, 0)));
            writer.finish();
        }
    }

    private static void writeKeys(BoltWriter.Bucket out) throws IOException {
        for (int i = 0; i < KEYS; i++) {
            out.put(revision(100, i), version("key/" + i, 100, "v".repeat(i)).toByteArray());
        }
        out.put(
                revision(101, 0),
                version("key/1", 101, "newer").toBuilder().setLease(7).build().toByteArray());
        out.put(
                revision(101, 1),
                version("key/2", 101, "newer").toBuilder().setLease(8).build().toByteArray());
        out.put(tombstone(102), version("key/3", 0, "").toByteArray());
        out.put(tombstone(103), version("key/4", 0, "").toByteArray());
        out.put(revision(104, 0), version("key/4", 104, "again").toByteArray());
        out.put(tombstone(105), version("key/5", 0, "").toByteArray());
    }

    @Test
    void ofEachKeyTheNewestVersionThatLivesIsRead() throws Exception {
        try (EtcdSnapshot snapshot = EtcdSnapshot.open(database, false)) {
            assertThat(snapshot.revision()).isEqualTo(105);
            assertThat(snapshot.keys()).hasSize(KEYS - 2).doesNotContainKey(Bytes.utf8("key/3"));
            assertThat(value(snapshot, "key/1")).isEqualTo("newer");
            assertThat(value(snapshot, "key/4")).isEqualTo("again");
            assertThat(value(snapshot, "key/599")).isEqualTo("v".repeat(599));
            assertThat(snapshot.leases()).containsOnly(Map.entry(7L, 60L));
            assertThat(snapshot.lease(version(snapshot, "key/1"))).isEqualTo(7);
            assertThat(snapshot.lease(version(snapshot, "key/2"))).isZero();
            Permission permission = new Permission(Permission.Type.WRITE, Bytes.utf8("a"), Bytes.utf8("b"));
            assertThat(snapshot.auth())
                    .isEqualTo(new EtcdAuth(
                            true,
                            List.of(new EtcdAuth.Role(Bytes.utf8("reader"), List.of(permission))),
                            List.of(new EtcdAuth.User(
                                    Bytes.utf8("ann"), Bytes.utf8("$2a$"), false, List.of(Bytes.utf8("reader"))))));
        }
    }

    @Test
    void aHashMustFitIfOneIsAskedFor() throws Exception {
        assertThatThrownBy(() -> open(true)).isInstanceOf(Failure.class).hasMessageContaining("--skip-hash-check");
        byte[] bytes = Files.readAllBytes(database);
        ByteArrayOutputStream hashed = new ByteArrayOutputStream();
        hashed.writeBytes(bytes);
        hashed.writeBytes(MessageDigest.getInstance("SHA-256").digest(bytes));
        Files.write(database, hashed.toByteArray());
        open(true);
        byte[] flipped = hashed.toByteArray();
        flipped[5000] ^= 1;
        Files.write(database, flipped);
        assertThatThrownBy(() -> open(true)).hasMessageContaining("its hash does not fit its bytes");
    }

    @Test
    void whatIsNoDatabaseIsCalledThat() throws Exception {
        Files.write(database, new byte[0]);
        assertThatThrownBy(() -> open(false))
                .hasMessage(database + ": the file is no bbolt database, or its beginning is damaged");
        assertThatThrownBy(() -> open(true)).hasMessageContaining("no hash stands at its end");
        Files.delete(database);
        assertThatThrownBy(() -> open(false)).hasMessage(database + ": there is no such file");
        try (BoltWriter writer = BoltWriter.create(database)) {
            writer.bucket("other", out -> out.put(utf8("a"), utf8("b")));
            writer.finish();
        }
        assertThatThrownBy(() -> open(false)).hasMessageContaining("it is no etcd's database");
    }

    @Test
    void rowsThatAreNoneAreRefusedByName() throws Exception {
        requireRefused("key", utf8("short"), utf8("x"), "its name is no revision");
        requireRefused("key", revision(5, 0), version("a", 6, "").toByteArray(), "it is of revision 6");
        requireRefused("key", revision(5, 0), version("", 5, "").toByteArray(), "it names no key");
        requireRefused("key", revision(-5, 0), version("a", -5, "").toByteArray(), "its revision is negative");
        requireRefused("lease", lease(7), leaseRow(8, 60), "it is no lease of its name");
        requireRefused("lease", lease(7), leaseRow(7, -1), "it is no lease of its name");
        requireRefused("authUsers", utf8("a"), new byte[] {(byte) 0xff}, "authUsers");
        requireRefused(
                "authRoles",
                utf8("a"),
                Role.newBuilder()
                        .addKeyPermission(
                                dev.cairn.proto.authpb.Permission.newBuilder().setPermTypeValue(9))
                        .build()
                        .toByteArray(),
                "a permission of no type");
    }

    private void requireRefused(String bucket, byte[] name, byte[] row, String why) throws IOException {
        Files.delete(database);
        try (BoltWriter writer = BoltWriter.create(database)) {
            writer.bucket(bucket, out -> out.put(name, row));
            if (!bucket.equals("key")) {
                writer.bucket("key", _ -> {});
            }
            writer.finish();
        }
        assertThatThrownBy(() -> open(false))
                .isInstanceOf(Failure.class)
                .hasMessageStartingWith(database + ": it is damaged: of bucket " + bucket)
                .hasMessageContaining(why);
    }

    /** Nothing else comes of damage than a state or a sentence. */
    @Test
    void damageEndsInASentence() throws Exception {
        long seed = Long.getLong("cairn.snapshot.seed", System.nanoTime());
        Random random = new Random(seed);
        byte[] sound = Files.readAllBytes(database);
        int refused = 0;
        for (int run = 0; run < 1500; run++) {
            Files.write(database, damaged(sound, random));
            try {
                readAll();
            } catch (Failure e) {
                assertThat(e.getMessage()).as("-Dcairn.snapshot.seed=%s", seed).startsWith(database + ": ");
                refused++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("-Dcairn.snapshot.seed=" + seed + ", run " + run, e);
            }
        }
        assertThat(refused).as("-Dcairn.snapshot.seed=%s", seed).isGreaterThan(500);
    }

    /** Cut short, or with a few bytes changed, more of them where pages say what they are. */
    private static byte[] damaged(byte[] sound, Random random) {
        if (random.nextInt(8) == 0) {
            return Arrays.copyOf(sound, random.nextInt(sound.length));
        }
        byte[] bytes = sound.clone();
        for (int i = random.nextInt(6); i >= 0; i--) {
            int page = random.nextInt(bytes.length / 4096) * 4096;
            int at = page + random.nextInt(random.nextBoolean() ? 64 : 4096);
            bytes[at] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private void readAll() throws Failure {
        try (EtcdSnapshot snapshot = EtcdSnapshot.open(database, false)) {
            for (Bytes key : snapshot.keys().keySet()) {
                Bytes value = snapshot.value(
                        key, Objects.requireNonNull(snapshot.keys().get(key)));
                assertThat(value.size()).isLessThan(1 << 20);
            }
        }
    }

    private void open(boolean hashed) throws Failure {
        EtcdSnapshot.open(database, hashed).close();
    }

    private static EtcdSnapshot.Version version(EtcdSnapshot snapshot, String key) {
        return Objects.requireNonNull(snapshot.keys().get(Bytes.utf8(key)));
    }

    private static String value(EtcdSnapshot snapshot, String key) throws Failure {
        return snapshot.value(Bytes.utf8(key), version(snapshot, key)).toUtf8();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] revision(long main, long sub) {
        return new EtcdRows.Revision(main, sub, false).name();
    }

    private static byte[] tombstone(long main) {
        byte[] name = Arrays.copyOf(revision(main, 0), 18);
        name[17] = 't';
        return name;
    }

    private static KeyValue version(String key, long revision, String value) {
        return KeyValue.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setModRevision(revision)
                .setValue(ByteString.copyFromUtf8(value))
                .build();
    }

    private static byte[] lease(long id) {
        return ByteBuffer.allocate(Long.BYTES).putLong(id).array();
    }

    private static byte[] leaseRow(long id, long seconds) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeInt64(1, id);
        out.writeInt64(2, seconds);
        out.writeInt64(3, 5); // what is left of it
        out.flush();
        return bytes.toByteArray();
    }

    private static byte[] role() {
        return Role.newBuilder()
                .setName(ByteString.copyFromUtf8("reader"))
                .addKeyPermission(dev.cairn.proto.authpb.Permission.newBuilder()
                        .setPermType(dev.cairn.proto.authpb.Permission.Type.WRITE)
                        .setKey(ByteString.copyFromUtf8("a"))
                        .setRangeEnd(ByteString.copyFromUtf8("b")))
                .build()
                .toByteArray();
    }

    private static byte[] user() {
        return User.newBuilder()
                .setName(ByteString.copyFromUtf8("ann"))
                .setPassword(ByteString.copyFromUtf8("$2a$"))
                .addRoles("reader")
                .build()
                .toByteArray();
    }
}
