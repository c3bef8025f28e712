package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Space;
import dev.cairn.proto.authpb.Permission;
import dev.cairn.proto.etcdserverpb.AlarmRequest;
import dev.cairn.proto.etcdserverpb.AlarmType;
import dev.cairn.proto.etcdserverpb.CompactionRequest;
import dev.cairn.proto.etcdserverpb.DeleteRangeRequest;
import dev.cairn.proto.etcdserverpb.HashKVRequest;
import dev.cairn.proto.etcdserverpb.HashKVResponse;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.LeaseGrantRequest;
import dev.cairn.proto.etcdserverpb.LeaseGrpc;
import dev.cairn.proto.etcdserverpb.LeaseTimeToLiveRequest;
import dev.cairn.proto.etcdserverpb.LeaseTimeToLiveResponse;
import dev.cairn.proto.etcdserverpb.MaintenanceGrpc;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RequestOp;
import dev.cairn.proto.etcdserverpb.SnapshotRequest;
import dev.cairn.proto.etcdserverpb.SnapshotResponse;
import dev.cairn.proto.etcdserverpb.TxnRequest;
import dev.cairn.proto.mvccpb.KeyValue;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.bolt.BoltReader;
import dev.cairn.server.etcd.EtcdError;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot is an etcd's database, of one committed state; and a store hashes as that etcd does. */
@Timeout(120)
class SnapshotTest {
    @TempDir
    Path directory;

    private ServedStore served;
    private KVGrpc.KVBlockingStub kv;
    private MaintenanceGrpc.MaintenanceBlockingStub maintenance;

    @BeforeEach
    void serve() throws Exception {
        served = new ServedStore(directory.resolve("state"));
        kv = KVGrpc.newBlockingStub(served.channel);
        maintenance = MaintenanceGrpc.newBlockingStub(served.channel);
    }

    @AfterEach
    void stop() {
        served.close();
    }

    // The stream.

    @Test
    void blobsAreSmallCountDownAndEndWithTheHash() throws Exception {
        put("large", "x".repeat(200_000));
        List<SnapshotResponse> messages = messages();
        long size = messages.subList(0, messages.size() - 1).stream()
                .mapToLong(message -> message.getBlob().size())
                .sum();
        assertThat(size % 512).isZero();
        long remaining = size;
        for (SnapshotResponse message : messages.subList(0, messages.size() - 1)) {
            remaining -= message.getBlob().size();
            assertThat(message.getBlob().size()).isBetween(1, 32 << 10);
            assertThat(message.getRemainingBytes()).isEqualTo(remaining);
            assertThat(message.getVersion()).isEqualTo("3.6.0");
            assertThat(message.hasHeader()).isFalse();
        }
        byte[] all = bytes(messages);
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(all, (int) size));
        assertThat(messages.getLast().getBlob().toByteArray()).isEqualTo(hash);
        assertThat(directory.resolve("snapshots")).isEmptyDirectory();
    }

    @Test
    void onlySoManyAreMadeAtATime() {
        // Nobody reads these, so that they stay under way.
        put("large", "x".repeat(1_400_000));
        List<Iterator<SnapshotResponse>> begun = new ArrayList<>();
        boolean refused = false;
        for (int i = 0; i < 8 && !refused; i++) {
            try {
                Iterator<SnapshotResponse> messages = maintenance.snapshot(SnapshotRequest.getDefaultInstance());
                begun.add(messages);
                if (i < 2) {
                    messages.next();
                }
            } catch (StatusRuntimeException e) {
                refused = true;
            }
        }
        Assertions.assertThatThrownBy(() -> begun.getLast().next())
                .hasMessageContaining(EtcdError.TOO_MANY_REQUESTS.description());
    }

    // The rows.

    @Test
    void rowsAreTheHistoryFromTheCompactRevisionOn() throws Exception {
        put("a", "1"); // 2
        put("b", "1"); // 3
        put("a", "2"); // 4
        delete("b"); // 5
        put("c", "x".repeat(9000)); // 6
        kv.compact(CompactionRequest.newBuilder().setRevision(5).build());
        put("c", "3"); // 7
        delete("a"); // 8
        assertThat(rows())
                .containsExactly(
                        "4.0 a=2 created 2 version 2",
                        "5.0t b",
                        "6.0 c=" + "x".repeat(9000) + " created 6 version 1",
                        "7.0 c=3 created 6 version 2",
                        "8.0t a");
    }

    @Test
    void aTransactionIsOneRevision() throws Exception {
        kv.txn(TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder().setRequestPut(request("a", "1")))
                .addSuccess(RequestOp.newBuilder().setRequestPut(request("b", "1")))
                .build());
        assertThat(rows()).containsExactly("2.0 a=1 created 2 version 1", "2.1 b=1 created 2 version 1");
    }

    // Hashes.

    @Test
    void hashesSayOfWhichRevisionsTheyAre() {
        put("a", "1"); // 2
        put("a", "2"); // 3
        HashKVResponse now = hash(0);
        assertThat(now.getCompactRevision()).isEqualTo(-1);
        assertThat(now.getHashRevision()).isEqualTo(3);
        assertThat(now.getHeader().getRevision()).isEqualTo(3);
        put("b", "1"); // 4
        assertThat(hash(3).getHash()).isEqualTo(now.getHash());
        assertThat(hash(3).getHeader().getRevision()).isEqualTo(4);
        assertThat(hash(0).getHash()).isNotEqualTo(now.getHash());
        kv.compact(CompactionRequest.newBuilder().setRevision(3).build());
        assertThat(hash(0).getCompactRevision()).isEqualTo(3);
        Assertions.assertThatThrownBy(() -> hash(2)).hasMessageContaining(EtcdError.COMPACTED.description());
        Assertions.assertThatThrownBy(() -> hash(9)).hasMessageContaining(EtcdError.FUTURE_REVISION.description());
    }

    // A real etcd.

    @Test
    void aRealEtcdComesBackFromIt() throws Exception {
        EtcdTools tools = EtcdTools.find();
        fill(new Random(11));
        LeaseGrpc.LeaseBlockingStub leases = LeaseGrpc.newBlockingStub(served.channel);
        for (long id : new long[] {7, -7}) {
            var _ = leases.leaseGrant(
                    LeaseGrantRequest.newBuilder().setID(id).setTTL(1000).build());
        }
        var _ = kv.put(request("leased", "1").toBuilder().setLease(-7).build());
        Path file = directory.resolve("snapshot.db");
        tools.ctl(served.port(), "snapshot", "save", file.toString());
        String status = tools.utl("snapshot", "status", file.toString(), "-w", "json");
        long revision = served.machine.committed().revision();
        assertThat(status)
                .contains("\"revision\":" + revision + ",")
                .contains("\"totalKey\":" + served.machine.committed().tree().liveCount(CLIENTS))
                .contains("\"version\":\"3.6.0\"");
        Path data = directory.resolve("etcd");
        tools.utl("snapshot", "restore", file.toString(), "--data-dir=" + data);
        try (EtcdTools.Running etcd = tools.start(data)) {
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", etcd.port)
                    .usePlaintext()
                    .maxInboundMessageSize(64 << 20)
                    .build();
            try {
                requireSame(KVGrpc.newBlockingStub(channel), revision);
                MaintenanceGrpc.MaintenanceBlockingStub theirs = MaintenanceGrpc.newBlockingStub(channel);
                for (long at : new long[] {0, revision - 3, COMPACTED}) {
                    HashKVRequest request =
                            HashKVRequest.newBuilder().setRevision(at).build();
                    HashKVResponse ours = maintenance.hashKV(request);
                    assertThat(theirs.hashKV(request).toBuilder().clearHeader().build())
                            .isEqualTo(ours.toBuilder().clearHeader().build());
                }
                LeaseTimeToLiveResponse lease = LeaseGrpc.newBlockingStub(channel)
                        .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder()
                                .setID(-7)
                                .setKeys(true)
                                .build());
                assertThat(lease.getGrantedTTL()).isEqualTo(1000);
                assertThat(lease.getKeysList()).containsExactly(ByteString.copyFromUtf8("leased"));
            } finally {
                channel.shutdownNow();
            }
        }
    }

    /** With the alarm and the permissions as they stood. */
    @Test
    void aRealEtcdThatComesBackFromItLetsAUserInAndNobodyElse() throws Exception {
        EtcdTools tools = EtcdTools.find();
        put("open/a", "1");
        put("shut/a", "1");
        TestUsers users = TestUsers.of(served.channel);
        users.add("ann", Permission.Type.READ, "open/");
        var _ = maintenance.alarm(AlarmRequest.newBuilder()
                .setAction(AlarmRequest.AlarmAction.ACTIVATE)
                .setAlarm(AlarmType.NOSPACE)
                .build());
        users.enable();
        Path file = directory.resolve("snapshot.db");
        tools.ctl(served.port(), "--user=root:root", "snapshot", "save", file.toString());
        Path data = directory.resolve("etcd");
        tools.utl("snapshot", "restore", file.toString(), "--data-dir=" + data);
        try (EtcdTools.Running etcd = tools.start(data)) {
            assertThat(tools.ctl(etcd.port, "--user=ann:ann", "get", "open/a", "--print-value-only"))
                    .isEqualToIgnoringNewLines("1");
            Assertions.assertThatThrownBy(() -> tools.ctl(etcd.port, "--user=ann:ann", "get", "shut/a"))
                    .hasMessageContaining("etcdserver: permission denied");
            Assertions.assertThatThrownBy(() -> tools.ctl(etcd.port, "--user=ann:wrong", "get", "open/a"))
                    .hasMessageContaining("etcdserver: authentication failed");
            Assertions.assertThatThrownBy(() -> tools.ctl(etcd.port, "get", "open/a"))
                    .hasMessageContaining("etcdserver: user name is empty");
            assertThat(tools.ctl(etcd.port, "--user=root:root", "role", "get", "ann"))
                    .isEqualTo(tools.ctl(served.port(), "--user=root:root", "role", "get", "ann"));
            assertThat(tools.ctl(etcd.port, "--user=root:root", "alarm", "list"))
                    .contains("alarm:NOSPACE");
        }
    }

    private static final long COMPACTED = 60;

    private static final KeySpan CLIENTS = Space.CLIENTS.treeSpan(new KeySpan(Bytes.EMPTY, Optional.empty()));

    private void fill(Random random) {
        for (int i = 0; i < 120; i++) {
            String key = "key" + random.nextInt(25);
            if (random.nextInt(4) == 0) {
                delete(key);
                put("other", "" + i);
            } else {
                put(key, "v".repeat(random.nextInt(3) == 0 ? random.nextInt(20_000) : random.nextInt(40)));
            }
        }
        put("huge", "h".repeat(1_200_000));
        kv.compact(CompactionRequest.newBuilder().setRevision(COMPACTED).build());
        delete("key3");
        put("last", "1");
    }

    /** Every key with all that is known of it, at every revision that both still have. */
    private void requireSame(KVGrpc.KVBlockingStub theirs, long revision) {
        for (long at = COMPACTED; at <= revision; at++) {
            RangeRequest all = RangeRequest.newBuilder()
                    .setKey(ByteString.copyFrom(new byte[] {0}))
                    .setRangeEnd(ByteString.copyFrom(new byte[] {0}))
                    .setRevision(at)
                    .build();
            assertThat(theirs.range(all).getKvsList())
                    .as("revision %s", at)
                    .isEqualTo(kv.range(all).getKvsList());
            assertThat(theirs.range(all).getHeader().getRevision()).isEqualTo(revision);
        }
    }

    // Doing.

    private List<SnapshotResponse> messages() {
        List<SnapshotResponse> messages = new ArrayList<>();
        maintenance.snapshot(SnapshotRequest.getDefaultInstance()).forEachRemaining(messages::add);
        return messages;
    }

    private static byte[] bytes(List<SnapshotResponse> messages) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        messages.forEach(message -> bytes.writeBytes(message.getBlob().toByteArray()));
        return bytes.toByteArray();
    }

    private List<String> rows() throws Exception {
        Path file = Files.write(directory.resolve("db"), bytes(messages()));
        List<String> rows = new ArrayList<>();
        try (BoltReader reader = BoltReader.open(file)) {
            for (String bucket : List.of("meta", "lease", "alarm", "auth", "members", "members_removed", "cluster")) {
                assertThat(reader.<RuntimeException>forEach(bucket, new byte[0], (name, value) -> {}))
                        .as(bucket)
                        .isTrue();
            }
            reader.forEach("key", new byte[0], (name, value) -> rows.add(text(name, KeyValue.parseFrom(value))));
        }
        return rows;
    }

    private static String text(byte[] name, KeyValue pair) {
        ByteBuffer at = ByteBuffer.wrap(name);
        boolean isTombstone = name.length == 18 && name[17] == 't';
        String place = at.getLong() + "." + at.getLong(9);
        return isTombstone
                ? place + "t " + pair.getKey().toStringUtf8()
                : place + " " + pair.getKey().toStringUtf8() + "="
                        + pair.getValue().toStringUtf8() + " created " + pair.getCreateRevision() + " version "
                        + pair.getVersion();
    }

    private HashKVResponse hash(long revision) {
        return maintenance.hashKV(
                HashKVRequest.newBuilder().setRevision(revision).build());
    }

    private static PutRequest request(String key, String value) {
        return PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value))
                .build();
    }

    private void put(String key, String value) {
        kv.put(request(key, value));
    }

    private void delete(String key) {
        kv.deleteRange(DeleteRangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .build());
    }
}
