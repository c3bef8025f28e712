package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.AlarmRequest;
import dev.cairn.proto.etcdserverpb.ClusterGrpc;
import dev.cairn.proto.etcdserverpb.DefragmentRequest;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.LeaseGrantRequest;
import dev.cairn.proto.etcdserverpb.LeaseGrpc;
import dev.cairn.proto.etcdserverpb.MaintenanceGrpc;
import dev.cairn.proto.etcdserverpb.MemberListRequest;
import dev.cairn.proto.etcdserverpb.MemberListResponse;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.etcdserverpb.StatusRequest;
import dev.cairn.proto.etcdserverpb.StatusResponse;
import dev.cairn.proto.v1.ReplicaGrpc;
import dev.cairn.proto.v1.ReplicaStatusRequest;
import dev.cairn.proto.v1.ReplicaStatusResponse;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCalls;
import io.micrometer.core.instrument.FunctionCounter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What operators see of a replica, over HTTP and gRPC on one port. */
@Timeout(60)
class OperatorPagesTest {
    @TempDir
    Path directory;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private ServedStore served;

    @BeforeEach
    void serve() throws Exception {
        served = new ServedStore(directory);
    }

    @AfterEach
    void stop() {
        served.close();
        http.close();
    }

    @Test
    void tellsItsHealth() throws Exception {
        HttpResponse<String> healthy = get("/health");
        assertThat(healthy.statusCode()).isEqualTo(200);
        assertThat(healthy.body()).isEqualTo("{\"health\":\"true\",\"reason\":\"\"}");
        assertThat(get("/livez?verbose").body()).isEqualTo("[+]serializable_read ok\nok\n");
        assertThat(get("/readyz").body()).isEqualTo("ok\n");
        assertThat(get("/readyz?verbose&exclude=data_corruption&exclude=other").body())
                .isEqualTo("[+]serializable_read ok\n[+]linearizable_read ok\n[+]non_learner ok\nok\n");
        assertThat(get("/readyz/data_corruption?verbose").body()).isEqualTo("[+]data_corruption ok\nok\n");
        assertThat(get("/readyz/other").statusCode()).isEqualTo(404);
        served.node.loseLeader(true);
        HttpResponse<String> unhealthy = get("/health");
        assertThat(unhealthy.statusCode()).isEqualTo(503);
        assertThat(unhealthy.body()).isEqualTo("{\"health\":\"false\",\"reason\":\"RAFT NO LEADER\"}");
        assertThat(get("/health?serializable=true").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body())
                .contains("[+]serializable_read ok\n[-]linearizable_read failed: etcdserver: no leader\n");
        assertThat(get("/readyz?exclude=linearizable_read").statusCode()).isEqualTo(200);
        assertThat(get("/readyz/serializable_read").statusCode()).isEqualTo(200);
        assertThat(get("/livez").statusCode()).isEqualTo(200);
    }

    @Test
    void aReplicaWithoutASoundStateSaysSoAndAnswersNoReads() throws Exception {
        KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(served.channel);
        RangeRequest anything = RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("a"))
                .setSerializable(true)
                .build();
        assertThat(kv.range(anything).getCount()).isZero();
        served.node.quarantine();
        Assertions.assertThatThrownBy(() -> kv.range(anything))
                .hasMessageStartingWith("UNAVAILABLE")
                .hasMessageContaining("is being replaced by a copy from the others");
        for (String page : List.of("/health", "/health?serializable=true", "/readyz")) {
            HttpResponse<String> reply = get(page);
            assertThat(reply.statusCode()).as(page).isEqualTo(503);
            assertThat(reply.body()).as(page).contains("is being replaced");
        }
        assertThat(get("/livez").statusCode()).isEqualTo(200);
        assertThat(ReplicaGrpc.newBlockingStub(served.channel)
                        .status(ReplicaStatusRequest.getDefaultInstance())
                        .getQuarantined())
                .isTrue();
        Awaiting.until(
                "gRPC health says so too",
                () -> HealthGrpc.newBlockingStub(served.channel)
                                .check(HealthCheckRequest.getDefaultInstance())
                                .getStatus()
                        == ServingStatus.NOT_SERVING);
    }

    @Test
    void namesTheVersionThatClientsParse() throws Exception {
        assertThat(get("/version").body())
                .isEqualTo("{\"etcdserver\":\"3.7.3\",\"etcdcluster\":\"3.7.0\",\"storage\":\"3.7.0\"}");
        assertThat(get("/v2/keys").statusCode()).isEqualTo(404);
    }

    @Test
    void showsMetricsUnderTheNamesDashboardsKnow() throws Exception {
        put();
        get("/health");
        String metrics = get("/metrics").body();
        assertThat(metrics.lines().filter(line -> line.matches("# HELP \\S+\\s*")))
                .isEmpty();
        String ofPut = "{grpc_method=\"Put\",grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"} 1.0";
        for (String name : new String[] {
            "etcd_server_has_leader 1.0",
            "etcd_server_is_leader 1.0",
            "etcd_server_is_learner 0.0",
            "etcd_server_id{server_id=\"" + Long.toHexString(ServedStore.CLUSTER.memberId()) + "\"} 1.0",
            "etcd_server_version{server_version=\"3.7.3\"} 1.0",
            "etcd_cluster_version{cluster_version=\"3.7\"} 1.0",
            "etcd_server_leader_changes_seen_total 0.0",
            "etcd_server_proposals_committed_total ",
            "etcd_server_proposals_applied_total ",
            "etcd_server_proposals_pending ",
            "etcd_server_proposals_failed_total 0.0",
            "etcd_server_quota_backend_bytes ",
            "etcd_server_health_success_total 1.0",
            "etcd_server_health_failures_total 0.0",
            "etcd_mvcc_db_total_size_in_bytes ",
            "etcd_mvcc_db_total_size_in_use_in_bytes ",
            "etcd_debugging_mvcc_keys_total 1.0",
            "etcd_debugging_mvcc_current_revision 2.0",
            "etcd_network_client_grpc_received_bytes_total ",
            "etcd_network_client_grpc_sent_bytes_total ",
            "process_resident_memory_bytes ",
            "process_virtual_memory_bytes ",
            "process_cpu_seconds_total ",
            "process_start_time_seconds ",
            "process_open_fds ",
            "process_max_fds ",
            "cairn_view 0.0",
            "grpc_server_started_total" + ofPut,
            "grpc_server_msg_received_total" + ofPut,
            "grpc_server_msg_sent_total" + ofPut,
            "grpc_server_handled_total{grpc_code=\"OK\"," + ofPut.substring(1)
        }) {
            assertThat(metrics).contains("\n" + name);
        }
        URI alone = URI.create("http://127.0.0.1:" + served.metricsPort() + "/metrics");
        assertThat(http.send(HttpRequest.newBuilder(alone).build(), BodyHandlers.ofString())
                        .body())
                .contains("\netcd_server_has_leader 1.0\n");
        HttpRequest gateway = HttpRequest.newBuilder(alone.resolve("/v3/kv/range"))
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        assertThat(http.send(gateway, BodyHandlers.ofString()).statusCode()).isEqualTo(404);
    }

    @Test
    void metricsThatCannotBeReadAreAnsweredToo() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        FunctionCounter.builder("cairn_test_broken", broken, flag -> {
                    if (flag.get()) {
                        throw new IllegalStateException("broken by the test");
                    }
                    return 0;
                })
                .description("Of the test.")
                .register(served.registry);
        HttpResponse<String> failed = get("/metrics");
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(failed.body()).isEqualTo("the metrics cannot be read; the replica's log says why\n");
        broken.set(false);
        HttpResponse<String> again = get("/metrics");
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).contains("\ncairn_metrics_failures_total 1.0\n");
    }

    @Test
    void showsForHowLongLeasesWereGranted() throws Exception {
        LeaseGrpc.newBlockingStub(served.channel)
                .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build());
        assertThat(get("/metrics").body())
                .contains(
                        "\netcd_debugging_lease_ttl_total_bucket{le=\"32\"} 0\n",
                        "\netcd_debugging_lease_ttl_total_bucket{le=\"64\"} 1\n",
                        "\netcd_debugging_lease_ttl_total_sum 60\n",
                        "\netcd_debugging_lease_ttl_total_count 1\n");
    }

    @Test
    void speaksOfItselfInEtcdsWords() {
        put();
        MaintenanceGrpc.MaintenanceBlockingStub maintenance = MaintenanceGrpc.newBlockingStub(served.channel);
        StatusResponse status = maintenance.status(StatusRequest.getDefaultInstance());
        assertThat(status.getVersion()).isEqualTo("3.7.3");
        assertThat(status.getDbSize()).isPositive();
        assertThat(status.getLeader())
                .isEqualTo(status.getHeader().getMemberId())
                .isNotZero();
        assertThat(status.getRaftAppliedIndex()).isEqualTo(2);
        assertThat(status.getHeader().getRevision()).isEqualTo(2);
        assertThat(status.getErrorsList()).isEmpty();
        assertThat(maintenance.alarm(AlarmRequest.getDefaultInstance()).getAlarmsList())
                .isEmpty();
        assertThat(maintenance
                        .defragment(DefragmentRequest.getDefaultInstance())
                        .hasHeader())
                .isFalse();
        MemberListResponse members =
                ClusterGrpc.newBlockingStub(served.channel).memberList(MemberListRequest.getDefaultInstance());
        assertThat(members.getHeader().getRevision()).isZero();
        assertThat(members.getMembers(0).getID()).isEqualTo(status.getHeader().getMemberId());
        assertThat(members.getMembers(0).getClientURLsList()).containsExactly("http://127.0.0.1:7000");
        served.node.loseLeader(true);
        assertThat(maintenance.status(StatusRequest.getDefaultInstance()).getErrorsList())
                .containsExactly("etcdserver: no leader");
    }

    @Test
    void speaksOfItselfInItsOwnWords() {
        put();
        ReplicaStatusResponse status =
                ReplicaGrpc.newBlockingStub(served.channel).status(ReplicaStatusRequest.getDefaultInstance());
        assertThat(status.getReplicas()).isEqualTo(1);
        assertThat(status.getChainId().toByteArray()).isEqualTo(ServedStore.CHAIN.toArray());
        assertThat(status.getRevision()).isEqualTo(2);
        assertThat(status.getCommittedHeight()).isEqualTo(2);
        assertThat(status.getResidentBytes()).isPositive();
    }

    @Test
    void whatIsNotServedIsUnimplemented() {
        MethodDescriptor<RangeRequest, RangeResponse> unheard = KVGrpc.getRangeMethod().toBuilder()
                .setFullMethodName("etcdserverpb.KV/Unheard")
                .build();
        Assertions.assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                        served.channel, unheard, CallOptions.DEFAULT, RangeRequest.getDefaultInstance()))
                .satisfies(e -> assertThat(Status.fromThrowable(e).getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
    }

    private void put() {
        KVGrpc.newBlockingStub(served.channel)
                .put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("a"))
                        .build());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + served.port() + path);
        return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
}
