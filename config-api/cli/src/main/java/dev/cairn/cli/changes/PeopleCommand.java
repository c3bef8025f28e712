package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Principal;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "people",
        mixinStandardHelpOptions = true,
        description = {
            "List everybody who signs: people, nodes, services and gateways, with their roles and keys.",
            "Proven, as it is now, or with --governance as a file says."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:listed", "1:a failure", "2:a command line that makes no sense", "3:no answer that is proven"
        })
public final class PeopleCommand implements Callable<Integer> {
    @Option(
            names = "--text",
            description = "The whole governance as the one text that is signed for: people, guards and rights.")
    private boolean text;

    @Option(names = "--json", description = "JSON, one principal a line.")
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
        if (text) {
            out.print(governing.text().toUtf8());
        } else {
            long now = Instant.now().getEpochSecond();
            for (Principal principal : governing.registry().principals()) {
                if (json) {
                    out.println(PrincipalText.json(principal, now).renderLine());
                } else {
                    PrincipalText.lines(principal, now).forEach(out::println);
                }
            }
        }
        out.flush();
        if (!text && governing.registry().principals().isEmpty()) {
            spec.commandLine().getErr().println("cairn: " + People.NOBODY);
        }
        return Exits.DONE;
    }
}
