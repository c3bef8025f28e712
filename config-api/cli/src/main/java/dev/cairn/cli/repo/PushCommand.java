package dev.cairn.cli.repo;

import dev.cairn.cli.Failure;
import dev.cairn.cli.changes.Cluster;
import dev.cairn.cli.changes.ClusterOptions;
import dev.cairn.cli.changes.DraftOptions;
import dev.cairn.cli.changes.Exits;
import dev.cairn.cli.changes.Intent;
import dev.cairn.cli.changes.Ledger;
import dev.cairn.cli.changes.Visible;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.repo.RepositoryName;
import dev.cairn.client.repo.Tree;
import dev.cairn.genesis.GenesisException;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "push",
        mixinStandardHelpOptions = true,
        description = {
            "Draft the one change that makes a repository exactly what a directory holds.",
            "Left out are .git and what .gitignore names. Nothing is sent: the draft is signed, submitted and approved as every"
                    + " change is."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:drafted; with --dry-run: there is something to change",
            "1:a failure, or nothing to change",
            "2:a command line that makes no sense",
            "3:no answer that is proven"
        },
        footer = {
            "",
            "For example:  ${ROOT-COMMAND-NAME} push ./playbooks web -m 'Rotate the certificates, ticket 42' --sign",
            "              ${ROOT-COMMAND-NAME} diff change.txt; ${ROOT-COMMAND-NAME} submit change.txt"
        })
public final class PushCommand implements Callable<Integer> {
    /** So many files are named where all are not asked for. */
    private static final int NAMED = 20;

    @Parameters(index = "0", paramLabel = "DIR", description = "The directory.")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Parameters(
            index = "1",
            paramLabel = "NAME",
            converter = NameConverter.class,
            description = "The repository; it need not be there yet.")
    @SuppressWarnings("NullAway.Init")
    private RepositoryName name;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Write no draft; name every file that would be added (A), modified (M) or deleted (D).")
    private boolean dryRun;

    @Option(names = "--json", description = "JSON: the draft, and how many files it adds, modifies, deletes.")
    private boolean json;

    @Mixin
    private DraftOptions draft = new DraftOptions();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** What would make the repository exactly what the directory holds. */
    public static List<Intent> intents(Path directory, RepositoryName name, List<KeyValue> there) throws Failure {
        return Publication.of(name, DirectoryReader.read(directory), there).intents();
    }

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        Tree tree = DirectoryReader.read(directory);
        try (Cluster asked = cluster.open()) {
            Ledger ledger = Ledger.of(asked);
            Publication publication = Publication.of(name, tree, ledger.at().list(name.span()));
            if (publication.changesNothing()) {
                throw new Failure("nothing to change: repository " + name + " is as " + directory + " already");
            }
            publication.requireFits();
            if (dryRun) {
                tell(publication, Integer.MAX_VALUE);
            } else {
                tell(publication, draft.write(ledger, publication.intents(), publication.expected()));
            }
            return Exits.DONE;
        }
    }

    private void tell(Publication publication, DraftOptions.Written written) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(written.json(counts(publication)).renderLine());
        } else {
            tell(publication, NAMED);
            written.tell(out);
        }
        out.flush();
    }

    private void tell(Publication publication, int most) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(counts(publication)
                    .put("files", named(publication).stream().map(Json::text).toList())
                    .build()
                    .renderLine());
        } else {
            List<String> names = named(publication);
            names.stream().limit(most).forEach(line -> out.println(Visible.text(line)));
            if (names.size() > most) {
                out.println("and " + (names.size() - most) + " more; --dry-run names all");
            }
            out.println("repository " + name + ": " + publication.count(Publication.Fate.ADDED) + " added, "
                    + publication.count(Publication.Fate.MODIFIED) + " modified, "
                    + publication.count(Publication.Fate.DELETED) + " deleted, " + publication.unchanged()
                    + " as they are; " + publication.bytes() + " bytes");
        }
        out.flush();
    }

    private List<String> named(Publication publication) {
        return publication.files().entrySet().stream()
                .map(each -> each.getValue().letter() + " " + path(each))
                .toList();
    }

    private String path(Map.Entry<Bytes, Publication.Fate> file) {
        return file.getKey().slice(name.prefix().size(), file.getKey().size()).toUtf8();
    }

    private Json.Builder counts(Publication publication) {
        return Json.object()
                .put("repository", name.text())
                .put("added", publication.count(Publication.Fate.ADDED))
                .put("modified", publication.count(Publication.Fate.MODIFIED))
                .put("deleted", publication.count(Publication.Fate.DELETED))
                .put("unchanged", publication.unchanged())
                .put("bytes", publication.bytes());
    }
}
