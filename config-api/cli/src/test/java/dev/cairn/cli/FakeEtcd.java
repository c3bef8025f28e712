package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.cairn.genesis.HostPort;
import dev.cairn.proto.etcdserverpb.ClusterGrpc;
import dev.cairn.proto.etcdserverpb.DeleteRangeRequest;
import dev.cairn.proto.etcdserverpb.DeleteRangeResponse;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.Member;
import dev.cairn.proto.etcdserverpb.MemberListRequest;
import dev.cairn.proto.etcdserverpb.MemberListResponse;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.PutResponse;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.etcdserverpb.ResponseHeader;
import dev.cairn.proto.etcdserverpb.WatchGrpc;
import dev.cairn.proto.etcdserverpb.WatchRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import dev.cairn.proto.mvccpb.Event;
import dev.cairn.proto.mvccpb.KeyValue;
import dev.cairn.proto.v1.ReplicaGrpc;
import dev.cairn.proto.v1.ReplicaStatusRequest;
import dev.cairn.proto.v1.ReplicaStatusResponse;
import dev.cairn.server.config.KeyFiles;
import dev.cairn.server.config.NewCluster;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** An endpoint of a store that several endpoints can share, and that misbehaves on demand. */
final class FakeEtcd {
    /** What all endpoints of one cluster serve. */
    static final class Store {
        private final NavigableMap<String, KeyValue> keys = new TreeMap<>();
        private final List<KeyValue> changes = new ArrayList<>();
        private final List<Consumer<KeyValue>> followers = new ArrayList<>();
        private long revision = 1;

        synchronized long put(String key, String value) {
            revision++;
            KeyValue record = KeyValue.newBuilder()
                    .setKey(ByteString.copyFromUtf8(key))
                    .setValue(ByteString.copyFromUtf8(value))
                    .setModRevision(revision)
                    .setCreateRevision(revision)
                    .setVersion(1)
                    .build();
            keys.put(key, record);
            changes.add(record);
            followers.forEach(follower -> follower.accept(record));
            return revision;
        }

        synchronized List<KeyValue> range(ByteString from, ByteString end) {
            if (end.isEmpty()) {
                KeyValue record = keys.get(from.toStringUtf8());
                return record == null ? List.of() : List.of(record);
            }
            String to = end.toStringUtf8();
            return List.copyOf(
                    (to.equals("\0") ? keys.tailMap(from.toStringUtf8()) : keys.subMap(from.toStringUtf8(), to))
                            .values());
        }

        synchronized int delete(ByteString from, ByteString end) {
            List<KeyValue> found = range(from, end);
            found.forEach(record -> keys.remove(record.getKey().toStringUtf8()));
            revision += found.isEmpty() ? 0 : 1;
            return found.size();
        }

        synchronized void follow(Consumer<KeyValue> follower) {
            followers.add(follower);
        }

        synchronized List<KeyValue> since(long start) {
            return changes.stream()
                    .filter(record -> record.getModRevision() >= start)
                    .toList();
        }

        synchronized ResponseHeader header() {
            return ResponseHeader.newBuilder()
                    .setRevision(revision)
                    .setRaftTerm(3)
                    .build();
        }
    }

    private final Store store;
    private final FakeUsers users = new FakeUsers();
    private final Server server;
    private final HostPort endpoint;
    private volatile boolean silent;
    private volatile long delayMillis;
    private volatile Status refusal = Status.OK;
    private volatile ReplicaStatusResponse condition = ReplicaStatusResponse.getDefaultInstance();
    private volatile List<Member> members = List.of();
    private volatile int eventsPerWatch = Integer.MAX_VALUE;
    private final CountDownLatch watched = new CountDownLatch(1);

    FakeEtcd(Store store) throws IOException {
        this(store, Optional.empty());
    }

    /** With TLS if {@code replica} is given: the directory that a new cluster with TLS for clients has for it. */
    FakeEtcd(Store store, Optional<Path> replica) throws IOException {
        this(store, replica, false);
    }

    /** With the same TLS, and only for who shows a certificate of the cluster's authority. */
    static FakeEtcd wantingCertificates(Store store, Path replica) throws IOException {
        return new FakeEtcd(store, Optional.of(replica), true);
    }

    private FakeEtcd(Store store, Optional<Path> replica, boolean wantsCertificates) throws IOException {
        this.store = store;
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        if (replica.isPresent()) {
            builder.sslContext(tls(replica.get(), wantsCertificates));
        }
        this.server = builder.addService(new Kv())
                .addService(new Watches())
                .addService(new Replica())
                .addService(new Cluster())
                .addService(users)
                .intercept(users)
                .build()
                .start();
        this.endpoint = new HostPort("127.0.0.1", server.getPort());
    }

    private static SslContext tls(Path replica, boolean wantsCertificates) throws IOException {
        SslContextBuilder builder = GrpcSslContexts.forServer(
                        replica.resolve(NewCluster.CLIENT_CERTIFICATE).toFile(),
                        replica.resolve(NewCluster.CLIENT_KEY).toFile())
                .clientAuth(wantsCertificates ? ClientAuth.REQUIRE : ClientAuth.NONE);
        if (wantsCertificates) {
            builder.trustManager(replica.resolve(KeyFiles.TLS_AUTHORITY).toFile());
        }
        return builder.build();
    }

    /** Nobody is asked for until they are enabled. */
    FakeUsers users() {
        return users;
    }

    HostPort endpoint() {
        return endpoint;
    }

    /** From now on calls are taken and never answered. */
    void fallSilent() {
        silent = true;
    }

    /** From now on answers take this long. */
    void answerAfter(long millis) {
        delayMillis = millis;
    }

    /** From now on calls are answered with {@code status}. */
    void refuse(Status status) {
        refusal = status;
    }

    void report(ReplicaStatusResponse status) {
        condition = status;
    }

    void nameMembers(List<Member> list) {
        members = List.copyOf(list);
    }

    /** From now on a watch breaks after this many events. */
    void breakWatchesAfter(int events) {
        eventsPerWatch = events;
    }

    /** Returns when a watch has begun. */
    void awaitWatch() throws InterruptedException {
        assertThat(watched.await(30, TimeUnit.SECONDS)).isTrue();
    }

    void close() throws InterruptedException {
        server.shutdownNow();
        server.awaitTermination(10, TimeUnit.SECONDS);
    }

    private <T> void answer(StreamObserver<T> observer, T response) {
        if (silent) {
            return;
        }
        if (!refusal.isOk()) {
            observer.onError(refusal.asRuntimeException());
            return;
        }
        CompletableFuture.delayedExecutor(delayMillis, TimeUnit.MILLISECONDS, Runnable::run)
                .execute(() -> {
                    observer.onNext(response);
                    observer.onCompleted();
                });
    }

    private final class Kv extends KVGrpc.KVImplBase {
        @Override
        public void range(RangeRequest request, StreamObserver<RangeResponse> observer) {
            List<KeyValue> found = store.range(request.getKey(), request.getRangeEnd());
            List<KeyValue> shown = request.getLimit() > 0 && request.getLimit() < found.size()
                    ? found.subList(0, (int) request.getLimit())
                    : found;
            answer(
                    observer,
                    RangeResponse.newBuilder()
                            .setHeader(store.header())
                            .addAllKvs(shown)
                            .setMore(shown.size() < found.size())
                            .setCount(found.size())
                            .build());
        }

        @Override
        public void put(PutRequest request, StreamObserver<PutResponse> observer) {
            if (refusal.isOk() && !silent) {
                store.put(request.getKey().toStringUtf8(), request.getValue().toStringUtf8());
            }
            answer(observer, PutResponse.newBuilder().setHeader(store.header()).build());
        }

        @Override
        public void deleteRange(DeleteRangeRequest request, StreamObserver<DeleteRangeResponse> observer) {
            answer(
                    observer,
                    DeleteRangeResponse.newBuilder()
                            .setDeleted(store.delete(request.getKey(), request.getRangeEnd()))
                            .setHeader(store.header())
                            .build());
        }
    }

    private final class Watches extends WatchGrpc.WatchImplBase {
        @Override
        public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> observer) {
            return new StreamObserver<>() {
                @Override
                public void onNext(WatchRequest request) {
                    observer.onNext(WatchResponse.newBuilder()
                            .setHeader(store.header())
                            .setCreated(true)
                            .build());
                    long start = request.getCreateRequest().getStartRevision();
                    int sent = 0;
                    for (KeyValue record : store.since(start)) {
                        if (sent == eventsPerWatch) {
                            observer.onError(Status.UNAVAILABLE.asRuntimeException());
                            return;
                        }
                        tell(record);
                        sent++;
                    }
                    if (start > store.header().getRevision()) {
                        store.follow(record -> {
                            if (record.getModRevision() >= start) {
                                tell(record);
                            }
                        });
                    }
                    watched.countDown();
                }

                private void tell(KeyValue record) {
                    observer.onNext(WatchResponse.newBuilder()
                            .setHeader(store.header())
                            .addEvents(Event.newBuilder().setKv(record))
                            .build());
                }

                @Override
                public void onError(Throwable error) {}

                @Override
                public void onCompleted() {
                    observer.onCompleted();
                }
            };
        }
    }

    private final class Replica extends ReplicaGrpc.ReplicaImplBase {
        @Override
        public void status(ReplicaStatusRequest request, StreamObserver<ReplicaStatusResponse> observer) {
            answer(observer, condition);
        }
    }

    private final class Cluster extends ClusterGrpc.ClusterImplBase {
        @Override
        public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> observer) {
            answer(
                    observer,
                    MemberListResponse.newBuilder().addAllMembers(members).build());
        }
    }
}
