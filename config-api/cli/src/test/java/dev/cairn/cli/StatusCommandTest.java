package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.cairn.genesis.json.Json;
import dev.cairn.proto.etcdserverpb.Member;
import dev.cairn.proto.v1.BallotBody;
import dev.cairn.proto.v1.EvidenceRecord;
import dev.cairn.proto.v1.ReplicaStatusResponse;
import dev.cairn.proto.v1.StatementKind;
import dev.cairn.proto.v1.TransferStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatusCommandTest {
    private static final String ROOT = "ab".repeat(32);

    private final List<FakeEtcd> replicas = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        for (int i = 0; i < 4; i++) {
            replicas.add(new FakeEtcd(new FakeEtcd.Store()));
        }
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            members.add(Member.newBuilder()
                    .setName("replica-" + i)
                    .addClientURLs("http://" + replicas.get(i).endpoint())
                    .build());
        }
        for (int i = 0; i < 4; i++) {
            replicas.get(i).report(healthy(i).build());
            replicas.get(i).nameMembers(members);
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (FakeEtcd replica : replicas) {
            replica.close();
        }
    }

    private static ReplicaStatusResponse.Builder healthy(int id) {
        return ReplicaStatusResponse.newBuilder()
                .setReplica(id)
                .setReplicas(4)
                .setChainId(ByteString.copyFromUtf8("chain"))
                .setView(6)
                .setPrimary(2)
                .setCommittedHeight(1000)
                .setStateRoot(ByteString.copyFrom(java.util.HexFormat.of().parseHex(ROOT)))
                .setRevision(77)
                .setResidentBytes(190L << 20);
    }

    private Run status(String... more) {
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.add("--endpoints="
                + replicas.stream()
                        .map(replica -> replica.endpoint().toString())
                        .collect(Collectors.joining(",")));
        return Run.of(StatusCommand::new, arguments.toArray(String[]::new));
    }

    @Test
    void aHealthyClusterReadsAtAGlance() {
        replicas.get(3).report(healthy(3).setCommittedHeight(998).build());
        Run run = status();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().toList())
                .element(0)
                .isEqualTo("ok: 4 of 4 replicas healthy, quorum 3; view 6, primary 2; chain 636861696e");
        assertThat(run.out().lines().skip(2).toList().toString())
                .containsPattern("ID +ENDPOINT +HEALTHY +HEIGHT +LAG +STATE ROOT +REVISION +RSS")
                .containsPattern("2 +127.0.0.1:\\d+ +yes +1000 +0 +abababababab +77 +190 MiB +primary")
                .containsPattern("3 +127.0.0.1:\\d+ +yes +998 +2 +abababababab +77 +190 MiB");
    }

    @Test
    void aReplicaThatFetchesAStateSaysWhyAndHowFarItIs() {
        TransferStatus transfer = TransferStatus.newBuilder()
                .setAnchorHeight(900)
                .setBytes(37 << 10)
                .build();
        replicas.get(1).report(healthy(1).setTransfer(transfer).build());
        replicas.get(3)
                .report(healthy(3).setQuarantined(true).setTransfer(transfer).build());
        assertThat(status().out())
                .contains("2 of 4 replicas healthy")
                .contains("fetches the state at height 900, 37 KiB so far")
                .contains("its state is wrong or missing, it fetches another at height 900, 37 KiB so far");
    }

    @Test
    void jsonHasWhatProgramsNeed() throws Exception {
        replicas.get(1).close();
        Run run = status("--json");
        assertThat(run.exitCode()).isZero();
        Json.Fields status = (Json.Fields) Json.parse(run.out());
        assertThat(status.values()).containsEntry("view", Json.whole(6)).containsEntry("primary", Json.whole(2));
        List<Json> rows = items(status, "replicas");
        assertThat(((Json.Fields) rows.get(0)).values())
                .containsEntry("id", Json.whole(0))
                .containsEntry("endpoint", Json.text(replicas.get(0).endpoint().toString()))
                .containsEntry("healthy", Json.flag(true))
                .containsEntry("height", Json.whole(1000))
                .containsEntry("stateRoot", Json.text(ROOT));
        assertThat(((Json.Fields) rows.get(1)).values())
                .as("the members know who does not answer")
                .containsEntry("id", Json.whole(1))
                .containsEntry("healthy", Json.flag(false))
                .containsEntry("problem", Json.text("connection refused"))
                .containsEntry("height", new Json.Null());
    }

    @Test
    void aProvenLieIsShownOnceWhoeverKeepsTheProof() throws Exception {
        EvidenceRecord proof = EvidenceRecord.newBuilder()
                .setKind(StatementKind.STATEMENT_KIND_PREPARE)
                .setCulprit(3)
                .setFirst(BallotBody.newBuilder().setView(5).setHeight(77).setBlock(ByteString.copyFromUtf8("a")))
                .setSecond(BallotBody.newBuilder().setView(5).setHeight(77).setBlock(ByteString.copyFromUtf8("b")))
                .build();
        replicas.get(0).report(healthy(0).addEvidence(proof).build());
        replicas.get(1).report(healthy(1).addEvidence(proof).build());
        Run run = status();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .containsOnlyOnce("!!! REPLICA 3 LIED: it signed two blocks as PREPARE at view 5, height 77");
        Json.Fields json = (Json.Fields) Json.parse(status("--json").out());
        assertThat(items(json, "evidence")).hasSize(1);
    }

    @Test
    void oneEndpointIsEnoughToSeeAll() throws Exception {
        replicas.get(3).close();
        Run run = Run.of(
                StatusCommand::new,
                "--endpoints=" + replicas.get(2).endpoint() + ","
                        + replicas.get(2).endpoint());
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("ok: 3 of 4 replicas healthy").doesNotContain("are needed");
        for (FakeEtcd replica : replicas) {
            assertThat(run.out()).containsOnlyOnce(replica.endpoint().toString());
        }
    }

    @Test
    void everyReplicaHasTheSameFieldsInJson() throws Exception {
        replicas.get(1).close();
        List<Json> rows = items((Json.Fields) Json.parse(status("--json").out()), "replicas");
        assertThat(rows)
                .extracting(row -> ((Json.Fields) row).values().keySet())
                .hasSize(4)
                .containsOnly(((Json.Fields) rows.getFirst()).values().keySet());
    }

    private static List<Json> items(Json.Fields object, String name) {
        return object.values().get(name) instanceof Json.Items found ? found.values() : List.of();
    }

    @Test
    void withoutAQuorumTheExitCodeIsOne() throws Exception {
        replicas.get(0).close();
        replicas.get(1).fallSilent();
        Run run = status("--timeout=0.5");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .startsWith("NOT OK: 2 of 4 replicas healthy, quorum 3")
                .contains("Of 4 replicas 2 can be reached and 3 are needed")
                .contains("connection refused")
                .contains("no answer in time");
    }

    @Test
    void differentRootsAtOneHeightAreLoud() {
        replicas.get(1)
                .report(healthy(1)
                        .setStateRoot(ByteString.copyFrom(new byte[32]))
                        .build());
        Run run = status();
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .startsWith("NOT OK: 4 of 4")
                .contains("!!! STATE ROOTS DIFFER at height 1000: replica [0, 2, 3] has abababababab replica [1] has"
                        + " 000000000000");
    }

    @Test
    void aReplicaOfAnotherClusterOrFarBehindOrBetweenViewsIsNotHealthy() {
        replicas.get(0)
                .report(healthy(0).setChainId(ByteString.copyFromUtf8("other")).build());
        replicas.get(1).report(healthy(1).setCommittedHeight(1).build());
        replicas.get(3).report(healthy(3).setView(7).setChanging(true).build());
        Run run = status();
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .contains("belongs to another cluster, chain 6f74686572")
                .contains("catching up")
                .contains("waits for view 7 to begin");
    }

    @Test
    void replicasInDifferentViewsAreNoQuorum() {
        replicas.get(0).report(healthy(0).setView(5).build());
        replicas.get(1).report(healthy(1).setView(5).build());
        assertThat(status().exitCode()).isEqualTo(1);
    }

    @Test
    void nobodyThereIsSaidForEach() throws Exception {
        for (FakeEtcd replica : replicas) {
            replica.close();
        }
        Run run = status("--json");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(((Json.Fields) Json.parse(run.out())).values())
                .containsEntry("view", new Json.Null())
                .containsEntry("primary", new Json.Null());
    }
}
