package dev.cairn.cli;

import dev.cairn.proto.etcdserverpb.DeleteRangeRequest;
import dev.cairn.proto.etcdserverpb.DeleteRangeResponse;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.PutResponse;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.server.config.HostPort;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Calls to whichever endpoint answers, within one deadline. A read goes on to the next endpoint on any failure to get
 * an answer; a write only while it cannot have left this machine, because executed twice it could undo what another
 * client wrote in between.
 */
final class EtcdClient implements AutoCloseable {
    private final List<HostPort> endpoints;
    private final Duration timeout;
    private final Channels channels = new Channels();

    EtcdClient(List<HostPort> endpoints, Duration timeout) {
        this.endpoints = List.copyOf(endpoints);
        this.timeout = timeout;
    }

    RangeResponse range(RangeRequest request) throws Failure {
        return call(KVGrpc.getRangeMethod(), request, true);
    }

    PutResponse put(PutRequest request) throws Failure {
        return call(KVGrpc.getPutMethod(), request, false);
    }

    DeleteRangeResponse delete(DeleteRangeRequest request) throws Failure {
        return call(KVGrpc.getDeleteRangeMethod(), request, false);
    }

    Channels channels() {
        return channels;
    }

    private <Q, R> R call(MethodDescriptor<Q, R> method, Q request, boolean repeatable) throws Failure {
        long end = System.nanoTime() + timeout.toNanos();
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < endpoints.size(); i++) {
            HostPort endpoint = endpoints.get(i);
            long share = (end - System.nanoTime()) / (endpoints.size() - i);
            SentMark sent = new SentMark();
            try {
                return ClientCalls.blockingUnaryCall(
                        channels.to(endpoint),
                        method,
                        CallOptions.DEFAULT
                                .withDeadlineAfter(share, TimeUnit.NANOSECONDS)
                                .withStreamTracerFactory(sent),
                        request);
            } catch (StatusRuntimeException e) {
                if (!isSilence(e.getStatus())) {
                    throw new Failure(endpoint + ": " + describe(e.getStatus()), e);
                }
                if (!repeatable && sent.isSent()) {
                    throw new Failure(
                            endpoint + " took the request and did not answer (" + describe(e.getStatus())
                                    + "); whether it was carried out is unknown: read the key to see",
                            e);
                }
                problems.add(endpoint + " (" + describe(e.getStatus()) + ")");
            }
        }
        throw new Failure("no endpoint answered: " + String.join(", ", problems)
                + "; is the cluster running (`cairn status`), and are --endpoints right?");
    }

    /** Whether nothing was decided: there was no answer, or one that says it could not be had there. */
    static boolean isSilence(Status status) {
        return status.getCode() == Status.Code.UNAVAILABLE || status.getCode() == Status.Code.DEADLINE_EXCEEDED;
    }

    /** What a person wants to read of a status. */
    static String describe(Status status) {
        for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof java.net.UnknownHostException
                    || cause instanceof java.nio.channels.UnresolvedAddressException) {
                return "no such host";
            }
            if (cause instanceof java.net.ConnectException) {
                return "connection refused";
            }
        }
        String description = status.getDescription();
        return switch (status.getCode()) {
            case DEADLINE_EXCEEDED -> "no answer in time";
            case UNIMPLEMENTED -> "it does not speak this protocol";
            default -> description == null ? status.getCode().toString() : description;
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
