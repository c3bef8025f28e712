package dev.cairn.cli.repo;

import dev.cairn.cli.Failure;
import dev.cairn.cli.changes.Cluster;
import dev.cairn.cli.changes.ClusterOptions;
import dev.cairn.cli.changes.Exits;
import dev.cairn.cli.changes.Snapshot;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.repo.RepositoryName;
import dev.cairn.genesis.GenesisException;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Name all repositories, proven to be all.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:named",
            "1:a failure, or there is none",
            "2:a command line that makes no sense",
            "3:no answer that is proven"
        })
final class RepoListCommand implements Callable<Integer> {
    @Option(names = "--json", description = "JSON: the names.")
    private boolean json;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        List<String> names;
        try (Cluster asked = cluster.open()) {
            names = names(asked.now());
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.object()
                    .put("repositories", names.stream().map(Json::text).toList())
                    .build()
                    .renderLine());
        } else {
            names.forEach(out::println);
        }
        out.flush();
        return names.isEmpty() ? Exits.NOTHING : Exits.DONE;
    }

    /** From one repository's first key to the next one's: their files are not read. */
    static List<String> names(Snapshot now) throws NotVerifiedException {
        List<String> names = new ArrayList<>();
        Optional<Bytes> end = RepositoryName.all().until();
        KeySpan rest = RepositoryName.all();
        for (Optional<KeyValue> next = now.first(rest); next.isPresent(); next = now.first(rest)) {
            Bytes key = next.get().key();
            Optional<RepositoryName> name = RepositoryName.of(key);
            name.ifPresent(found -> names.add(found.text()));
            rest = new KeySpan(
                    name.flatMap(found -> found.span().until()).orElseGet(() -> KeySpan.successor(key)), end);
        }
        return names;
    }
}
