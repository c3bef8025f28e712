package dev.cairn.cli.repo;

import dev.cairn.cli.Failure;
import dev.cairn.cli.changes.Exits;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import dev.cairn.genesis.json.Json;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Write a repository's files into a new directory, with their modes and links, whole or not at all.",
            "What would lead out of the directory is refused."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:written",
            "1:a failure, or there is no such repository; nothing is written",
            "2:a command line that makes no sense",
            "3:no answer that is proven"
        })
final class RepoExportCommand implements Callable<Integer> {
    @Mixin
    private RepositoryOptions repository = new RepositoryOptions();

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "DIR",
            description = "The directory, which must not be there yet. Default: one with the repository's name.")
    private @Nullable Path directory;

    @Option(names = "--json", description = "JSON: the revision, and how much was written.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        Path into = directory == null ? Path.of(repository.name().text()) : directory;
        RepositoryOptions.Read read = repository.read();
        DirectoryWriter.write(read.tree(), into);
        PrintWriter out = spec.commandLine().getOut();
        int files = read.tree().files().size();
        if (json) {
            out.println(Json.object()
                    .put("repository", read.name().text())
                    .put("revision", read.revision())
                    .put("directory", into.toString())
                    .put("files", files)
                    .put("bytes", read.tree().bytes())
                    .build()
                    .renderLine());
        } else {
            out.println("repository " + read.name() + ", revision " + read.revision() + ": " + files + " files, "
                    + read.tree().bytes() + " bytes, in " + into);
        }
        out.flush();
        return Exits.DONE;
    }
}
