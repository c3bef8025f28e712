package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.cairn.kv.Limits;
import dev.cairn.proto.authpb.Permission;
import dev.cairn.proto.etcdserverpb.AuthGrpc;
import dev.cairn.proto.etcdserverpb.AuthUserRevokeRoleRequest;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.LeaseGrantRequest;
import dev.cairn.proto.etcdserverpb.LeaseGrpc;
import dev.cairn.proto.etcdserverpb.LeaseTimeToLiveRequest;
import dev.cairn.proto.etcdserverpb.LeaseTimeToLiveResponse;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.v1.GetRequest;
import dev.cairn.proto.v1.GetResponse;
import dev.cairn.proto.v1.HeadWanted;
import dev.cairn.proto.v1.ListRequest;
import dev.cairn.proto.v1.ListResponse;
import dev.cairn.proto.v1.StoreGrpc;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.server.etcd.Access;
import dev.cairn.server.etcd.Committed;
import dev.cairn.server.etcd.Headers;
import dev.cairn.server.etcd.KeepAlives;
import dev.cairn.server.etcd.LeaseService;
import dev.cairn.server.etcd.Store;
import dev.cairn.server.gateway.FakeConsensus;
import dev.cairn.server.gateway.Gateway;
import dev.cairn.server.gateway.ReadIndex;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever asks is judged by the very state that the answer is read from, whatever is committed meanwhile. */
@Timeout(60)
class OneStateTest {
    private static final LeaseTimeToLiveRequest ASK =
            LeaseTimeToLiveRequest.newBuilder().setID(7).setKeys(true).build();

    @TempDir
    private Path directory;

    /** First nobody needs permissions; then they do, and the lease has another key. */
    @Test
    void theKeysOfALeaseAreThoseThatTheCallerWasJudgedBy() throws Exception {
        try (ServedStore served = new ServedStore(directory);
                Background background = new Background("test", 1, 10)) {
            TestUsers users = TestUsers.of(served.channel);
            KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(served.channel);
            LeaseGrpc.newBlockingStub(served.channel)
                    .leaseGrant(
                            LeaseGrantRequest.newBuilder().setID(7).setTTL(600).build());
            kv.put(put("everybody's"));
            CommittedStore store = new CommittedStore(served.machine, _ -> {});
            Deque<Committed> states = new ArrayDeque<>(List.of(store.committed()));
            users.enable();
            users.as("root", kv).put(put("root's"));
            states.add(store.committed());
            LeaseTimeToLiveResponse told = asked(served, background, moving(states));
            assertThat(told.getKeysList()).containsExactly(ByteString.copyFromUtf8("everybody's"));
        }
    }

    /** While the answer waits for its testimony, root takes the right away and then writes what was not to be seen. */
    @Test
    void aProvenReadTellsNothingThatWasWrittenAfterTheRightWasGone() throws Exception {
        try (ServedStore served = new ServedStore(directory)) {
            TestUsers users = TestUsers.of(served.channel);
            KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(served.channel);
            users.add("alice", Permission.Type.READ, "a/");
            users.enable();
            StoreGrpc.StoreFutureStub alices = users.as("alice", StoreGrpc.newFutureStub(served.channel));
            String root = users.token("root");
            SoloNode.Held held = served.node.holdTestimonies();
            ListenableFuture<GetResponse> get = alices.get(GetRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("a/secret"))
                    .setHead(testified())
                    .build());
            ListenableFuture<ListResponse> list = alices.list(ListRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("a/"))
                    .setRangeEnd(ByteString.copyFromUtf8("a0"))
                    .setHead(testified())
                    .build());
            held.awaitOne();
            TestUsers.with(root, AuthGrpc.newBlockingStub(served.channel))
                    .userRevokeRole(AuthUserRevokeRoleRequest.newBuilder()
                            .setName("alice")
                            .setRole("alice")
                            .build());
            users.as("root", kv)
                    .put(PutRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("a/secret"))
                            .build());
            held.release();
            assertThatThrownBy(get::get).hasMessageContaining("permission denied");
            assertThatThrownBy(list::get).hasMessageContaining("permission denied");
        }
    }

    private static HeadWanted testified() {
        return HeadWanted.newBuilder()
                .setNonce(ByteString.copyFrom(new byte[32]))
                .build();
    }

    /** As where its disk fails. */
    @Test
    void whoAsksForLeasesIsToldThatTheStateCannotBeRead() throws Exception {
        try (ServedStore served = new ServedStore(directory);
                Background background = new Background("test", 1, 10)) {
            Store unreadable = (Store)
                    Proxy.newProxyInstance(Store.class.getClassLoader(), new Class<?>[] {Store.class}, (_, _, _) -> {
                        throw new IllegalStateException("the disk is gone");
                    });
            assertThatThrownBy(() -> asked(served, background, unreadable))
                    .hasCauseInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("its log says why");
        }
    }

    private static PutRequest put(String key) {
        return PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setLease(7)
                .build();
    }

    /** One that has gone on whenever it is looked at. */
    private static Store moving(Deque<Committed> states) {
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(),
                new Class<?>[] {Store.class},
                (_, _, _) -> states.size() > 1 ? states.remove() : states.getFirst());
    }

    private static LeaseTimeToLiveResponse asked(ServedStore served, Background background, Store store)
            throws Exception {
        FakeConsensus consensus = new FakeConsensus();
        ReadIndex readIndex =
                new ReadIndex(consensus, Runnable::run, System::nanoTime, 10, TimeUnit.SECONDS.toNanos(60));
        LeaseService service = new LeaseService(
                new Gateway(
                        new ClientId(0),
                        consensus,
                        () -> 1,
                        () -> 0,
                        Runnable::run,
                        System::nanoTime,
                        Gateway.Limits.DEFAULT),
                readIndex,
                new KeepAlives(_ -> {}, _ -> 0, (_, _) -> {}, System::currentTimeMillis, 10),
                store,
                new Access(store, served.tokens),
                new Headers(ServedStore.CLUSTER, () -> 0),
                background,
                Limits.DEFAULT,
                () -> 1);
        CompletableFuture<LeaseTimeToLiveResponse> answer = new CompletableFuture<>();
        service.leaseTimeToLive(ASK, new StreamObserver<>() {
            @Override
            public void onNext(LeaseTimeToLiveResponse response) {
                answer.complete(response);
            }

            @Override
            public void onError(Throwable failure) {
                answer.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {}
        });
        readIndex.ready(1);
        return answer.get();
    }
}
