package dev.cairn.chaos.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.cairn.genesis.StoreLimits;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.GuardTable;
import dev.cairn.proto.etcdserverpb.DeleteRangeRequest;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RequestOp;
import dev.cairn.proto.etcdserverpb.TxnRequest;
import dev.cairn.protocol.model.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An unmodified {@code etcdctl make-mirror} writes no guarded key, neither as it begins nor as it goes on. */
@Timeout(120)
final class GuardedMirrorTest {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(40);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Path binary;

    @BeforeEach
    void find() {
        binary = ReferenceEtcd.binary();
    }

    @Test
    void itGivesUpAtAGuardedKey() throws Exception {
        Governance open = Governance.OPEN;
        Governance guarded = new Governance(
                open.registry(),
                new GuardTable(Optional.empty(), List.of(), List.of(Bytes.utf8("app/"))),
                open.recovery(),
                open.gatewayRights(),
                0);
        try (ReferenceEtcd etcd = etcd();
                CairnInProcess cairn =
                        new CairnInProcess(directory.resolve("cairn"), 1, Map.of(), guarded, StoreLimits.DEFAULT);
                Endpoint source = new Endpoint("etcd", etcd.address());
                Endpoint target = new Endpoint("Cairn", cairn.address(0))) {
            FilledEtcd.put(source.channel(), ByteString.copyFromUtf8("app/1"), "open");
            FilledEtcd.put(source.channel(), ByteString.copyFromUtf8("prod/1"), "guarded");
            try (Mirror mirror = new Mirror(etcd.address(), cairn.address(0))) {
                await("the mirror gives up", () -> !mirror.isRunning());
                assertThat(mirror.output()).contains("no guard and no open prefix decides on prod/1");
            }
            assertThat(contents(target)).containsExactly(Map.entry("app/1", "open"));

            // What changes later is refused as what is there from the start, and with all that changes with it.
            FilledEtcd.put(source.channel(), ByteString.copyFromUtf8("prod/1"), "guarded");
            var _ = KVGrpc.newBlockingStub(source.channel())
                    .deleteRange(DeleteRangeRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("prod/1"))
                            .build());
            try (Mirror mirror = new Mirror(etcd.address(), cairn.address(0))) {
                FilledEtcd.put(source.channel(), ByteString.copyFromUtf8("app/2"), "open");
                await("it mirrors", () -> contents(target).containsKey("app/2"));
                var _ = KVGrpc.newBlockingStub(source.channel())
                        .txn(TxnRequest.newBuilder()
                                .addSuccess(put("app/3"))
                                .addSuccess(put("prod/3"))
                                .build());
                await("the mirror gives up", () -> !mirror.isRunning());
                assertThat(mirror.output()).contains("no guard and no open prefix decides on prod/3");
            }
            assertThat(contents(target)).containsOnlyKeys("app/1", "app/2");
        }
    }

    private static RequestOp put(String key) {
        return RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)))
                .build();
    }

    private static SortedMap<String, String> contents(Endpoint endpoint) {
        SortedMap<String, String> contents = new TreeMap<>();
        ByteString all = ByteString.copyFrom(new byte[1]);
        KVGrpc.newBlockingStub(endpoint.channel())
                .range(RangeRequest.newBuilder().setKey(all).setRangeEnd(all).build())
                .getKvsList()
                .forEach(pair -> contents.put(
                        pair.getKey().toStringUtf8(), pair.getValue().toStringUtf8()));
        return contents;
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private ReferenceEtcd etcd() throws IOException {
        return new ReferenceEtcd(binary, directory.resolve("etcd"), List.of("--unsafe-no-fsync"));
    }

    /** A process that ends with this. */
    private final class Mirror implements AutoCloseable {
        private final Process process;
        private final Path output = directory.resolve("mirror.log");

        Mirror(String from, String to) throws IOException {
            List<String> command = new ArrayList<>(
                    List.of(binary.resolveSibling("etcdctl").toString(), "--endpoints=" + from, "make-mirror", to));
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        }

        boolean isRunning() {
            return process.isAlive();
        }

        String output() throws IOException {
            return Files.readString(output);
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
