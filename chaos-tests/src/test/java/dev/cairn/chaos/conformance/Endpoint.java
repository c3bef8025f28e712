package dev.cairn.chaos.conformance;

import com.google.protobuf.Message;
import dev.cairn.proto.etcdserverpb.AuthGrpc;
import dev.cairn.proto.etcdserverpb.AuthenticateRequest;
import dev.cairn.proto.etcdserverpb.AuthenticateResponse;
import dev.cairn.proto.etcdserverpb.ClusterGrpc;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.LeaseGrpc;
import dev.cairn.proto.etcdserverpb.LeaseKeepAliveRequest;
import dev.cairn.proto.etcdserverpb.LeaseKeepAliveResponse;
import dev.cairn.proto.etcdserverpb.MaintenanceGrpc;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.v3electionpb.ElectionGrpc;
import dev.cairn.proto.v3lockpb.LockGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One server of the etcd API, as its clients reach it. */
final class Endpoint implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;
    private static final int MAX_ANSWER_BYTES = 64 << 20;

    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    private static final Map<Class<?>, MethodDescriptor<?, ?>> UNARY = Stream.<MethodDescriptor<?, ?>>of(
                    KVGrpc.getRangeMethod(),
                    KVGrpc.getPutMethod(),
                    KVGrpc.getDeleteRangeMethod(),
                    KVGrpc.getTxnMethod(),
                    KVGrpc.getCompactMethod(),
                    LeaseGrpc.getLeaseGrantMethod(),
                    LeaseGrpc.getLeaseRevokeMethod(),
                    LeaseGrpc.getLeaseTimeToLiveMethod(),
                    LeaseGrpc.getLeaseLeasesMethod(),
                    AuthGrpc.getAuthEnableMethod(),
                    AuthGrpc.getAuthDisableMethod(),
                    AuthGrpc.getAuthStatusMethod(),
                    AuthGrpc.getAuthenticateMethod(),
                    AuthGrpc.getUserAddMethod(),
                    AuthGrpc.getUserGetMethod(),
                    AuthGrpc.getUserListMethod(),
                    AuthGrpc.getUserDeleteMethod(),
                    AuthGrpc.getUserChangePasswordMethod(),
                    AuthGrpc.getUserGrantRoleMethod(),
                    AuthGrpc.getUserRevokeRoleMethod(),
                    AuthGrpc.getRoleAddMethod(),
                    AuthGrpc.getRoleGetMethod(),
                    AuthGrpc.getRoleListMethod(),
                    AuthGrpc.getRoleDeleteMethod(),
                    AuthGrpc.getRoleGrantPermissionMethod(),
                    AuthGrpc.getRoleRevokePermissionMethod(),
                    ClusterGrpc.getMemberListMethod(),
                    ClusterGrpc.getMemberAddMethod(),
                    ClusterGrpc.getMemberRemoveMethod(),
                    ClusterGrpc.getMemberUpdateMethod(),
                    ClusterGrpc.getMemberPromoteMethod(),
                    MaintenanceGrpc.getAlarmMethod(),
                    MaintenanceGrpc.getStatusMethod(),
                    MaintenanceGrpc.getHashKVMethod(),
                    MaintenanceGrpc.getDefragmentMethod(),
                    MaintenanceGrpc.getMoveLeaderMethod(),
                    MaintenanceGrpc.getDowngradeMethod(),
                    LockGrpc.getLockMethod(),
                    LockGrpc.getUnlockMethod(),
                    ElectionGrpc.getCampaignMethod(),
                    ElectionGrpc.getProclaimMethod(),
                    ElectionGrpc.getLeaderMethod(),
                    ElectionGrpc.getResignMethod())
            .collect(Collectors.toUnmodifiableMap(Endpoint::requestClass, method -> method));

    private final String name;
    private final ManagedChannel channel;

    Endpoint(String name, String target) {
        this.name = name;
        this.channel = NettyChannelBuilder.forTarget(target)
                .usePlaintext()
                .disableRetry()
                .maxInboundMessageSize(MAX_ANSWER_BYTES)
                .build();
    }

    private static Class<?> requestClass(MethodDescriptor<?, ?> method) {
        return ((MethodDescriptor.ReflectableMarshaller<?>) method.getRequestMarshaller()).getMessageClass();
    }

    Channel channel() {
        return channel;
    }

    /** The call that takes such a request, if one alone is answered. */
    CompletableFuture<Answer> call(Message request) {
        return call(channel, request);
    }

    /** The same for whoever shows that token; nobody's if it is empty. */
    CompletableFuture<Answer> call(Message request, String token) {
        return call(showing(token), request);
    }

    private Channel showing(String token) {
        return token.isEmpty() ? channel : ClientInterceptors.intercept(channel, shown(token));
    }

    /** Has each call show that token, unless it is empty. */
    static ClientInterceptor shown(String token) {
        Metadata headers = new Metadata();
        if (!token.isEmpty()) {
            headers.put(TOKEN, token);
        }
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    /** For the user with that password. */
    String token(String name, String password) {
        return signIn(name, password).orElseThrow(() -> new AssertionError(this + " does not let in " + name));
    }

    /** The same; nothing if the server does not let them in. */
    Optional<String> signIn(String name, String password) {
        Answer answer = call(AuthenticateRequest.newBuilder()
                        .setName(name)
                        .setPassword(password)
                        .build())
                .join();
        return answer.messages().stream()
                .map(message -> ((AuthenticateResponse) message).getToken())
                .findFirst();
    }

    private static CompletableFuture<Answer> call(Channel channel, Message request) {
        MethodDescriptor<?, ?> method = UNARY.get(request.getClass());
        if (method == null) {
            throw new IllegalArgumentException("no call takes " + request.getClass());
        }
        return call(channel, method, request);
    }

    /** One renewal, on a stream of its own. */
    CompletableFuture<Answer> keepAlive(LeaseKeepAliveRequest request, String token) {
        Answering<LeaseKeepAliveResponse> answering = new Answering<>(request);
        StreamObserver<LeaseKeepAliveRequest> requests = LeaseGrpc.newStub(showing(token))
                .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .leaseKeepAlive(answering);
        requests.onNext(request);
        requests.onCompleted();
        return answering.answer;
    }

    CompletableFuture<Answer> streamedRange(RangeRequest request, String token) {
        return call(showing(token), KVGrpc.getRangeStreamMethod(), request);
    }

    @SuppressWarnings("unchecked")
    private static CompletableFuture<Answer> call(Channel channel, MethodDescriptor<?, ?> method, Message request) {
        Answering<Message> answering = new Answering<>(request);
        ClientCalls.asyncServerStreamingCall(
                channel.newCall(
                        (MethodDescriptor<Message, Message>) method,
                        CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)),
                request,
                answering);
        return answering.answer;
    }

    private static final class Answering<T extends Message> implements StreamObserver<T> {
        final CompletableFuture<Answer> answer = new CompletableFuture<>();
        private final Message request;
        private final List<Message> messages = new ArrayList<>();

        Answering(Message request) {
            this.request = request;
        }

        @Override
        public void onNext(T message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable failure) {
            Status status = Status.fromThrowable(failure);
            String description = status.getDescription();
            answer.complete(new Answer(List.of(), status.getCode(), description == null ? "" : description));
        }

        @Override
        public void onCompleted() {
            answer.complete(new Answer(Likeness.of(request, messages), Status.Code.OK, ""));
        }
    }

    /** The revision of the newest write. */
    long revision() {
        return ((RangeResponse) call(RangeRequest.newBuilder()
                                .setKey(Words.key("any"))
                                .setCountOnly(true)
                                .build())
                        .join()
                        .message())
                .getHeader()
                .getRevision();
    }

    /** Whether a read is answered now. */
    boolean isServing() {
        channel.resetConnectBackoff();
        return call(RangeRequest.newBuilder().setKey(Words.key("any")).build())
                        .join()
                        .code()
                == Status.Code.OK;
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
