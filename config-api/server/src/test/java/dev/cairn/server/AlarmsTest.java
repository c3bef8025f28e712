package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.cairn.kv.Limits;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Right;
import dev.cairn.proto.etcdserverpb.AlarmMember;
import dev.cairn.proto.etcdserverpb.AlarmRequest;
import dev.cairn.proto.etcdserverpb.AlarmRequest.AlarmAction;
import dev.cairn.proto.etcdserverpb.AlarmType;
import dev.cairn.proto.etcdserverpb.ClusterGrpc;
import dev.cairn.proto.etcdserverpb.DeleteRangeRequest;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.MaintenanceGrpc;
import dev.cairn.proto.etcdserverpb.MemberAddRequest;
import dev.cairn.proto.etcdserverpb.MemberListRequest;
import dev.cairn.proto.etcdserverpb.MemberPromoteRequest;
import dev.cairn.proto.etcdserverpb.MemberRemoveRequest;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.StatusRequest;
import dev.cairn.proto.etcdserverpb.StatusResponse;
import dev.cairn.server.etcd.EtcdError;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Alarms, the quota and the members, as etcd's clients meet them. */
@Timeout(60)
class AlarmsTest {
    private static final long QUOTA_BYTES = 10_000;

    @TempDir
    Path directory;

    private ServedStore served;
    private KVGrpc.KVBlockingStub kv;
    private MaintenanceGrpc.MaintenanceBlockingStub maintenance;
    private ClusterGrpc.ClusterBlockingStub cluster;

    @BeforeEach
    void serve() throws Exception {
        serve(Governance.OPEN);
    }

    private void serve(Governance governance) throws Exception {
        served = new ServedStore(directory.resolve("state"), governance, Limits.DEFAULT.with(128, QUOTA_BYTES));
        kv = KVGrpc.newBlockingStub(served.channel);
        maintenance = MaintenanceGrpc.newBlockingStub(served.channel);
        cluster = ClusterGrpc.newBlockingStub(served.channel);
    }

    @AfterEach
    void stop() {
        served.close();
    }

    @Test
    void theFirstPutOverTheQuotaRaisesTheAlarmWhichStatusShowsAndSomebodyTakesBack() {
        put("a", 6_000);
        assertThatThrownBy(() -> put("b", 6_000)).hasMessageContaining(EtcdError.NO_SPACE.description());
        assertThat(alarms()).containsExactly(alarm(0, AlarmType.NOSPACE));
        StatusResponse status = maintenance.status(StatusRequest.getDefaultInstance());
        assertThat(status.getErrorsList()).containsExactly("alarm:NOSPACE");
        assertThat(status.getDbSizeQuota()).isEqualTo(QUOTA_BYTES);
        assertThat(status.getDbSizeInUse()).isBetween(1L, status.getDbSize());
        assertThatThrownBy(() -> put("c", 1)).hasMessageContaining(EtcdError.NO_SPACE.description());

        kv.deleteRange(DeleteRangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("a"))
                .build());
        assertThat(change(AlarmAction.DEACTIVATE, 0, AlarmType.NOSPACE)).containsExactly(alarm(0, AlarmType.NOSPACE));
        assertThat(change(AlarmAction.DEACTIVATE, 0, AlarmType.NOSPACE)).isEmpty();
        put("c", 1);
        assertThat(alarms()).isEmpty();
    }

    @Test
    void alarmsAreRaisedForAMemberAndAskedForByKind() {
        assertThat(change(AlarmAction.ACTIVATE, 7, AlarmType.CORRUPT)).containsExactly(alarm(7, AlarmType.CORRUPT));
        assertThat(change(AlarmAction.ACTIVATE, 7, AlarmType.CORRUPT)).containsExactly(alarm(7, AlarmType.CORRUPT));
        assertThat(change(AlarmAction.GET, 0, AlarmType.NOSPACE)).isEmpty();
        assertThat(change(AlarmAction.GET, 0, AlarmType.CORRUPT)).containsExactly(alarm(7, AlarmType.CORRUPT));
        assertThat(maintenance.status(StatusRequest.getDefaultInstance()).getErrorsList())
                .containsExactly("memberID:7 alarm:CORRUPT");
        assertThatThrownBy(() -> put("a", 1)).hasMessageContaining("DATA_LOSS: " + EtcdError.CORRUPT.description());
        assertThat(change(AlarmAction.ACTIVATE, 0, AlarmType.NONE))
                .as("it made etcd 3.4 crash on every start")
                .isEmpty();
    }

    @Test
    void whoMayNotRaiseAlarmsIsToldWhatWould() throws Exception {
        served.close();
        Governance open = Governance.OPEN;
        serve(new Governance(
                open.registry(), open.guards(), open.recovery(), EnumSet.noneOf(Right.class), open.keepRevisions()));
        assertThatThrownBy(() -> change(AlarmAction.ACTIVATE, 0, AlarmType.CORRUPT))
                .hasMessageContaining("PERMISSION_DENIED: etcdserver: gateways have no right \"alarm\" here");
    }

    @Test
    void membersAreListedAndCallsThatWouldChangeThemSayWhatIsWrong() {
        for (boolean linearizable : new boolean[] {true, false}) {
            MemberListRequest request =
                    MemberListRequest.newBuilder().setLinearizable(linearizable).build();
            assertThat(cluster.memberList(request).getMembers(0).getName()).isEqualTo("r0");
        }
        assertThatThrownBy(() -> add("127.0.0.1:1")).hasMessageContaining(EtcdError.BAD_MEMBER_URLS.description());
        assertThatThrownBy(() -> add("https://127.0.0.1:7100"))
                .hasMessageContaining(EtcdError.PEER_URL_EXISTS.description());
        assertThatThrownBy(() -> add("http://127.0.0.1:1"))
                .hasMessageContaining("UNIMPLEMENTED: " + EtcdError.FIXED_MEMBERS.description());
        long self = ServedStore.CLUSTER.memberId();
        assertThatThrownBy(() -> cluster.memberRemove(
                        MemberRemoveRequest.newBuilder().setID(self + 1).build()))
                .hasMessageContaining(EtcdError.MEMBER_NOT_FOUND.description());
        assertThatThrownBy(() -> cluster.memberRemove(
                        MemberRemoveRequest.newBuilder().setID(self).build()))
                .hasMessageContaining(EtcdError.FIXED_MEMBERS.description());
        assertThatThrownBy(() -> cluster.memberPromote(
                        MemberPromoteRequest.newBuilder().setID(self).build()))
                .hasMessageContaining(EtcdError.NOT_A_LEARNER.description());
    }

    private void add(String url) {
        cluster.memberAdd(MemberAddRequest.newBuilder().addPeerURLs(url).build());
    }

    private List<AlarmMember> alarms() {
        return change(AlarmAction.GET, 0, AlarmType.NONE);
    }

    private List<AlarmMember> change(AlarmAction action, long member, AlarmType kind) {
        return maintenance
                .alarm(AlarmRequest.newBuilder()
                        .setAction(action)
                        .setMemberID(member)
                        .setAlarm(kind)
                        .build())
                .getAlarmsList();
    }

    private static AlarmMember alarm(long member, AlarmType kind) {
        return AlarmMember.newBuilder().setMemberID(member).setAlarm(kind).build();
    }

    private void put(String key, int valueBytes) {
        kv.put(PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFrom(new byte[valueBytes]))
                .build());
    }
}
