package dev.cairn.server.metrics;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts finished calls by method and code, under the name that etcd's dashboards ask for. */
public final class CallCounter extends ServerStreamTracer.Factory {
    private static final int MAX_METHODS = 200;

    private final MeterRegistry registry;
    private final Map<String, Map<Status.Code, LongAdder>> counts = new ConcurrentHashMap<>();

    public CallCounter(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        // A client may call what does not exist; such names must not pile up.
        String name =
                counts.size() < MAX_METHODS || counts.containsKey(fullMethodName) ? fullMethodName : "other/other";
        Map<Status.Code, LongAdder> ofMethod = counts.computeIfAbsent(name, _ -> new ConcurrentHashMap<>());
        return new ServerStreamTracer() {
            @Override
            public void streamClosed(Status status) {
                ofMethod.computeIfAbsent(status.getCode(), code -> counter(name, code))
                        .increment();
            }
        };
    }

    private LongAdder counter(String fullMethodName, Status.Code code) {
        LongAdder adder = new LongAdder();
        int slash = fullMethodName.lastIndexOf('/');
        FunctionCounter.builder("grpc_server_handled", adder, LongAdder::doubleValue)
                .description("Calls finished.")
                .tag("grpc_service", fullMethodName.substring(0, Math.max(0, slash)))
                .tag("grpc_method", fullMethodName.substring(slash + 1))
                .tag("grpc_code", code.name())
                .register(registry);
        return adder;
    }
}
