package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Right;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "List the guards, the open prefixes, and what gateways may do without signatures",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:listed", "1:a failure", "2:a command line that makes no sense", "3:no answer that is proven"
        })
final class GuardListCommand implements Callable<Integer> {
    @Option(names = "--json", description = "JSON.")
    private boolean json;

    @Mixin
    private GovernanceOption governance = new GovernanceOption();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        PrintWriter out = spec.commandLine().getOut();
        Governance governing = governance.inForce(cluster);
        if (json) {
            out.println(GovernanceReview.rules(governing).renderLine());
        } else {
            lines(governing).forEach(out::println);
        }
        out.flush();
        return Exits.DONE;
    }

    private static List<String> lines(Governance governance) {
        List<String> lines = new ArrayList<>();
        lines.add("registry  "
                + governance
                        .guards()
                        .registryGuard()
                        .map(Guards::sentence)
                        .orElse("no guard: people, guards and rights never change"));
        governance.recovery().ifPresent(guard -> lines.add("recovery  " + Guards.sentence(guard)));
        governance
                .guards()
                .byPrefix()
                .forEach((prefix, ruling) -> lines.add(Guards.prefix(prefix) + "  " + Guards.sentence(ruling)));
        for (Right right : governance.gatewayRights()) {
            lines.add("gateways may " + right.word());
        }
        if (governance.keepRevisions() > 0) {
            lines.add("the newest " + governance.keepRevisions() + " revisions are kept");
        }
        return lines;
    }
}
