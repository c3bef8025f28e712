package dev.cairn.cli.nodes;

import dev.cairn.cli.Failure;
import dev.cairn.cli.changes.Cluster;
import dev.cairn.cli.changes.ClusterOptions;
import dev.cairn.cli.changes.Exits;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists what each node's {@code cairn-pull} wrote down. */
@Command(
        name = "nodes",
        mixinStandardHelpOptions = true,
        description = {
            "List which node runs which revision of its repository, when it last converged, and what its last run came to;",
            "\"<\" marks those that are not what is published now. Each node says so of itself, in /nodes/NAME/pull."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:listed",
            "1:a failure, or no node has written a result; with --check, also if one is not what is published now",
            "2:a command line that makes no sense",
            "3:no answer that is proven"
        })
public final class NodesCommand implements Callable<Integer> {
    @Option(names = "--check", description = "Exit with 1 unless every node is what is published now.")
    private boolean check;

    @Option(names = "--json", description = "JSON, on one line.")
    private boolean json;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        Nodes nodes;
        try (Cluster asked = cluster.open()) {
            nodes = Nodes.read(asked.now());
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(nodes.json().renderLine());
        } else if (nodes.all().isEmpty()) {
            throw new Failure("no node has written a result: /nodes/ has no key NAME/pull; see docs/ansible-pull.md");
        } else {
            out.print(nodes.table());
        }
        out.flush();
        return nodes.all().isEmpty() || (check && !nodes.areCurrent()) ? Exits.NOTHING : Exits.DONE;
    }
}
