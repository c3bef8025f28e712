package dev.cairn.cli.imports;

import dev.cairn.cli.changes.Visible;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.model.AuthOperation;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.auth.Passwords;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What was done, or would be.
 *
 * @param keys that were put
 * @param unchanged keys that were there as the snapshot has them
 * @param replaced of those that were put
 * @param bytes of the keys that were put, and their values
 * @param enabledAuth whether etcd's permissions are asked for now
 * @param raisedTo what the cluster's revision is raised to, if it is not above
 * @param before the cluster's revision
 * @param after it
 * @param notes sentences that whoever imports should read
 */
public record ImportReport(
        boolean dryRun,
        long keys,
        long unchanged,
        long replaced,
        long bytes,
        long leases,
        long roles,
        long users,
        boolean enabledAuth,
        long snapshotRevision,
        long raisedTo,
        long before,
        long after,
        List<String> notes) {
    public ImportReport {
        notes = List.copyOf(notes);
    }

    /** @param kept users that were there already */
    static ImportReport of(
            Plan plan, EtcdSnapshot snapshot, boolean dryRun, long before, long after, List<Bytes> kept) {
        return new ImportReport(
                dryRun,
                plan.keys(),
                plan.unchanged(),
                plan.replaced(),
                plan.bytes(),
                plan.leases().size(),
                plan.count(AuthOperation.RoleAdd.class),
                plan.count(AuthOperation.UserAdd.class),
                plan.enablesAuth(),
                snapshot.revision(),
                plan.raisedTo(),
                before,
                after,
                notes(plan, snapshot, dryRun, kept));
    }

    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add((dryRun ? "would import " : "imported ") + keys + " keys (" + bytes + " bytes with their values), "
                + leases + " leases, " + roles + " roles, " + users + " users");
        if (unchanged > 0) {
            lines.add(unchanged + " keys were there already");
        }
        if (replaced > 0) {
            lines.add(replaced + " keys " + (dryRun ? "would be" : "were") + " replaced");
        }
        lines.add("the snapshot's revision is " + snapshotRevision + "; the cluster's " + ofTheCluster());
        lines.addAll(notes);
        return lines;
    }

    private String ofTheCluster() {
        if (!dryRun) {
            return "was " + before + " and is " + after;
        }
        return before < raisedTo
                ? "is " + before + " and would be raised to " + raisedTo + " at least"
                : "is " + before + ", so nothing would be raised";
    }

    private static List<String> notes(Plan plan, EtcdSnapshot snapshot, boolean dryRun, List<Bytes> kept) {
        List<String> notes = new ArrayList<>();
        if (plan.enablesAuth()) {
            notes.add("etcd's permissions " + (dryRun ? "would be" : "are")
                    + " enabled, as in the snapshot: every client needs a" + " user then");
        } else if (snapshot.auth().enabled()) {
            notes.add(
                    "etcd's permissions are enabled in the snapshot, and not here: whoever reaches a replica needs no user");
        }
        if (!kept.isEmpty()) {
            notes.add("users that were there already keep their passwords: " + names(kept));
        }
        List<Bytes> locked = locked(plan);
        if (!locked.isEmpty()) {
            notes.add("no password fits the hashes of these users, which are none of bcrypt or cost too much: "
                    + names(locked) + "; give them new ones");
        }
        long leaseless = leaseless(snapshot);
        if (leaseless > 0) {
            notes.add(leaseless + " keys name a lease that is not in the snapshot, and have none here");
        }
        if (snapshot.alarms() > 0) {
            notes.add("alarms are not imported; the snapshot has " + snapshot.alarms());
        }
        return notes;
    }

    public Json json() {
        return Json.object()
                .put("dry_run", dryRun)
                .put("keys", keys)
                .put("keys_unchanged", unchanged)
                .put("keys_replaced", replaced)
                .put("bytes", bytes)
                .put("leases", leases)
                .put("roles", roles)
                .put("users", users)
                .put("auth_enabled", enabledAuth)
                .put("snapshot_revision", snapshotRevision)
                .put("revision_before", before)
                .put("revision_after", after)
                .put("notes", notes.stream().map(Json::text).toList())
                .build();
    }

    private static long leaseless(EtcdSnapshot snapshot) {
        return snapshot.keys().values().stream()
                .filter(version -> version.lease() != 0 && snapshot.lease(version) == 0)
                .count();
    }

    private static List<Bytes> locked(Plan plan) {
        return plan.auth().stream()
                .filter(AuthOperation.UserAdd.class::isInstance)
                .map(AuthOperation.UserAdd.class::cast)
                .filter(user -> !user.noPassword()
                        && !user.passwordHash().isEmpty()
                        && !Passwords.isCheckable(user.passwordHash()))
                .map(AuthOperation.UserAdd::name)
                .toList();
    }

    private static String names(List<Bytes> names) {
        return names.stream().map(name -> Visible.text(name.toUtf8())).collect(Collectors.joining(", "));
    }
}
