package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import dev.cairn.genesis.json.Json;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "submit",
        mixinStandardHelpOptions = true,
        description = {
            "Send a signed change to the cluster, with the approvals that lie beside it.",
            "It is executed at once where no signature is missing, and waits for them otherwise. Submitting it again"
                    + " tells how it stands."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:executed, or pending until others approve; with --dry-run: it would be executed",
            "1:a failure; whether it was submitted may be unknown, and submitting it again does no harm",
            "2:a command line that makes no sense",
            "3:no answer that is proven",
            "4:refused, conflicted or withdrawn",
            "5:with --dry-run: signatures are missing"
        })
public final class SubmitCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The change; FILE.sig is its author's signature.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Send nothing; say which signatures are missing and from whom, and what conflicts.")
    private boolean dryRun;

    @Option(names = "--json", description = "JSON: the digest, how it stands, and why.")
    private boolean json;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        ChangeFiles files = new ChangeFiles(file);
        Proposal proposal = Proposal.ofFiles(files);
        try (Cluster asked = cluster.open()) {
            Ledger ledger = Ledger.of(asked);
            if (dryRun) {
                return dryRun(ledger, proposal);
            }
            CommandLine line = spec.commandLine();
            Waiting waiting = ledger.waiting(proposal.text());
            Submission submission = new Submission(asked, line.getErr());
            return Outcomes.tell(line.getOut(), submission.bring(files, proposal), waiting, json, false);
        }
    }

    private int dryRun(Ledger ledger, Proposal proposal) throws Failure, NotVerifiedException {
        Judgement judgement = ledger.judge(proposal.text(), proposal.evidence());
        Shown shown = Shown.of(proposal, ledger);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.object()
                    .put("digest", proposal.text().digest().toHex())
                    .put("judgement", JudgementText.json(judgement))
                    .put("conflicts", shown.conflicts())
                    .build()
                    .renderLine());
        } else {
            JudgementText.of(judgement).forEach(out::println);
            shown.objections().forEach(out::println);
        }
        out.flush();
        return shown.conflicts() ? Exits.REFUSED : judgement.exitCode();
    }
}
