package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeValues;
import java.io.PrintWriter;
import java.nio.file.Path;
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
            "Show what a change would do to the store as it is now.",
            "The state is proven. What the change expects and does not find is named as a conflict."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:shown",
            "1:a failure",
            "2:a command line that makes no sense",
            "3:no answer that is proven",
            "4:shown, and it conflicts: as things are it would not be executed"
        })
public final class DiffCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The draft.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

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
        ChangeFiles files = new ChangeFiles(file);
        if (!(Texts.parse(file, files.readText()) instanceof Change change)) {
            throw new Failure(file + " changes no keys; read its text");
        }
        ChangeValues values = files.readValues(change);
        try (Cluster asked = cluster.open()) {
            ChangeDiff diff = ChangeDiff.of(change, values, asked.now());
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(DiffJson.of(diff).renderLine());
            } else {
                Texts.heading(change).forEach(out::println);
                DiffText.of(diff, Paint.of(color)).forEach(out::println);
            }
            out.flush();
            return diff.conflicts().isEmpty() ? Exits.DONE : Exits.REFUSED;
        }
    }
}
