package dev.cairn.cli.imports;

import dev.cairn.cli.Failure;
import dev.cairn.cli.changes.Cluster;
import dev.cairn.cli.changes.Ledger;
import dev.cairn.cli.imports.EtcdSnapshot.Version;
import dev.cairn.cli.imports.Plan.Entry;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.kv.KvState;
import dev.cairn.kv.Lease;
import dev.cairn.kv.Limits;
import dev.cairn.kv.Unsigned;
import dev.cairn.kv.auth.AuthLimits;
import dev.cairn.kv.auth.AuthView;
import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.AuthOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Permission;
import dev.cairn.kv.model.UpkeepOperation;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the plan, or says why there is none. Whatever can be known beforehand is a reason: nothing was written then. What the
 * cluster has, and who may write there, is proven.
 */
final class Planner {
    private static final int BATCH_BYTES = 512 << 10;

    /** Of a put in a transaction with its comparison, beside value and twice the key; and of the request around it. */
    private static final int PUT_BYTES = 64;

    private static final int REQUEST_BYTES = 512;

    private static final String NOTHING_DONE = ". Nothing was imported";

    private final EtcdSnapshot snapshot;
    private final Cluster cluster;
    private final ImportChoices choices;
    private final Limits limits;
    private final int requestBytes;

    Planner(EtcdSnapshot snapshot, Cluster cluster, ImportChoices choices) {
        this.snapshot = snapshot;
        this.cluster = cluster;
        this.choices = choices;
        GenesisFile genesis = cluster.pin().document();
        this.limits = Limits.DEFAULT.with(
                genesis.limits().maxTxnOperations(), genesis.limits().quotaBytes());
        this.requestBytes = Math.min(
                        genesis.limits().maxRequestBytes(), genesis.parameters().maxRequestBytes())
                - REQUEST_BYTES;
    }

    Plan plan() throws Failure, NotVerifiedException {
        UsersThere there = new UsersThere(cluster);
        there.requireNotAskedFor();
        Ledger ledger = Ledger.of(cluster);
        long now = ledger.at().revision();
        EtcdAuth auth = choices.users() ? snapshot.auth() : EtcdAuth.NONE;
        requireRevision();
        requireAllowed(ledger.governance(), now, auth);
        requireRoom();
        requireLeases();
        requireUsers(auth);
        there.requireNoMoreThan(auth);
        return plan(Present.find(snapshot, cluster, now), auth);
    }

    private long raisedTo() {
        return snapshot.revision() + choices.bump();
    }

    // Reasons why there is none.

    private void requireRevision() throws Failure {
        if (snapshot.revision() > UpkeepOperation.MAX_RAISED_REVISION - choices.bump()) {
            throw new Failure("the snapshot's revision is " + snapshot.revision() + ", and with --bump-revision "
                    + choices.bump() + " more than any store's" + NOTHING_DONE);
        }
    }

    private void requireAllowed(Governance governance, long now, EtcdAuth auth) throws Failure {
        Unsigned unsigned = new Unsigned(governance);
        int guarded = 0;
        String first = "";
        for (Bytes key : snapshot.keys().keySet()) {
            Optional<String> reason = unsigned.reason(put(key, Bytes.EMPTY, 0));
            if (reason.isPresent()) {
                first = guarded == 0 ? reason.get() : first;
                guarded++;
            }
        }
        if (guarded > 0) {
            throw new Failure(guarded + " of the snapshot's " + snapshot.keys().size()
                    + " keys are not open to gateways here; of the first of them: " + first
                    + ". Import while they are open, and guard them then" + NOTHING_DONE);
        }
        if (now < raisedTo()) {
            if (governance.keepRevisions() > 0 && now > KvState.FIRST_REVISION) {
                throw new Failure(
                        "this cluster keeps its revisions (keep-revisions in `cairn guard list`) and has some already,"
                                + " so its revision cannot be raised to " + raisedTo() + NOTHING_DONE);
            }
            requireAllowed(unsigned, new UpkeepOperation.RaiseRevision(raisedTo()), "a revision that does not go back");
        }
        if (!auth.roles().isEmpty() || !auth.users().isEmpty()) {
            requireAllowed(unsigned, new AuthOperation.Enable(), "users and roles; --no-users leaves them out");
        }
    }

    private static void requireAllowed(Unsigned unsigned, Operation operation, String neededFor) throws Failure {
        Optional<String> reason = unsigned.reason(operation);
        if (reason.isPresent()) {
            throw new Failure(reason.get() + ". It is needed for " + neededFor + NOTHING_DONE);
        }
    }

    private void requireRoom() throws Failure {
        long data = 0;
        long weight = 0;
        for (Map.Entry<Bytes, Version> each : snapshot.keys().entrySet()) {
            int key = each.getKey().size();
            int value = each.getValue().valueBytes();
            if (2L * key + value + PUT_BYTES > requestBytes) {
                throw new Failure(
                        ChangeText.printKey(each.getKey()) + " has " + value + " bytes, and this cluster takes "
                                + requestBytes + " with twice the key; found it with a larger init --max-request-bytes"
                                + NOTHING_DONE);
            }
            data += Leaf.DATA_FIXED_BYTES + key + value;
            weight += Leaf.weightBytes(key, value);
        }
        if (data > limits.quotaBytes()) {
            throw new Failure("the snapshot's keys count " + data + " bytes, and the cluster's quota is "
                    + limits.quotaBytes() + "; found it with a larger init --quota-bytes" + NOTHING_DONE);
        }
        if (weight > limits.openTreeBytes()) {
            throw new Failure("the snapshot's " + snapshot.keys().size() + " keys take " + (weight >> 20)
                    + " MiB of memory, and a cluster has " + (limits.openTreeBytes() >> 20)
                    + " MiB for keys and small values" + NOTHING_DONE);
        }
    }

    private void requireLeases() throws Failure {
        for (Map.Entry<Long, Long> lease : snapshot.leases().entrySet()) {
            if (lease.getValue() > Lease.MAX_TTL_SECONDS) {
                throw new Failure("lease " + Long.toHexString(lease.getKey()) + " lives for " + lease.getValue()
                        + " s, and " + Lease.MAX_TTL_SECONDS + " is the most; revoke it, and save the snapshot again"
                        + NOTHING_DONE);
            }
        }
    }

    private static void requireUsers(EtcdAuth auth) throws Failure {
        for (EtcdAuth.Role role : auth.roles()) {
            boolean fits = isName(role.name())
                    && role.permissions().size() <= AuthLimits.PERMISSIONS_PER_ROLE
                    && role.permissions().stream()
                            .allMatch(each -> each.key().size() <= AuthLimits.KEY_BYTES
                                    && each.rangeEnd().size() <= AuthLimits.KEY_BYTES);
            requireFits("role", role.name(), fits);
        }
        for (EtcdAuth.User user : auth.users()) {
            boolean fits = isName(user.name())
                    && user.roles().size() <= AuthLimits.ROLES_PER_USER
                    && user.passwordHash().size() <= AuthLimits.HASH_BYTES;
            requireFits("user", user.name(), fits);
        }
    }

    private static boolean isName(Bytes name) {
        return !name.isEmpty() && name.size() <= AuthLimits.NAME_BYTES;
    }

    private static void requireFits(String what, Bytes name, boolean fits) throws Failure {
        if (!fits) {
            throw new Failure(
                    "the " + what + " " + ChangeText.printKey(name) + " has more than fits here: docs/etcd.md has the"
                            + " bounds on users and roles; --no-users leaves them out" + NOTHING_DONE);
        }
    }

    // The plan.

    private Plan plan(Present present, EtcdAuth auth) throws Failure {
        Batches batches = new Batches();
        int unchanged = 0;
        int replaced = 0;
        for (Map.Entry<Bytes, Version> each : snapshot.keys().entrySet()) {
            Bytes key = each.getKey();
            if (present.isSame(key)) {
                unchanged++;
            } else {
                replaced += present.seen(key) == 0 ? 0 : 1;
                batches.add(new Entry(key, each.getValue(), present.seen(key)));
            }
        }
        if (replaced > 0 && !choices.overwrite()) {
            Bytes first = batches.all.stream()
                    .flatMap(List::stream)
                    .filter(entry -> entry.seen() != 0)
                    .map(Entry::key)
                    .findFirst()
                    .orElseThrow();
            throw new Failure(
                    replaced + " of the snapshot's keys are there already with another value or lease, first of all "
                            + ChangeText.printKey(first) + "; --overwrite replaces them" + NOTHING_DONE);
        }
        return new Plan(
                raisedTo(),
                snapshot.leases(),
                batches.all,
                unchanged,
                replaced,
                batches.bytes,
                operations(auth),
                auth.enabled() && choices.enableAuth());
    }

    /** Each a transaction that the cluster takes. */
    private final class Batches {
        private final List<List<Entry>> all = new ArrayList<>();
        private long bytes;
        private long inLast;

        void add(Entry entry) {
            long size = (long) entry.bytes() + entry.key().size() + PUT_BYTES;
            boolean fits = !all.isEmpty()
                    && all.getLast().size() < limits.txnOperations()
                    && inLast + size <= Math.min(BATCH_BYTES, requestBytes);
            if (!fits) {
                all.add(new ArrayList<>());
                inLast = 0;
            }
            all.getLast().add(entry);
            inLast += size;
            bytes += entry.bytes();
        }
    }

    private static List<AuthOperation> operations(EtcdAuth auth) {
        List<AuthOperation> operations = new ArrayList<>();
        for (EtcdAuth.Role role : auth.roles()) {
            operations.add(new AuthOperation.RoleAdd(role.name()));
            if (!role.name().equals(AuthView.ROOT)) {
                role.permissions().stream()
                        .filter(Permission::isOnKeys)
                        .forEach(each -> operations.add(new AuthOperation.RoleGrantPermission(role.name(), each)));
            }
        }
        for (EtcdAuth.User user : auth.users()) {
            operations.add(new AuthOperation.UserAdd(user.name(), user.passwordHash(), user.noPassword()));
            user.roles().forEach(role -> operations.add(new AuthOperation.UserGrantRole(user.name(), role)));
        }
        return operations;
    }

    static Operation.Put put(Bytes key, Bytes value, long lease) {
        return new Operation.Put(key, value, lease, false, false, false);
    }
}
