package dev.cairn.cli;

import com.google.common.util.concurrent.Uninterruptibles;
import com.google.protobuf.ByteString;
import dev.cairn.client.Saying;
import dev.cairn.genesis.HostPort;
import dev.cairn.proto.etcdserverpb.DeleteRangeRequest;
import dev.cairn.proto.etcdserverpb.DeleteRangeResponse;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.PutResponse;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Calls to whichever endpoint answers, within one deadline. A read goes on to the next endpoint on any failure to get
 * an answer; a write only while it cannot have left this machine, because executed twice it could undo what another
 * client wrote in between. It waits for the endpoint that took it until the deadline.
 */
final class EtcdClient implements AutoCloseable {
    private static final String TOO_LARGE = "the request is too large; keys and values may have 1.5 MiB together";
    private static final String BROKEN_OFF =
            "it broke the connection off; is this a client port, and not the peer port above it?";

    /** Jargon, up to its first number, and what it means here. */
    private static final Map<String, String> PLAINER = Map.of(
            "etcdserver: request is too large", TOO_LARGE,
            "gRPC message exceeds maximum size", TOO_LARGE,
            "io exception", BROKEN_OFF,
            "Network closed for unknown reason", BROKEN_OFF);

    private final List<HostPort> endpoints;
    private final Duration timeout;
    private final Channels channels;

    /** In clear text. */
    EtcdClient(List<HostPort> endpoints, Duration timeout) {
        this(endpoints, timeout, new Channels());
    }

    /** @param channels closed with this client */
    EtcdClient(List<HostPort> endpoints, Duration timeout, Channels channels) {
        this.channels = channels;
        this.endpoints = List.copyOf(endpoints);
        this.timeout = timeout;
    }

    RangeResponse range(RangeRequest request) throws Failure {
        return call(
                KVGrpc.getRangeMethod(),
                request,
                "read " + Permission.keys(request.getKey(), request.getRangeEnd()),
                true);
    }

    PutResponse put(PutRequest request) throws Failure {
        return call(
                KVGrpc.getPutMethod(), request, "write " + Permission.keys(request.getKey(), ByteString.EMPTY), false);
    }

    DeleteRangeResponse delete(DeleteRangeRequest request) throws Failure {
        return call(
                KVGrpc.getDeleteRangeMethod(),
                request,
                "delete " + Permission.keys(request.getKey(), request.getRangeEnd()),
                false);
    }

    Channels channels() {
        return channels;
    }

    /** @param what is not done if it is not permitted */
    private <Q, R> R call(MethodDescriptor<Q, R> method, Q request, String what, boolean repeatable) throws Failure {
        long end = System.nanoTime() + timeout.toNanos();
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < endpoints.size(); i++) {
            HostPort endpoint = endpoints.get(i);
            ManagedChannel channel = channels.to(endpoint);
            long share = (end - System.nanoTime()) / (endpoints.size() - i);
            if (!repeatable && !connects(channel, share)) {
                problems.add(endpoint + " (no connection in time)");
                continue;
            }
            SentMark sent = new SentMark();
            try {
                return ClientCalls.blockingUnaryCall(
                        channels.asUser(endpoint),
                        method,
                        CallOptions.DEFAULT
                                .withDeadlineAfter(repeatable ? share : end - System.nanoTime(), TimeUnit.NANOSECONDS)
                                .withStreamTracerFactory(sent),
                        request);
            } catch (StatusRuntimeException e) {
                if (!isSilence(e.getStatus())) {
                    throw new Failure(endpoint + ": " + Permission.problem(e.getStatus(), channels.user(), what), e);
                }
                if (!repeatable && sent.isSent()) {
                    throw new Failure.NoAnswer(
                            endpoint + " took the request and did not answer (" + describe(e.getStatus())
                                    + "); whether it was carried out is unknown, and it may be yet: read the key to see",
                            e);
                }
                problems.add(endpoint + " (" + describe(e.getStatus()) + ")");
            }
        }
        throw new Failure.NoAnswer("no endpoint answered: " + String.join(", ", problems)
                + "; does a quorum run (`cairn status`), and are --endpoints right?");
    }

    /** Waits until the connection is made or has failed; false when neither came in time. */
    private static boolean connects(ManagedChannel channel, long nanos) {
        long end = System.nanoTime() + nanos;
        while (true) {
            ConnectivityState state = channel.getState(true);
            switch (state) {
                case READY, TRANSIENT_FAILURE, SHUTDOWN -> {
                    return true;
                }
                case IDLE, CONNECTING -> {
                    CountDownLatch changed = new CountDownLatch(1);
                    channel.notifyWhenStateChanged(state, changed::countDown);
                    if (!Uninterruptibles.awaitUninterruptibly(
                            changed, end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                        return false;
                    }
                }
            }
        }
    }

    /** Whether nothing was decided: there was no answer, or one that says it could not be had there. */
    static boolean isSilence(Status status) {
        return status.getCode() == Status.Code.UNAVAILABLE || status.getCode() == Status.Code.DEADLINE_EXCEEDED;
    }

    /** What a person wants to read of a status. */
    static String describe(Status status) {
        Optional<String> noConnection = Saying.ofConnection(status);
        if (noConnection.isPresent()) {
            return noConnection.get();
        }
        String description = Objects.requireNonNullElse(
                status.getDescription(), status.getCode().toString());
        return switch (status.getCode()) {
            case DEADLINE_EXCEEDED -> "no answer in time";
            case UNIMPLEMENTED -> "it does not speak this protocol";
            default -> PLAINER.getOrDefault(description.replaceFirst(" \\d.*", ""), description);
        };
    }

    @Override
    public void close() {
        channels.close();
    }

    /** Notices whether anything of a call was handed to the network. */
    private static final class SentMark extends ClientStreamTracer.Factory {
        private volatile boolean sent;

        boolean isSent() {
            return sent;
        }

        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new ClientStreamTracer() {
                @Override
                public void outboundHeaders() {
                    sent = true;
                }
            };
        }
    }
}
