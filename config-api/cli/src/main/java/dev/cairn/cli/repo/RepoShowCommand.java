package dev.cairn.cli.repo;

import dev.cairn.cli.Failure;
import dev.cairn.cli.changes.Exits;
import dev.cairn.cli.changes.Visible;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.repo.FileMode;
import dev.cairn.client.repo.TreeFile;
import dev.cairn.client.repo.TreePath;
import dev.cairn.genesis.GenesisException;
import dev.cairn.genesis.json.Json;
import dev.cairn.protocol.model.Hashing;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "List a repository's files: mode, size in bytes and path, proven to be all.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:shown",
            "1:a failure, or there is no such repository",
            "2:a command line that makes no sense",
            "3:no answer that is proven"
        })
final class RepoShowCommand implements Callable<Integer> {
    @Mixin
    private RepositoryOptions repository = new RepositoryOptions();

    @Option(names = "--json", description = "JSON: revision and files, with the SHA-256 of each.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        RepositoryOptions.Read read = repository.read();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(read).renderLine());
        } else {
            read.tree().files().forEach((path, file) -> out.println(line(path, file)));
            out.println("repository " + read.name() + ", revision " + read.revision() + ": "
                    + read.tree().files().size() + " files, " + read.tree().bytes() + " bytes");
        }
        out.flush();
        return Exits.DONE;
    }

    private static String line(TreePath path, TreeFile file) {
        String line =
                String.format("%s %9d %s", file.mode().digits(), file.content().size(), Visible.text(path.text()));
        return file.mode() == FileMode.LINK
                ? line + " -> " + Visible.text(file.content().toUtf8())
                : line;
    }

    private static Json json(RepositoryOptions.Read read) {
        List<Json> files = read.tree().files().entrySet().stream()
                .<Json>map(each -> Json.object()
                        .put("path", each.getKey().text())
                        .put("mode", each.getValue().mode().digits())
                        .put("bytes", each.getValue().content().size())
                        .put(
                                "sha256",
                                Hashing.sha256(each.getValue().content().shared())
                                        .toHex())
                        .build())
                .toList();
        return Json.object()
                .put("repository", read.name().text())
                .put("revision", read.revision())
                .put("files", files)
                .build();
    }
}
