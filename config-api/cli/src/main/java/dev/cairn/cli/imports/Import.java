package dev.cairn.cli.imports;

import dev.cairn.cli.Failure;
import dev.cairn.cli.changes.Cluster;
import dev.cairn.cli.changes.Snapshot;
import dev.cairn.cli.imports.Plan.Entry;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.model.AuthOperation;
import dev.cairn.kv.model.Compare;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.UpkeepOperation;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.etcd.EtcdError;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Carries a plan out, each step by its receipt. It may end after any of them, and be planned and begun anew: every step can be
 * done twice, and no key is put over what somebody wrote since it was looked at.
 */
final class Import {
    /** Of one batch, where receipts are lost or others write. */
    private static final int TRIES = 4;

    private final EtcdSnapshot snapshot;
    private final Cluster cluster;
    private final Writer writer;
    private final SnapshotImport.Progress progress;
    private final Renewal renewal;

    Import(EtcdSnapshot snapshot, Cluster cluster, Writer writer, SnapshotImport.Progress progress) {
        this.snapshot = snapshot;
        this.cluster = cluster;
        this.writer = writer;
        this.progress = progress;
        this.renewal = new Renewal();
    }

    /** Users that were there already, with the passwords that they had. */
    List<Bytes> run(Plan plan) throws Failure, NotVerifiedException {
        if (cluster.now().revision() < plan.raisedTo()) {
            done(new UpkeepOperation.RaiseRevision(plan.raisedTo()));
        }
        for (Map.Entry<Long, Long> lease : plan.leases().entrySet()) {
            done(new LeaseOperation.Grant(lease.getKey(), lease.getValue()), KvError.LEASE_EXISTS);
            renewal.ifDue();
        }
        renewal.now();
        putAll(plan);
        List<Bytes> there = changeUsers(plan.auth());
        renewal.now();
        if (plan.enablesAuth()) {
            // Once it is done, nobody without a user may do it again.
            done(new AuthOperation.Enable(), KvError.USER_EMPTY);
        }
        return there;
    }

    /** @param fine errors that mean it was done before */
    private Outcome done(Operation operation, KvError... fine) throws Failure, NotVerifiedException {
        Set<KvError> all = EnumSet.noneOf(KvError.class);
        all.addAll(List.of(fine));
        Outcome outcome = writer.execute(operation);
        if (outcome instanceof Outcome.Failed(long _, KvError error) && !all.contains(error)) {
            throw new Failure("the cluster refused it: "
                    + EtcdError.of(error).description().replaceFirst("^etcdserver: ", "")
                    + ". What was imported stays; the same command goes on from there");
        }
        return outcome;
    }

    // Keys.

    private void putAll(Plan plan) throws Failure, NotVerifiedException {
        long put = 0;
        for (List<Entry> batch : plan.batches()) {
            progress.at(put, plan.keys());
            put(batch);
            put += batch.size();
            renewal.ifDue();
        }
    }

    private void put(List<Entry> batch) throws Failure, NotVerifiedException {
        List<Entry> left = batch;
        for (int tries = 0; !left.isEmpty(); tries++) {
            if (tries == TRIES) {
                throw new Failure(
                        "the keys from " + ChangeText.printKey(left.getFirst().key())
                                + " on are written by others all the time; stop them, and give the same command again");
            }
            if (done(transaction(left)) instanceof Outcome.Txn(long _, boolean succeeded, List<Outcome> _)
                    && succeeded) {
                return;
            }
            left = missing(left);
        }
    }

    /** All or nothing: if nobody has written any of these keys since it was looked at. */
    private Operation.Txn transaction(List<Entry> entries) throws Failure {
        List<Compare> compares = new ArrayList<>();
        List<Operation> puts = new ArrayList<>();
        for (Entry entry : entries) {
            compares.add(new Compare(
                    Compare.Result.EQUAL, Compare.Target.MOD, entry.key(), Bytes.EMPTY, entry.seen(), Bytes.EMPTY));
            puts.add(Planner.put(
                    entry.key(), snapshot.value(entry.key(), entry.version()), snapshot.lease(entry.version())));
        }
        return new Operation.Txn(compares, puts, List.of());
    }

    /** What this import has not put yet, as it has where a receipt was lost. */
    private List<Entry> missing(List<Entry> entries) throws Failure, NotVerifiedException {
        Snapshot now = cluster.now();
        List<Entry> missing = new ArrayList<>();
        for (Entry entry : entries) {
            Optional<KeyValue> there = now.get(entry.key());
            if (there.isPresent() && Present.isSame(there.get(), snapshot, entry.version())) {
                continue;
            }
            if (there.map(KeyValue::modRevision).orElse(0L) != entry.seen()) {
                throw new Failure("somebody wrote " + ChangeText.printKey(entry.key())
                        + " while it was imported; stop who writes, and give the same command again");
            }
            missing.add(entry);
        }
        return missing;
    }

    // Users and leases.

    private List<Bytes> changeUsers(List<AuthOperation> operations) throws Failure, NotVerifiedException {
        List<Bytes> there = new ArrayList<>();
        for (AuthOperation operation : operations) {
            Outcome outcome = done(operation, KvError.USER_EXISTS, KvError.ROLE_EXISTS);
            if (operation instanceof AuthOperation.UserAdd add && outcome instanceof Outcome.Failed) {
                there.add(add.name());
            }
            renewal.ifDue();
        }
        return there;
    }

    /** Keeps the leases alive, a third of the shortest one's time apart. */
    private final class Renewal {
        private final long periodNanos;
        private long last = System.nanoTime();

        Renewal() {
            long shortest =
                    snapshot.leases().values().stream().min(Long::compare).orElse(1L);
            periodNanos = TimeUnit.SECONDS.toNanos(shortest) / 3;
        }

        void ifDue() throws Failure, NotVerifiedException {
            if (System.nanoTime() - last >= periodNanos) {
                now();
            }
        }

        void now() throws Failure, NotVerifiedException {
            last = System.nanoTime();
            List<Long> ids = List.copyOf(snapshot.leases().keySet());
            for (int from = 0; from < ids.size(); from += LeaseOperation.KeepAlive.MAX_IDS) {
                int to = Math.min(ids.size(), from + LeaseOperation.KeepAlive.MAX_IDS);
                done(new LeaseOperation.KeepAlive(ids.subList(from, to)));
            }
        }
    }
}
