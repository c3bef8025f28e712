package dev.cairn.chaos.conformance;

import static dev.cairn.chaos.conformance.JetcdView.bytes;
import static dev.cairn.chaos.conformance.JetcdView.done;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.Auth;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Cluster;
import io.etcd.jetcd.Election;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.Lock;
import io.etcd.jetcd.Maintenance;
import io.etcd.jetcd.auth.Permission;
import io.etcd.jetcd.election.CampaignResponse;
import io.etcd.jetcd.election.LeaderKey;
import io.etcd.jetcd.election.LeaderResponse;
import io.etcd.jetcd.lease.LeaseTimeToLiveResponse;
import io.etcd.jetcd.lock.LockResponse;
import io.etcd.jetcd.maintenance.AlarmMember;
import io.etcd.jetcd.maintenance.AlarmType;
import io.etcd.jetcd.maintenance.StatusResponse;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program that uses jetcd sees of Cairn what it sees of a real etcd, besides keys: line by line, but for ids that a server draws. */
@Timeout(60)
class JetcdTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static ReferenceEtcd etcd;

    @SuppressWarnings("NullAway.Init")
    private static CairnInProcess cairn;

    @BeforeAll
    static void start() throws Exception {
        etcd = new ReferenceEtcd(
                ReferenceEtcd.binary(), directory.resolve("etcd"), List.of("--unsafe-no-fsync", "--bcrypt-cost=4"));
        cairn = new CairnInProcess(directory.resolve("cairn"), 1);
    }

    @AfterAll
    static void stop() {
        if (cairn != null) {
            cairn.close();
        }
        if (etcd != null) {
            etcd.close();
        }
    }

    private interface Story {
        void happen(JetcdView view) throws Exception;
    }

    /** Each story leaves both at the same revision. */
    private static void bothSeeTheSame(Story story) throws Exception {
        try (JetcdView first = new JetcdView(etcd.address());
                JetcdView second = new JetcdView(cairn.address(0));
                ExecutorService beside = Executors.newSingleThreadExecutor()) {
            var reference = beside.submit(() -> {
                story.happen(first);
                return first.seen();
            });
            story.happen(second);
            List<String> wanted = reference.get();
            assertThat(wanted).isNotEmpty();
            assertThat(second.seen()).containsExactlyElementsOf(wanted);
        }
    }

    private static long granted(JetcdView view, String name, long seconds) {
        var granted = done(view.client().getLeaseClient().grant(seconds));
        view.name(granted.getID(), name);
        view.see(
                "%s granted for %d s at %d",
                name, granted.getTTL(), granted.getHeader().getRevision());
        return granted.getID();
    }

    // Leases.

    @Test
    void leases() throws Exception {
        bothSeeTheSame(view -> {
            Lease leases = view.client().getLeaseClient();
            long lease = granted(view, "LEASE", 60);
            granted(view, "SHORTEST", 0);
            view.put("leased/a", "1", lease);
            view.put("leased/b", "1", lease);
            view.get("leased/a");
            timeToLive(view, lease, LeaseOption.DEFAULT);
            timeToLive(view, lease, LeaseOption.builder().withAttachedKeys().build());
            view.see("renewed for %d s", done(leases.keepAliveOnce(lease)).getTTL());
            view.done("revoked", leases.revoke(lease));
            view.get("leased/a");
            view.get("leased/b");
            timeToLive(view, lease, LeaseOption.DEFAULT);
            view.fails("revoked again", leases.revoke(lease));
            view.fails("renewed", leases.keepAliveOnce(lease));
            view.fails("too long", leases.grant(9_000_000_001L));
            view.fails("put", view.client().getKVClient().put(bytes("leased/a"), bytes("1"), withLease(lease)));
        });
    }

    private static PutOption withLease(long lease) {
        return PutOption.builder().withLeaseId(lease).build();
    }

    /** Not how many seconds have passed. */
    private static void timeToLive(JetcdView view, long lease, LeaseOption option) {
        LeaseTimeToLiveResponse told = done(view.client().getLeaseClient().timeToLive(lease, option));
        List<String> keys =
                told.getKeys().stream().map(key -> key.toString(UTF_8)).sorted().toList();
        view.see("granted %d, over: %b, keys %s", told.getGrantedTTL(), told.getTTL() <= 0, keys);
    }

    @Test
    void aLeaseLivesWhileItIsKeptAliveAndThenEnds() throws Exception {
        bothSeeTheSame(view -> {
            long lease = granted(view, "LEASE", 2);
            view.put("kept", "1", lease);
            BlockingQueue<Long> renewals = new LinkedBlockingQueue<>();
            try (JetcdView.Watching watching = view.watch("kept", option -> {})) {
                CloseableClient keeping = view.client()
                        .getLeaseClient()
                        .keepAlive(lease, Observers.observer(renewal -> renewals.add(renewal.getTTL())));
                for (int i = 0; i < 4; i++) {
                    view.see("renewed for %d s", JetcdView.next(renewals));
                }
                view.get("kept");
                keeping.close();
                view.see("%s", watching.next());
            }
        });
    }

    // Locks and elections.

    @Test
    void aLockIsHandedOn() throws Exception {
        bothSeeTheSame(view -> {
            Lock locks = view.client().getLockClient();
            long one = granted(view, "ONE", 60);
            long two = granted(view, "TWO", 60);
            long three = granted(view, "THREE", 60);
            try (JetcdView.Watching keys = view.watch("mutex/", option -> option.isPrefix(true))) {
                LockResponse first = view.done("locked", locks.lock(bytes("mutex"), one));
                view.see("%s: %s", first.getKey().toString(UTF_8), keys.next());
                view.done("locked again", locks.lock(bytes("mutex"), one));
                CompletableFuture<LockResponse> second = locks.lock(bytes("mutex"), two);
                view.see("%s, waits: %b", keys.next(), !second.isDone());
                CompletableFuture<LockResponse> third = locks.lock(bytes("mutex"), three);
                view.see("%s, waits: %b", keys.next(), !third.isDone());
                view.done("unlocked", locks.unlock(first.getKey()));
                view.see("second: %s", done(second).getKey().toString(UTF_8));
                done(view.client().getLeaseClient().revoke(two));
                view.see("third: %s", done(third).getKey().toString(UTF_8));
                view.done("unlocked", locks.unlock(third.join().getKey()));
                view.done("unlocked what is not there", locks.unlock(bytes("mutex/none")));
                view.fails("without a lease that is there", locks.lock(bytes("mutex"), 99));
            }
        });
    }

    @Test
    void anElectionHasOneLeaderAfterTheOther() throws Exception {
        bothSeeTheSame(view -> {
            Election elections = view.client().getElectionClient();
            ByteSequence name = bytes("chair");
            long one = granted(view, "ONE", 60);
            long two = granted(view, "TWO", 60);
            view.fails("leader of nobody", elections.leader(name));
            BlockingQueue<String> observed = observe(elections, name);
            CampaignResponse first = view.done("elected", elections.campaign(name, one, bytes("first")));
            LeaderKey leader = first.getLeader();
            view.see(
                    "key %s, revision %d, lease %x",
                    leader.getKey().toString(UTF_8), leader.getRevision(), leader.getLease());
            view.see("observed %s", JetcdView.next(observed));
            view.see("leader %s", text(done(elections.leader(name))));
            try (JetcdView.Watching keys = view.watch("chair/", option -> option.isPrefix(true))) {
                CompletableFuture<CampaignResponse> second = elections.campaign(name, two, bytes("second"));
                view.see("%s, waits: %b", keys.next(), !second.isDone());
                view.done("proclaimed", elections.proclaim(leader, bytes("still first")));
                view.see("observed %s", JetcdView.next(observed));
                view.done("resigned", elections.resign(leader));
                view.see("observed %s", JetcdView.next(observed));
                view.done("elected", second);
                view.fails("proclaimed by who has resigned", elections.proclaim(leader, bytes("first again")));
                view.done("resigned again", elections.resign(leader));
                view.done("resigned", elections.resign(second.join().getLeader()));
                view.fails("leader of nobody", elections.leader(name));
            }
        });
    }

    private static BlockingQueue<String> observe(Election elections, ByteSequence name) {
        BlockingQueue<String> observed = new LinkedBlockingQueue<>();
        elections.observe(name, new Election.Listener() {
            @Override
            public void onNext(LeaderResponse response) {
                observed.add(text(response));
            }

            @Override
            public void onError(Throwable failure) {
                observed.add(JetcdView.described(failure));
            }

            @Override
            public void onCompleted() {
                observed.add("the end");
            }
        });
        return observed;
    }

    private static String text(LeaderResponse response) {
        return JetcdView.text(response.getKv());
    }

    // Watches.

    @Test
    void watches() throws Exception {
        bothSeeTheSame(view -> {
            try (JetcdView.Watching all =
                            view.watch("w/", option -> option.isPrefix(true).withPrevKV(true));
                    JetcdView.Watching deletes = view.watch("w/a", option -> option.withNoPut(true));
                    JetcdView.Watching puts = view.watch("w/a", option -> option.withNoDelete(true))) {
                view.put("w/a", "1");
                view.put("w/a", "2");
                long deleted = done(view.client().getKVClient().delete(bytes("w/a")))
                        .getHeader()
                        .getRevision();
                view.put("w/b", "1");
                for (int i = 0; i < 4; i++) {
                    view.see("%s", all.next());
                }
                view.see("%s", deletes.next());
                view.see("%s %s", puts.next(), puts.next());
                view.client().getWatchClient().requestProgress();
                view.see("%s", all.next());
                past(view, deleted);
            }
        });
    }

    private static void past(JetcdView view, long deleted) throws InterruptedException {
        try (JetcdView.Watching past = view.watch("w/a", option -> option.withRevision(deleted - 2))) {
            view.see("%s %s %s", past.next(), past.next(), past.next());
        }
        done(view.client().getKVClient().compact(deleted));
        try (JetcdView.Watching compacted = view.watch("w/a", option -> option.withRevision(deleted - 1))) {
            view.see("%s", compacted.next());
        }
        try (JetcdView.Watching kept = view.watch("w/a", option -> option.withRevision(deleted))) {
            view.see("%s", kept.next());
        }
        BlockingQueue<String> refused = new LinkedBlockingQueue<>();
        view.client()
                .getWatchClient()
                .watch(
                        bytes("w/b"),
                        WatchOption.builder().withRange(bytes("w/a")).build(),
                        _ -> refused.add("told"),
                        failure -> refused.add(JetcdView.described(failure)));
        view.see("%s", JetcdView.next(refused));
    }

    // Users.

    @Test
    void usersRolesAndPermissions() throws Exception {
        bothSeeTheSame(view -> {
            Auth auth = view.client().getAuthClient();
            view.done("role", auth.roleAdd(bytes("r")));
            view.fails("role", auth.roleAdd(bytes("r")));
            view.done(
                    "permission", auth.roleGrantPermission(bytes("r"), bytes("u/"), bytes("u0"), Permission.Type.READ));
            view.done(
                    "permission",
                    auth.roleGrantPermission(bytes("r"), bytes("u/w"), bytes(""), Permission.Type.READWRITE));
            view.see("%s", permissions(auth));
            view.done("user", auth.userAdd(bytes("root"), bytes("top")));
            view.done("user", auth.userAdd(bytes("ann"), bytes("secret")));
            view.fails("enabled", auth.authEnable());
            view.done("root", auth.userGrantRole(bytes("root"), bytes("root")));
            view.done("ann", auth.userGrantRole(bytes("ann"), bytes("r")));
            view.see(
                    "%s %s",
                    done(auth.userList()).getUsers(),
                    done(auth.userGet(bytes("ann"))).getRoles());
            view.done("enabled", auth.authEnable());
            view.fails("by nobody", view.client().getKVClient().get(bytes("u/w")));
            asAnn(view);
            asRoot(view);
            view.get("u/w");
        });
    }

    private static List<String> permissions(Auth auth) {
        return done(auth.roleGet(bytes("r"))).getPermissions().stream()
                .map(permission -> permission.getPermType() + " "
                        + permission.getKey().toString(UTF_8) + " "
                        + permission.getRangeEnd().toString(UTF_8))
                .toList();
    }

    private static void asAnn(JetcdView view) throws InterruptedException {
        try (Client ann = view.signedIn("ann", "secret");
                Client stranger = view.signedIn("ann", "wrong")) {
            view.done("put", ann.getKVClient().put(bytes("u/w"), bytes("1")));
            view.fails("put", ann.getKVClient().put(bytes("u/x"), bytes("1")));
            view.fails("get", ann.getKVClient().get(bytes("v")));
            view.fails("users", ann.getAuthClient().userList());
            view.fails("compaction", ann.getKVClient().compact(1));
            view.fails("get", stranger.getKVClient().get(bytes("u/w")));
            BlockingQueue<String> told = new LinkedBlockingQueue<>();
            ann.getWatchClient()
                    .watch(bytes("v"), _ -> told.add("told"), failure -> told.add(JetcdView.described(failure)));
            view.see("watch: %s", JetcdView.next(told));
        }
    }

    private static void asRoot(JetcdView view) {
        try (Client root = view.signedIn("root", "top")) {
            Auth auth = root.getAuthClient();
            view.fails("delete root", auth.userDelete(bytes("root")));
            view.done("password", auth.userChangePassword(bytes("ann"), bytes("other")));
            try (Client ann = view.signedIn("ann", "secret");
                    Client changed = view.signedIn("ann", "other")) {
                view.fails("old password", ann.getKVClient().get(bytes("u/w")));
                view.done("new password", changed.getKVClient().get(bytes("u/w")));
            }
            view.done("permission", auth.roleRevokePermission(bytes("r"), bytes("u/w"), bytes("")));
            view.fails("permission", auth.roleRevokePermission(bytes("r"), bytes("u/w"), bytes("")));
            view.done("revoked", auth.userRevokeRole(bytes("ann"), bytes("r")));
            view.done("ann", auth.userDelete(bytes("ann")));
            view.done("role", auth.roleDelete(bytes("r")));
            view.see(
                    "%s %s",
                    done(auth.roleList()).getRoles(), done(auth.userList()).getUsers());
            view.done("disabled", auth.authDisable());
        }
        view.done("root", view.client().getAuthClient().userDelete(bytes("root")));
    }

    // Upkeep.

    @Test
    void maintenance() throws Exception {
        bothSeeTheSame(view -> {
            Maintenance maintenance = view.client().getMaintenanceClient();
            view.put("kept", "1");
            long now = done(view.client().getKVClient().put(bytes("kept"), bytes("2")))
                    .getHeader()
                    .getRevision();
            StatusResponse status = view.done("status", maintenance.statusMember(view.target()));
            view.see("version %s", status.getVersion());
            view.see(
                    "leads itself: %b", status.getLeader() == status.getHeader().getMemberId());
            assertThat(List.of(status.getDbSize(), status.getRaftIndex(), status.getRaftTerm()))
                    .allMatch(number -> number > 0);
            view.see("alarms %s", done(maintenance.listAlarms()).getAlarms());
            view.see(
                    "disarmed %s",
                    done(maintenance.alarmDisarm(new AlarmMember(5, AlarmType.NOSPACE)))
                            .getAlarms());
            done(view.client().getKVClient().compact(now));
            var hash = view.done("hash", maintenance.hashKV(view.target(), 0));
            view.see("compacted %d", hash.getCompacted());
            view.fails("hash of what is to come", maintenance.hashKV(view.target(), now + 100));
            view.fails("hash of what is compacted", maintenance.hashKV(view.target(), now - 1));
            done(maintenance.defragmentMember(view.target()));
            view.fails("leadership for a stranger", maintenance.moveLeader(99));
            ByteArrayOutputStream snapshot = new ByteArrayOutputStream();
            view.see("all bytes are told: %b", done(maintenance.snapshot(snapshot)) == snapshot.size());
            view.see("snapshot, whole: %b", isWhole(snapshot.toByteArray()));
        });
    }

    /** Its last bytes are the digest of the others, which are pages. */
    private static boolean isWhole(byte[] snapshot) throws Exception {
        int size = snapshot.length - 32;
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(snapshot, size));
        return size > 0
                && size % 512 == 0
                && Arrays.equals(digest, Arrays.copyOfRange(snapshot, size, snapshot.length));
    }

    @Test
    void members() throws Exception {
        bothSeeTheSame(view -> {
            Cluster cluster = view.client().getClusterClient();
            var list = view.done("members", cluster.listMember());
            view.see(
                    "%s",
                    list.getMembers().stream()
                            .map(member -> "named: " + !member.getName().isEmpty() + ", learner: " + member.isLearner()
                                    + ", itself: "
                                    + (member.getId() == list.getHeader().getMemberId())
                                    + ", clients: " + member.getClientURIs().equals(List.of(URI.create(view.target())))
                                    + ", peers: " + member.getPeerURIs().size())
                            .toList());
            view.fails("added", cluster.addMember(List.of(URI.create("http://127.0.0.1"))));
            view.fails("removed", cluster.removeMember(99));
            view.fails("updated", cluster.updateMember(99, List.of(URI.create("http://127.0.0.1:1"))));
        });
    }
}
