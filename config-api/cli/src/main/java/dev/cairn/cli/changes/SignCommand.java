package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.cli.Launch;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Pin;
import dev.cairn.genesis.GenesisException;
import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Objection;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "sign",
        mixinStandardHelpOptions = true,
        description = {
            "Show a draft and sign it as its author, by running ssh-keygen: its passphrase, its agent, its hardware key.",
            "With --approve it is also shown what it would do, or its values if --governance is given.",
            "Who may sign is asked of the cluster, or read with --governance. The signature is verified before it is written to FILE.sig; with --approve, of somebody"
                    + " else, to FILE.approve.NAME.sig."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:signed", "1:not signed", "2:a command line that makes no sense", "3:no answer that is proven"
        })
public final class SignCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The draft.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(names = "--approve", description = "Approve it instead, as somebody who is not its author.")
    private boolean approve;

    @Mixin
    private KeyOption key = new KeyOption();

    @Mixin
    private GovernanceOption governance = new GovernanceOption();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        ChangeFiles files = new ChangeFiles(file);
        Pin pinned = cluster.pin();
        Proposal proposal = Proposal.ofFiles(files);
        SignedText text = proposal.text();
        if (!text.chain().equals(pinned.chainId())) {
            throw new Failure(file + " is for chain " + text.chain().toHex() + ", and the genesis document is that of "
                    + pinned.chainId().toHex());
        }
        long nowSeconds = Instant.now().getEpochSecond();
        Optional<Objection.Expired> expired = Texts.expired(text, nowSeconds);
        if (expired.isPresent()) {
            throw new Failure(file + ": " + expired.get().sentence());
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(text.text().toUtf8());
        out.println();
        out.flush();
        Known known = approve ? showToApprover(out, proposal) : new Known(governance.inForce(cluster), Waiting.NOTHING);
        Signing signing = new Signing(known.governance(), key, nowSeconds);
        Signing.Done done = approve
                ? signing.endorse(text, Purpose.APPROVE, signing.endorser(text, Purpose.APPROVE))
                : signing.signAsAuthor(text, file);
        Path written = write(files, text, done);
        out.println((approve ? "approved" : "signed") + " by " + done.name() + " with "
                + done.signed().signature().key() + ": " + written);
        if (known.waiting().withdrawn().contains(done.name())) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("warning: it will not count: " + new Objection.WithdrawnBefore(done.name()).sentence());
            err.flush();
        }
        out.println("next: " + Launch.called() + " verify " + file);
        out.flush();
        return Exits.DONE;
    }

    /** Who governs, and what the ledger tells of the change, if it was asked. */
    private record Known(Governance governance, Waiting waiting) {}

    /**
     * What the text does not say and an approver agrees to: values, and what becomes of what. Without a cluster only what is
     * in the files.
     */
    private Known showToApprover(PrintWriter out, Proposal proposal)
            throws Failure, GenesisException, NotVerifiedException {
        if (!governance.isFromFile()) {
            try (Cluster asked = cluster.open()) {
                Ledger ledger = Ledger.of(asked);
                showApprovable(out, Shown.of(proposal, ledger));
                return new Known(ledger.governance(), ledger.waiting(proposal.text()));
            }
        }
        Governance given = governance.inForce(cluster);
        switch (proposal.text()) {
            case Change _ -> print(out, DiffText.ofValues(proposal.values().orElseThrow(), Paint.PLAIN));
            case AdminChange admin -> showApprovable(out, Shown.OfGovernance.of(admin, given));
        }
        return new Known(given, Waiting.NOTHING);
    }

    private static void showApprovable(PrintWriter out, Shown shown) throws Failure {
        print(out, shown.lines(Paint.PLAIN));
        shown.requireApprovable();
    }

    private static void print(PrintWriter out, List<String> lines) {
        lines.forEach(out::println);
        out.println();
        out.flush();
    }

    private Path write(ChangeFiles files, SignedText text, Signing.Done done) throws Failure {
        if (!approve) {
            ChangeFiles.write(files.signature(), done.signed().armoured());
            return files.signature();
        }
        PrincipalName name = done.name();
        ChangeFiles.write(files.approval(), Judgement.signedText(text, done.purpose()));
        ChangeFiles.write(files.approvalBy(name), done.signed().armoured());
        return files.approvalBy(name);
    }
}
