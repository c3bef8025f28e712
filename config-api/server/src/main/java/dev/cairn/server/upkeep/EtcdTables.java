package dev.cairn.server.upkeep;

import com.google.protobuf.CodedOutputStream;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.KvState;
import dev.cairn.kv.Lease;
import dev.cairn.kv.LeaseView;
import dev.cairn.kv.model.Alarm;
import dev.cairn.proto.etcdserverpb.AlarmMember;
import dev.cairn.server.etcd.ClusterIdentity;
import dev.cairn.server.etcd.EtcdVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The small buckets of etcd's database: everything but the keys. Each is a table from name, a char for each byte, to bytes. */
final class EtcdTables {
    private final KvState state;
    private final ClusterIdentity cluster;
    private final long view;

    EtcdTables(KvState state, ClusterIdentity cluster, long view) {
        this.state = state;
        this.cluster = cluster;
        this.view = view;
    }

    /** Every bucket that an etcd expects to find, by name. */
    Map<String, Map<String, byte[]>> all() {
        Map<String, Map<String, byte[]>> tables = new TreeMap<>();
        tables.put("meta", meta());
        tables.put("members", members());
        tables.put("lease", leases());
        tables.put("cluster", Map.of("clusterVersion", utf8(EtcdVersion.SNAPSHOT)));
        tables.put("members_removed", Map.of());
        tables.put("alarm", alarms());
        EtcdUsers users = new EtcdUsers(state.auth());
        tables.put("auth", users.status());
        tables.put("authUsers", users.users());
        tables.put("authRoles", users.roles());
        return tables;
    }

    private Map<String, byte[]> meta() {
        Map<String, byte[]> meta = new TreeMap<>();
        meta.put("consistent_index", bigEndian(state.height().value()));
        meta.put("term", bigEndian(Math.max(1, view)));
        String voters = cluster.memberIds().stream().map(Long::toUnsignedString).collect(Collectors.joining(","));
        meta.put("confState", utf8("{\"voters\":[" + voters + "],\"auto_leave\":false}"));
        meta.put("storageVersion", utf8(EtcdVersion.SNAPSHOT));
        if (state.compactRevision() > KvState.NEVER_COMPACTED) {
            meta.put("scheduledCompactRev", EtcdRow.revision(state.compactRevision()));
            meta.put("finishedCompactRev", EtcdRow.revision(state.compactRevision()));
        }
        return meta;
    }

    private Map<String, byte[]> members() {
        Map<String, byte[]> members = new TreeMap<>();
        for (int i = 0; i < cluster.members().size(); i++) {
            long id = cluster.memberIds().get(i);
            members.put(Long.toHexString(id), member(id, cluster.members().get(i)));
        }
        return members;
    }

    /** The id is a number without a sign, which {@link Json} does not know. */
    private static byte[] member(long id, ClusterIdentity.Member member) {
        String rest = Json.object()
                .put("peerURLs", texts(member.peerUrls()))
                .put("name", member.name())
                .put("clientURLs", texts(member.clientUrls()))
                .build()
                .renderLine();
        return utf8("{\"id\":" + Long.toUnsignedString(id) + "," + rest.substring(1));
    }

    private static List<Json> texts(List<String> values) {
        return values.stream().map(Json::text).toList();
    }

    /** Without the time that is left: like each new leader, an etcd that comes back begins it anew. */
    private Map<String, byte[]> leases() {
        LeaseView leases = new LeaseView(state);
        Map<String, byte[]> rows = new TreeMap<>();
        for (long id : leases.byExpiry()) {
            Lease lease = leases.find(id).orElseThrow();
            rows.put(new String(bigEndian(id), StandardCharsets.ISO_8859_1), row(lease));
        }
        return rows;
    }

    /** As etcd writes one: its id, and its whole time. */
    private static byte[] row(Lease lease) {
        byte[] bytes = new byte
                [CodedOutputStream.computeInt64Size(1, lease.id())
                        + CodedOutputStream.computeInt64Size(2, lease.grantedSeconds())];
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.writeInt64(1, lease.id());
            out.writeInt64(2, lease.grantedSeconds());
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new IllegalStateException("an array takes what was computed", e);
        }
        return bytes;
    }

    /** An alarm is a row's name, and the row is empty. */
    private Map<String, byte[]> alarms() {
        Map<String, byte[]> rows = new TreeMap<>();
        for (Alarm alarm : state.alarms()) {
            AlarmMember member = AlarmMember.newBuilder()
                    .setMemberID(alarm.member())
                    .setAlarmValue(alarm.kind().code())
                    .build();
            rows.put(new String(member.toByteArray(), StandardCharsets.ISO_8859_1), new byte[0]);
        }
        return rows;
    }

    private static byte[] bigEndian(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
