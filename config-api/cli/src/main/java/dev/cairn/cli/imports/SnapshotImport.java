package dev.cairn.cli.imports;

import dev.cairn.cli.Failure;
import dev.cairn.cli.changes.Cluster;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.protocol.model.Bytes;
import java.nio.file.Path;
import java.util.List;

/** Has a cluster hold what a snapshot of an etcd holds. */
public final class SnapshotImport {
    private final Cluster cluster;
    private final Writer writer;
    private final Progress progress;

    /** Hears how many keys are done, often. */
    @FunctionalInterface
    public interface Progress {
        void at(long done, long all);
    }

    /** @param writer what the cluster executes goes through it */
    public SnapshotImport(Cluster cluster, Writer writer, Progress progress) {
        this.cluster = cluster;
        this.writer = writer;
        this.progress = progress;
    }

    /**
     * Writes all of it, or nothing where something is known to stand against it. If it ends in between, for whatever reason, the
     * same call goes on from there.
     */
    public ImportReport run(Path file, ImportChoices choices) throws Failure, NotVerifiedException {
        try (EtcdSnapshot snapshot = EtcdSnapshot.open(file, choices.hashed())) {
            Plan plan = new Planner(snapshot, cluster, choices).plan();
            long before = cluster.now().revision();
            List<Bytes> kept = choices.dryRun() ? List.of() : new Import(snapshot, cluster, writer, progress).run(plan);
            return ImportReport.of(
                    plan, snapshot, choices.dryRun(), before, cluster.now().revision(), kept);
        }
    }
}
