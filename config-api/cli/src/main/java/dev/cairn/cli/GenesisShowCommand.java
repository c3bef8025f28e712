package dev.cairn.cli;

import dev.cairn.genesis.GenesisException;
import dev.cairn.genesis.GenesisFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = {
            "Say in words what a genesis.json lays down: replicas, who signs, and what needs whose signatures.",
            "The chain id is the file's SHA-256. Compare it with the others' before you start a replica or pin it."
        })
final class GenesisShowCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The genesis document.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(names = "--json", description = "JSON; the keys of replicas too.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws GenesisException {
        GenesisFile genesis = GenesisFile.read(file);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(GenesisReview.json(genesis).renderLine());
        } else {
            GenesisReview.lines(genesis).forEach(out::println);
            out.println(
                    "So it was founded, and what signed changes have made of it since is not here: who governs now, `"
                            + Launch.called() + " people` and `" + Launch.called() + " guard list` ask the cluster.");
        }
        out.flush();
        return 0;
    }
}
