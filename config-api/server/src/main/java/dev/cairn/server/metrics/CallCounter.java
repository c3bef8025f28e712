package dev.cairn.server.metrics;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts calls, their messages and their bytes, under the names and labels that etcd's dashboards ask for. */
public final class CallCounter extends ServerStreamTracer.Factory {
    private static final int MAX_METHODS = 200;
    private static final String UNKNOWN_METHOD = "other/other";

    private final MeterRegistry registry;
    private final Map<String, Method> methods = new ConcurrentHashMap<>();
    private final LongAdder receivedBytes = new LongAdder();
    private final LongAdder sentBytes = new LongAdder();

    public CallCounter(MeterRegistry registry) {
        this.registry = registry;
        count("etcd_network_client_grpc_received_bytes", "Bytes of messages from clients.", receivedBytes);
        count("etcd_network_client_grpc_sent_bytes", "Bytes of messages to clients.", sentBytes);
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        return new Tracer();
    }

    /** Learns which method it is when the call is known to be of one. */
    private final class Tracer extends ServerStreamTracer {
        private volatile Optional<Method> method = Optional.empty();

        @Override
        public void serverCallStarted(ServerCallInfo<?, ?> call) {
            Method known = method(call.getMethodDescriptor());
            method = Optional.of(known);
            known.started.increment();
        }

        @Override
        public void inboundMessage(int number) {
            method.ifPresent(known -> known.received.increment());
        }

        @Override
        public void outboundMessage(int number) {
            method.ifPresent(known -> known.sent.increment());
        }

        @Override
        public void inboundWireSize(long bytes) {
            receivedBytes.add(bytes);
        }

        @Override
        public void outboundWireSize(long bytes) {
            sentBytes.add(bytes);
        }

        @Override
        public void streamClosed(Status status) {
            // What a client calls that does not exist must not pile up by name.
            method.orElseGet(() -> methods.computeIfAbsent(UNKNOWN_METHOD, name -> new Method(name, "unary")))
                    .handled(status.getCode());
        }
    }

    private Method method(MethodDescriptor<?, ?> descriptor) {
        String name = methods.size() < MAX_METHODS || methods.containsKey(descriptor.getFullMethodName())
                ? descriptor.getFullMethodName()
                : UNKNOWN_METHOD;
        return methods.computeIfAbsent(name, _ -> new Method(name, type(descriptor.getType())));
    }

    private static String type(MethodDescriptor.MethodType type) {
        return switch (type) {
            case UNARY, UNKNOWN -> "unary";
            case CLIENT_STREAMING -> "client_stream";
            case SERVER_STREAMING -> "server_stream";
            case BIDI_STREAMING -> "bidi_stream";
        };
    }

    /** A code as Go writes it: {@code InvalidArgument}. */
    static String goName(Status.Code code) {
        if (code == Status.Code.OK) {
            return "OK";
        }
        if (code == Status.Code.CANCELLED) {
            return "Canceled";
        }
        StringBuilder name = new StringBuilder();
        for (String word : code.name().split("_", -1)) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }

    private void count(String name, String description, LongAdder of, String... tags) {
        FunctionCounter.builder(name, of, LongAdder::doubleValue)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    /** The counters of one method. */
    private final class Method {
        private final String[] tags;
        private final LongAdder started = new LongAdder();
        private final LongAdder received = new LongAdder();
        private final LongAdder sent = new LongAdder();
        private final Map<Status.Code, LongAdder> handled = new ConcurrentHashMap<>();

        Method(String fullMethodName, String type) {
            int slash = fullMethodName.lastIndexOf('/');
            this.tags = new String[] {
                "grpc_service", fullMethodName.substring(0, Math.max(0, slash)),
                "grpc_method", fullMethodName.substring(slash + 1),
                "grpc_type", type
            };
            count("grpc_server_started", "Calls begun.", started, tags);
            count("grpc_server_msg_received", "Messages received.", received, tags);
            count("grpc_server_msg_sent", "Messages sent.", sent, tags);
        }

        void handled(Status.Code code) {
            handled.computeIfAbsent(code, this::counter).increment();
        }

        private LongAdder counter(Status.Code code) {
            LongAdder adder = new LongAdder();
            String[] withCode = {tags[0], tags[1], tags[2], tags[3], tags[4], tags[5], "grpc_code", goName(code)};
            count("grpc_server_handled", "Calls finished.", adder, withCode);
            return adder;
        }
    }
}
