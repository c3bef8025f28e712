package dev.cairn.server.metrics;

import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.server.Background;
import dev.cairn.server.Consensus;
import dev.cairn.server.StoreGauges;
import dev.cairn.server.auth.Passwords;
import dev.cairn.server.auth.Tokens;
import dev.cairn.server.etcd.KeepAlives;
import dev.cairn.server.etcd.LeaderMoves;
import dev.cairn.server.etcd.RecipeCalls;
import dev.cairn.server.json.GatewayLoad;
import dev.cairn.server.net.HttpLoad;
import dev.cairn.server.proven.ProvenServices;
import dev.cairn.server.upkeep.Upkeep;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;

/** Binds a replica's condition to a registry. Everything is read when it is asked for. */
public final class ReplicaMetrics {
    private static final double NANOS = 1e9;

    private final MeterRegistry registry;
    private final Consensus consensus;

    public ReplicaMetrics(MeterRegistry registry, Consensus consensus) {
        this.registry = registry;
        this.consensus = consensus;
    }

    /**
     * Shows the replica, its store and its process.
     *
     * @param quotaBytes what {@link StoreGauges#dataBytes} may come to
     */
    public void bind(StoreGauges store, ProcessGauges process, String version, long memberId, long quotaBytes) {
        status("etcd_server_has_leader", "Whether a primary is in office here.", s -> s.changing() ? 0 : 1);
        status("etcd_server_is_leader", "Whether this replica is the primary.", s -> isPrimary(s) ? 1 : 0);
        count(
                "etcd_server_leader_changes_seen",
                "Views that have begun.",
                s -> s.view().number());
        count(
                "etcd_server_proposals_committed",
                "Blocks committed.",
                s -> s.committed().value());
        count(
                "etcd_server_proposals_applied",
                "Blocks executed for good.",
                s -> s.committed().value());
        status("etcd_server_proposals_pending", "Requests that wait for their commit.", ReplicaStatus::waitingRequests);
        status("etcd_server_is_learner", "No replica is one.", _ -> 0);
        gauge("etcd_server_quota_backend_bytes", "What keys may hold.", store, _ -> quotaBytes);
        status("cairn_view", "The view.", s -> s.view().number());
        status(
                "cairn_committed_height",
                "The last committed block.",
                s -> s.committed().value());
        status(
                "cairn_proposed_height",
                "The last proposed block.",
                s -> s.proposed().value());
        status(
                "cairn_stable_checkpoint_height",
                "The last stable checkpoint.",
                s -> s.stableCheckpoint().value());
        status("cairn_candidate_blocks", "Blocks that may still be committed.", ReplicaStatus::candidateBlocks);
        gauge("etcd_mvcc_db_total_size_in_bytes", "The store on disk.", store, StoreGauges::diskBytes);
        gauge("etcd_mvcc_db_total_size_in_use_in_bytes", "What keys hold now.", store, StoreGauges::dataBytes);
        gauge("cairn_alarms", "Alarms that are raised.", store, StoreGauges::raisedAlarms);
        gauge("cairn_tree_bytes", "The keys in memory.", store, StoreGauges::treeBytes);
        gauge("cairn_pinned_states", "States kept for others to fetch.", store, StoreGauges::pinnedStates);
        gauge("cairn_leases", "Leases that live.", store, StoreGauges::leaseCount);
        gauge("cairn_pending_changes", "Signed changes that wait.", store, StoreGauges::pendingChanges);
        counter("cairn_change_signatures", "People's signatures checked.", store, StoreGauges::signaturesVerified);
        counter("cairn_change_signatures_refused", "Those that did not hold.", store, StoreGauges::signaturesRefused);
        counter("cairn_change_texts_read", "Texts of signed changes read.", store, StoreGauges::textsRead);
        gauge("cairn_change_text_bytes", "Texts of signed changes in memory.", store, StoreGauges::readTextBytes);
        gauge("etcd_debugging_mvcc_current_revision", "The current revision.", store, StoreGauges::revision);
        gauge("etcd_debugging_mvcc_compact_revision", "The compact revision.", store, StoreGauges::compactRevision);
        // A counter for its name alone, which no gauge may have.
        counter("etcd_debugging_mvcc_keys", "The keys.", store, StoreGauges::keys);
        gauge("process_open_fds", "Open files and sockets.", process, ProcessGauges::openFiles);
        gauge("process_max_fds", "How many there may be.", process, ProcessGauges::maxFiles);
        gauge("process_virtual_memory_bytes", "Virtual memory.", process, ProcessGauges::virtualBytes);
        gauge("process_resident_memory_bytes", "Resident memory.", process, ProcessGauges::residentBytes);
        gauge("process_start_time_seconds", "Start, since 1970.", process, ProcessGauges::startSeconds);
        FunctionCounter.builder("process_cpu_seconds", process, p -> cpuNanos() / NANOS)
                .description("CPU time used.")
                .register(registry);
        label("etcd_server_version", "server_version", version);
        label("etcd_cluster_version", "cluster_version", version.substring(0, version.lastIndexOf('.')));
        label("etcd_server_id", "server_id", Long.toHexString(memberId));
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
    }

    /** Requests that this replica did not take in for lack of room. */
    public void bindRefusals(LongAdder refused) {
        counter("etcd_server_proposals_failed", "Requests that were not taken in.", refused, LongAdder::doubleValue);
    }

    /** What clients that verify keep waiting here. */
    public void bind(ProvenServices proven, Background background) {
        gauge("cairn_proven_watches", "Watches that prove what they tell.", proven, ProvenServices::watchCount);
        gauge(
                "cairn_waiting_testimonies",
                "Reads that wait for a quorum's testimony.",
                proven,
                ProvenServices::waitingTestimonies);
        gauge("cairn_submissions", "Writes on their way that want a receipt.", proven, ProvenServices::submissions);
        gauge("cairn_background_tasks", "What waits to be done beside calls.", background, Background::waiting);
    }

    /** What requests of the JSON gateway hold. */
    public void bind(GatewayLoad load) {
        gauge("cairn_json_calls", "Requests of the JSON gateway being served.", load, GatewayLoad::calls);
        gauge("cairn_json_body_bytes", "What is held of their bodies.", load, GatewayLoad::bodyBytes);
    }

    /** What a port's connections, and its answers of HTTP, hold. */
    public void bind(HttpLoad load, String port) {
        Gauge.builder("cairn_connections", load, HttpLoad::connections)
                .description("Open connections.")
                .tag("port", port)
                .strongReference(true)
                .register(registry);
        Gauge.builder("cairn_http_answer_bytes", load, HttpLoad::answerBytes)
                .description("What is held of answers over HTTP that clients have not taken yet.")
                .tag("port", port)
                .strongReference(true)
                .register(registry);
        counter("cairn_connections_refused", "Connections beyond the bound.", port, load, HttpLoad::refusedConnections);
        counter(
                "cairn_http_answers_refused",
                "Answers for which there was no room.",
                port,
                load,
                HttpLoad::refusedAnswers);
        counter(
                "cairn_http_answers_untaken",
                "Answers given up, because nobody took them.",
                port,
                load,
                HttpLoad::untaken);
    }

    private void counter(
            String name, String description, String port, HttpLoad load, ToDoubleFunction<HttpLoad> value) {
        FunctionCounter.builder(name, load, value)
                .description(description)
                .tag("port", port)
                .register(registry);
    }

    /** What reads the whole store. */
    public void bind(Upkeep upkeep) {
        gauge("cairn_upkeep_waiting", "Snapshots and hashes that wait for their turn.", upkeep, Upkeep::waiting);
        counter("cairn_snapshots_sent", "Snapshots sent, whole.", upkeep, Upkeep::snapshotsSent);
        counter("cairn_snapshots_failed", "Snapshots that were not sent whole.", upkeep, Upkeep::snapshotsFailed);
    }

    /** Leases; by etcd's names what etcd counts too. */
    public void bind(LeaseCounts counts, KeepAlives keepAlives) {
        counter("etcd_debugging_lease_granted", "Leases granted.", counts, LeaseCounts::granted);
        counter("etcd_debugging_lease_revoked", "Leases that ended.", counts, LeaseCounts::ended);
        counter("etcd_debugging_lease_renewed", "Leases kept alive.", counts, LeaseCounts::renewed);
        gauge("cairn_waiting_keepalives", "Renewals gathered or on their way.", keepAlives, KeepAlives::waiting);
    }

    /** What waits for locks and elections. */
    public void bind(LeaderMoves moves) {
        gauge("cairn_waiting_leader_moves", "Calls that wait for another primary.", moves, LeaderMoves::waiting);
    }

    public void bind(RecipeCalls recipes) {
        gauge("cairn_waiting_recipes", "Calls for locks and elections under way.", recipes, RecipeCalls::waiting);
    }

    /** A gauge that is 1 for the sake of its label. */
    private void label(String name, String label, String value) {
        Gauge.builder(name, () -> 1)
                .tag(label, value)
                .description("It is told by the label.")
                .register(registry);
    }

    /** What it costs to know users. */
    public void bind(Passwords passwords, Tokens tokens) {
        gauge("cairn_passwords_waiting", "Passwords that wait to be hashed or checked.", passwords, Passwords::waiting);
        counter(
                "cairn_passwords_worked",
                "Passwords hashed or checked; those known again not.",
                passwords,
                Passwords::worked);
        gauge("cairn_tokens_remembered", "Tokens whose signature was checked before.", tokens, Tokens::remembered);
    }

    private static boolean isPrimary(ReplicaStatus status) {
        return !status.changing() && status.primary().equals(status.self());
    }

    private static double cpuNanos() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getProcessCpuTime()
                : 0;
    }

    private void status(String name, String description, ToDoubleFunction<ReplicaStatus> value) {
        gauge(name, description, consensus, c -> value.applyAsDouble(c.status()));
    }

    private void count(String name, String description, ToDoubleFunction<ReplicaStatus> value) {
        FunctionCounter.builder(name, consensus, c -> value.applyAsDouble(c.status()))
                .description(description)
                .register(registry);
    }

    private <T> void counter(String name, String description, T subject, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, subject, value).description(description).register(registry);
    }

    /** Shows {@code value} of {@code subject}, which the caller keeps alive. */
    public <T> void gauge(String name, String description, T subject, ToDoubleFunction<T> value) {
        Gauge.builder(name, subject, value)
                .description(description)
                .strongReference(true)
                .register(registry);
    }
}
