package dev.cairn.runtime;

import dev.cairn.codec.Ed25519Authenticator;
import dev.cairn.codec.Ed25519Signer;
import dev.cairn.protocol.Rejection;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The node's meters, all named {@code cairn_*}. Cheap enough for every block; nothing here waits. */
final class NodeMetrics {
    private final MeterRegistry registry;
    private final Timer fsync;
    private final DistributionSummary recordsPerFsync;
    private final Timer statePersist;
    private final Timer execution;
    private final Timer turn;
    private final Counter blocks;
    private final Counter requests;
    private final Counter framesSent;
    private final Counter bytesSent;
    private final Counter framesReceived;
    private final Counter skipped;
    private final Counter violations;
    private final Counter accusations;
    private final Map<Rejection, Counter> rejections = new EnumMap<>(Rejection.class);
    private final Map<Lane, Counter> dropped = new EnumMap<>(Lane.class);

    NodeMetrics(MeterRegistry registry) {
        this.registry = registry;
        fsync = registry.timer("cairn_log_fsync");
        recordsPerFsync = registry.summary("cairn_log_records_per_fsync");
        statePersist = registry.timer("cairn_state_persist");
        execution = registry.timer("cairn_execution");
        turn = registry.timer("cairn_loop_turn");
        blocks = registry.counter("cairn_blocks_committed");
        requests = registry.counter("cairn_requests_committed");
        framesSent = registry.counter("cairn_link_frames_sent");
        bytesSent = registry.counter("cairn_link_bytes_sent");
        framesReceived = registry.counter("cairn_link_frames_received");
        skipped = registry.counter("cairn_messages_skipped_unverified");
        violations = registry.counter("cairn_link_violations");
        accusations = registry.counter("cairn_accusations");
        for (Rejection rejection : Rejection.values()) {
            rejections.put(rejection, registry.counter("cairn_messages_rejected", "reason", lower(rejection)));
        }
        for (Lane lane : Lane.values()) {
            dropped.put(lane, registry.counter("cairn_link_dropped", "lane", lower(lane)));
        }
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    void watchSignatures(Ed25519Signer signer, Ed25519Authenticator authenticator) {
        FunctionCounter.builder("cairn_signatures_made", signer, Ed25519Signer::made)
                .register(registry);
        FunctionCounter.builder("cairn_signatures_verified", authenticator, Ed25519Authenticator::verified)
                .register(registry);
        FunctionCounter.builder("cairn_signatures_refused", authenticator, Ed25519Authenticator::refused)
                .register(registry);
    }

    <T> void gauge(String name, T source, ToDoubleFunction<T> value) {
        Gauge.builder(name, source, value).strongReference(true).register(registry);
    }

    void synced(long nanos, int records) {
        fsync.record(nanos, TimeUnit.NANOSECONDS);
        recordsPerFsync.record(records);
    }

    void statePersisted(long nanos) {
        statePersist.record(nanos, TimeUnit.NANOSECONDS);
    }

    void executed(long nanos) {
        execution.record(nanos, TimeUnit.NANOSECONDS);
    }

    void turned(long nanos) {
        turn.record(nanos, TimeUnit.NANOSECONDS);
    }

    void committed(int requestCount) {
        blocks.increment();
        requests.increment(requestCount);
    }

    void frameSent(int bytes) {
        framesSent.increment();
        bytesSent.increment(bytes);
    }

    void frameReceived() {
        framesReceived.increment();
    }

    /** A message that could change nothing, dropped before its signatures were checked. */
    void skipped() {
        skipped.increment();
    }

    /** Something that no honest replica sends. */
    void violation() {
        violations.increment();
    }

    void accused() {
        accusations.increment();
    }

    void rejected(Rejection reason) {
        Counter counter = rejections.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    void dropped(Lane lane) {
        Counter counter = dropped.get(lane);
        if (counter != null) {
            counter.increment();
        }
    }
}
