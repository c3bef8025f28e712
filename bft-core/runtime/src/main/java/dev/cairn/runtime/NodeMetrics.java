package dev.cairn.runtime;

import dev.cairn.codec.Ed25519Authenticator;
import dev.cairn.codec.Ed25519Signer;
import dev.cairn.protocol.Rejection;
import dev.cairn.protocol.Transition;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The node's meters, named {@code cairn_*} but for those that etcd's dashboards ask for. Cheap enough for every block; nothing
 * here waits.
 */
final class NodeMetrics {
    private final MeterRegistry registry;
    private final Timer fsync;
    private final DistributionSummary recordsPerFsync;
    private final Timer walFsync;
    private final Timer statePersist;
    private final Timer backendCommit;
    private final Timer execution;
    private final Timer turn;
    private final Counter blocks;
    private final Counter requests;
    private final Counter framesSent;
    private final Counter bytesSent;
    private final Counter framesReceived;
    private final Counter peerBytesSent;
    private final Counter peerBytesReceived;
    private final Counter peerSendsFailed;
    private final Counter skipped;
    private final Counter violations;
    private final Counter accusations;
    private final Counter forwardedDropped;
    private final Counter preparationsFailed;
    private final Counter chunksServed;
    private final Counter bytesServed;
    private final Timer chunkJudged;
    private final Counter bytesStored;
    private final Counter chunksRefused;
    private final Counter handOvers;
    private final Counter transfersBegun;
    private final Counter transfersAbandoned;
    private final Counter transfersCompleted;
    private final Counter divergences;
    private final Map<Rejection, Counter> rejections = new EnumMap<>(Rejection.class);
    private final Map<Lane, Counter> dropped = new EnumMap<>(Lane.class);

    NodeMetrics(MeterRegistry registry) {
        this.registry = registry;
        fsync = timer("cairn_log_fsync", "Syncs of the log.");
        recordsPerFsync = DistributionSummary.builder("cairn_log_records_per_fsync")
                .description("Log records that shared a sync.")
                .register(registry);
        walFsync = etcdTimer("etcd_disk_wal_fsync_duration", "Syncs of the log.");
        backendCommit = etcdTimer("etcd_disk_backend_commit_duration", "Writing the state after a block.");
        statePersist = timer("cairn_state_persist", "Writing the state after a block.");
        execution = timer("cairn_execution", "Executing a block.");
        turn = timer("cairn_loop_turn", "Turns of the event loop.");
        blocks = counter("cairn_blocks_committed", "Blocks committed since the start.");
        requests = counter("cairn_requests_committed", "Requests in them; each holds the operations of many callers.");
        framesSent = counter("cairn_link_frames_sent", "Frames sent to other replicas.");
        bytesSent = counter("cairn_link_bytes_sent", "Bytes in them.");
        framesReceived = counter("cairn_link_frames_received", "Frames received from other replicas.");
        peerBytesSent = counter("etcd_network_peer_sent_bytes", "Bytes of frames sent to other replicas.");
        peerBytesReceived =
                counter("etcd_network_peer_received_bytes", "Bytes of frames received from other replicas.");
        peerSendsFailed =
                counter("etcd_network_peer_sent_failures", "Messages to a replica that did not take them in time.");
        skipped = counter(
                "cairn_messages_skipped_unverified",
                "Messages that could change nothing, dropped before their signatures were checked.");
        violations =
                counter("cairn_link_violations", "Connections ended for what no honest replica sends. Should be 0.");
        accusations = counter("cairn_accusations", "Signed proofs that a replica lied. Should be 0.");
        forwardedDropped = counter(
                "cairn_forwarded_requests_dropped",
                "Costly requests forwarded by a replica of which many wait already; it sends them again.");
        preparationsFailed = counter(
                "cairn_preparations_failed", "Costly requests that are left to execution by a fault. Should be 0.");
        chunksServed = counter("cairn_transfer_chunks_served", "Parts of a state sent to a replica that fetches it.");
        bytesServed = counter("cairn_transfer_bytes_served", "Bytes in them.");
        chunkJudged = timer("cairn_transfer_chunk_judged", "Checking and storing a part of a state.");
        bytesStored = counter("cairn_transfer_bytes_stored", "Bytes in the parts that were proven and stored.");
        chunksRefused = counter("cairn_transfer_chunks_refused", "Parts that proved nothing. Should be 0.");
        handOvers = counter("cairn_hand_overs", "Times that this replica, as primary, handed over as it was asked to.");
        transfersBegun = counter("cairn_transfer_begun", "States that this replica began to fetch.");
        transfersAbandoned = counter("cairn_transfer_abandoned", "States that it gave up; it then tries another.");
        transfersCompleted = counter("cairn_transfer_completed", "States fetched; it starts again from each.");
        divergences = counter("cairn_quarantines", "Times that its own state was found wrong or missing. Should be 0.");
        for (Rejection rejection : Rejection.values()) {
            rejections.put(
                    rejection,
                    Counter.builder("cairn_messages_rejected")
                            .description("Messages that the protocol refused; a replica that was away causes some.")
                            .tag("reason", lower(rejection))
                            .register(registry));
        }
        for (Lane lane : Lane.values()) {
            dropped.put(
                    lane,
                    Counter.builder("cairn_link_dropped")
                            .description("Messages to a replica that did not take them in time.")
                            .tag("lane", lower(lane))
                            .register(registry));
        }
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    void watchSignatures(Ed25519Signer signer, Ed25519Authenticator authenticator) {
        FunctionCounter.builder("cairn_signatures_made", signer, Ed25519Signer::made)
                .description("Signatures made.")
                .register(registry);
        FunctionCounter.builder("cairn_signatures_verified", authenticator, Ed25519Authenticator::verified)
                .description("Signatures verified.")
                .register(registry);
        FunctionCounter.builder("cairn_signatures_refused", authenticator, Ed25519Authenticator::refused)
                .description("Signatures found invalid. Should be 0.")
                .register(registry);
    }

    <T> void gauge(String name, String meaning, T source, ToDoubleFunction<T> value) {
        Gauge.builder(name, source, value)
                .description(meaning)
                .strongReference(true)
                .register(registry);
    }

    private Timer timer(String name, String meaning) {
        return Timer.builder(name).description(meaning).register(registry);
    }

    /** With the buckets that etcd has: from 1 ms to 8.192 s, each twice the last. */
    private Timer etcdTimer(String name, String meaning) {
        return Timer.builder(name)
                .description(meaning)
                .serviceLevelObjectives(IntStream.range(0, 14)
                        .mapToObj(i -> Duration.ofMillis(1L << i))
                        .toArray(Duration[]::new))
                .register(registry);
    }

    private Counter counter(String name, String meaning) {
        return Counter.builder(name).description(meaning).register(registry);
    }

    void synced(long nanos, int records) {
        fsync.record(nanos, TimeUnit.NANOSECONDS);
        walFsync.record(nanos, TimeUnit.NANOSECONDS);
        recordsPerFsync.record(records);
    }

    void statePersisted(long nanos) {
        statePersist.record(nanos, TimeUnit.NANOSECONDS);
        backendCommit.record(nanos, TimeUnit.NANOSECONDS);
    }

    void executed(long nanos) {
        execution.record(nanos, TimeUnit.NANOSECONDS);
    }

    void chunkServed(int bytes) {
        chunksServed.increment();
        bytesServed.increment(bytes);
    }

    void chunkJudged(long nanos) {
        chunkJudged.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** What of the replica's story is counted here; the rest has meters of its own. */
    void noted(Transition transition) {
        switch (transition) {
            case Transition.TransferBegun _ -> transfersBegun.increment();
            case Transition.TransferAbandoned _ -> transfersAbandoned.increment();
            case Transition.TransferCompleted _ -> transfersCompleted.increment();
            case Transition.ChunkStored t -> bytesStored.increment(t.bytes());
            case Transition.ChunkRefused _ -> chunksRefused.increment();
            case Transition.Quarantined _ -> divergences.increment();
            case Transition.Resigned _ -> handOvers.increment();
            case Transition.Proposed _, Transition.Voted _, Transition.Prepared _, Transition.Committed _ -> {}
            case Transition.Suspected _, Transition.ViewChangeStarted _, Transition.ViewEntered _ -> {}
            case Transition.CheckpointStable _, Transition.CatchingUp _ -> {}
            case Transition.SnapshotPinned _, Transition.SnapshotOffered _ -> {}
        }
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
        peerBytesSent.increment(bytes);
    }

    void frameReceived(int bytes) {
        framesReceived.increment();
        peerBytesReceived.increment(bytes);
    }

    /** A message that could change nothing, dropped before its signatures were checked. */
    void skipped() {
        skipped.increment();
    }

    /** Something that no honest replica sends. */
    void violation() {
        violations.increment();
    }

    /** Costly requests that go no further: their gateway sends them again. */
    void forwardedDropped(int requestCount) {
        forwardedDropped.increment(requestCount);
    }

    void preparationFailed() {
        preparationsFailed.increment();
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
        peerSendsFailed.increment();
        Counter counter = dropped.get(lane);
        if (counter != null) {
            counter.increment();
        }
    }
}
