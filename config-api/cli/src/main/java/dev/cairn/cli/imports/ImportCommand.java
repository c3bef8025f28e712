package dev.cairn.cli.imports;

import dev.cairn.cli.Failure;
import dev.cairn.cli.changes.Cluster;
import dev.cairn.cli.changes.ClusterOptions;
import dev.cairn.cli.changes.Exits;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "Write what a snapshot of an etcd holds into a cluster: keys, leases, users and roles, and a revision that does not go"
                    + " back.",
            "Nothing is written unless all of it may be. Interrupted, the same command goes on where it stopped. Guards, limits"
                    + " and the quota hold as for any client."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:imported; with --dry-run: it could be",
            "1:a failure",
            "2:a command line that makes no sense",
            "3:no answer that is proven; what was imported stays"
        },
        footer = {
            "",
            "For example:  etcdctl snapshot save etcd.db",
            "              ${ROOT-COMMAND-NAME} import --from-snapshot etcd.db --dry-run"
        })
public final class ImportCommand implements Callable<Integer> {
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(2);

    @Option(
            names = "--from-snapshot",
            required = true,
            paramLabel = "FILE",
            description = "What etcdctl snapshot save wrote.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(
            names = "--skip-hash-check",
            description = "Take a file without a hash at its end: a copy of an etcd's member/snap/db.")
    private boolean skipsHash;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Write nothing; say what would be imported, or why it cannot be.")
    private boolean dryRun;

    @Option(names = "--overwrite", description = "Replace keys that are there already with another value or lease.")
    private boolean overwrite;

    @Option(
            names = "--bump-revision",
            defaultValue = "0",
            paramLabel = "N",
            description = "Begin so far above the snapshot's revision, where the old etcd went on after it was taken.")
    private long bump;

    @Option(names = "--no-users", description = "Leave out users and roles.")
    private boolean withoutUsers;

    @Option(
            names = "--no-auth-enable",
            description = "Do not enable permissions at the end, although they were enabled in the snapshot.")
    private boolean leavesAuth;

    @Option(names = "--json", description = "JSON.")
    private boolean json;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private long told = System.nanoTime();

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        if (bump < 0) {
            throw new ParameterException(spec.commandLine(), "--bump-revision: a revision does not go back");
        }
        ImportChoices choices = new ImportChoices(!skipsHash, dryRun, overwrite, bump, !withoutUsers, !leavesAuth);
        try (Cluster asked = cluster.open()) {
            tell(new SnapshotImport(asked, asked::execute, this::tellProgress).run(file, choices));
            return Exits.DONE;
        }
    }

    private void tell(ImportReport report) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(report.json().renderLine());
        } else {
            report.lines().forEach(out::println);
        }
        out.flush();
    }

    private void tellProgress(long done, long all) {
        if (System.nanoTime() - told >= PROGRESS_NANOS) {
            told = System.nanoTime();
            PrintWriter err = spec.commandLine().getErr();
            err.println(done + " of " + all + " keys");
            err.flush();
        }
    }
}
