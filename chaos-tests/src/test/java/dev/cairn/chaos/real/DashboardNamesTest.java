package dev.cairn.chaos.real;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.ByteSequence;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What etcd's own dashboards and alerts (contrib/mixin of its repository) ask Prometheus for. */
class DashboardNamesTest {
    private static final List<String> SHOWN = List.of(
            "etcd_disk_backend_commit_duration_seconds_bucket",
            "etcd_disk_wal_fsync_duration_seconds_bucket",
            "etcd_mvcc_db_total_size_in_bytes",
            "etcd_mvcc_db_total_size_in_use_in_bytes",
            "etcd_network_client_grpc_received_bytes_total",
            "etcd_network_client_grpc_sent_bytes_total",
            "etcd_network_peer_received_bytes_total",
            "etcd_network_peer_sent_bytes_total",
            "etcd_server_has_leader",
            "etcd_server_proposals_applied_total",
            "etcd_server_proposals_committed_total",
            "etcd_server_quota_backend_bytes",
            "grpc_server_handled_total",
            "grpc_server_started_total",
            "process_resident_memory_bytes");

    /** There, and 0 while all is well. */
    private static final List<String> OF_FAULTS = List.of(
            "etcd_network_peer_sent_failures_total",
            "etcd_server_leader_changes_seen_total",
            "etcd_server_proposals_failed_total",
            "etcd_server_proposals_pending");

    /** docs/etcd.md says why. */
    private static final List<String> MEANT_TO_BE_ABSENT =
            List.of("etcd_network_peer_round_trip_time_seconds_bucket", "grpc_server_handling_seconds_bucket");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void allThatDashboardsAskForIsThere() throws Exception {
        try (RealCluster cluster = new RealCluster(directory)) {
            cluster.startAll();
            ByteSequence key = ByteSequence.from("key", UTF_8);
            var _ = cluster.client(0).getKVClient().put(key, key).get(30, TimeUnit.SECONDS);
            List<String> lines = metrics(cluster).lines().toList();
            for (String name : SHOWN) {
                assertThat(lines)
                        .as(name)
                        .anyMatch(line -> isOf(name, line) && !line.endsWith(" 0") && !line.endsWith(" 0.0"));
            }
            for (String name : OF_FAULTS) {
                assertThat(lines).as(name).anyMatch(line -> isOf(name, line));
            }
            for (String name : MEANT_TO_BE_ABSENT) {
                assertThat(lines).as(name).noneMatch(line -> isOf(name, line));
            }
        }
    }

    private static boolean isOf(String name, String line) {
        return line.startsWith(name + " ") || line.startsWith(name + "{");
    }

    private static String metrics(RealCluster cluster) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI page = URI.create("http://" + cluster.endpoint(0) + "/metrics");
            return http.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
