package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.repo.RepositoryName;
import dev.cairn.genesis.GenesisException;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.model.KeyValue;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        description = {
            "Show what a change would do to the store, or to who governs it, as things are now; or what push would publish of a"
                    + " directory.",
            "The state is proven. What the change expects and does not find is named as a conflict."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:shown; of a directory also if nothing differs",
            "1:a failure",
            "2:a command line that makes no sense",
            "3:no answer that is proven",
            "4:shown, and it conflicts or has expired: as things are it would not be executed"
        })
public final class DiffCommand implements Callable<Integer> {
    /** What would make a repository exactly what a directory holds. */
    @FunctionalInterface
    public interface Publishing {
        /**
         * None if it is that already.
         *
         * @param there all keys that the repository has now
         */
        List<Intent> intents(Path directory, RepositoryName name, List<KeyValue> there) throws Failure;
    }

    @Parameters(
            index = "0",
            paramLabel = "DIGEST|FILE|DIR",
            description = "The draft, or a change that waits: its digest, of which 8 digits will do; or a directory.")
    @SuppressWarnings("NullAway.Init")
    private String change;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NAME",
            description = "Of a directory: the repository that it would be pushed to.")
    private @Nullable String repository;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            defaultValue = "auto",
            description = "auto, always or never. Default: ${DEFAULT-VALUE}, on a terminal and without $NO_COLOR.")
    @SuppressWarnings("NullAway.Init")
    private Paint.When color;

    @Option(names = "--json", description = "JSON, keys and values in base64.")
    private boolean json;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Publishing publishing;

    public DiffCommand(Publishing publishing) {
        this.publishing = publishing;
    }

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        if (repository != null) {
            return ofDirectory(Path.of(change), repository(repository));
        }
        if (Files.isDirectory(Path.of(change))) {
            throw new ParameterException(
                    spec.commandLine(),
                    change + " is a directory; name the repository too: cairn diff " + change + " NAME");
        }
        return ofChange();
    }

    private RepositoryName repository(String text) {
        try {
            return new RepositoryName(text);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private int ofDirectory(Path directory, RepositoryName name)
            throws Failure, GenesisException, NotVerifiedException {
        try (Cluster asked = cluster.open()) {
            Snapshot now = asked.now();
            List<KeyValue> there = now.list(name.span());
            ChangeDiff diff = ChangeDiff.of(publishing.intents(directory, name, there), there, now.revision());
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(DiffJson.of(diff, List.of()).renderLine());
            } else if (diff.keys().isEmpty()) {
                out.println("repository " + name + " is as " + directory + " already");
            } else {
                DiffText.of(diff, Paint.of(color)).forEach(out::println);
            }
            out.flush();
            return Exits.DONE;
        }
    }

    private int ofChange() throws Failure, GenesisException, NotVerifiedException {
        try (Cluster asked = cluster.open()) {
            Ledger ledger = Ledger.of(asked);
            Proposal proposal = Proposal.find(change, ledger);
            Shown shown = Shown.of(proposal, ledger);
            Optional<Objection.Expired> expired =
                    Texts.expired(proposal.text(), Instant.now().getEpochSecond());
            print(proposal, shown);
            expired.ifPresent(late -> spec.commandLine().getErr().println("cairn: " + late.sentence()));
            return shown.conflicts() || expired.isPresent() ? Exits.REFUSED : Exits.DONE;
        }
    }

    private void print(Proposal proposal, Shown shown) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(shown.json().renderLine());
        } else {
            Texts.heading(proposal.text()).forEach(out::println);
            shown.lines(Paint.of(color)).forEach(out::println);
        }
        out.flush();
    }
}
