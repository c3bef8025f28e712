package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import dev.cairn.kv.guard.Objection;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        description = {
            "Show what a change would do to the store, or to who governs it, as things are now.",
            "The state is proven. What the change expects and does not find is named as a conflict."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:shown",
            "1:a failure",
            "2:a command line that makes no sense",
            "3:no answer that is proven",
            "4:shown, and it conflicts or has expired: as things are it would not be executed"
        })
public final class DiffCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "DIGEST|FILE",
            description = "The draft, or a change that waits: its digest, of which 8 digits will do.")
    @SuppressWarnings("NullAway.Init")
    private String change;

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

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
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
