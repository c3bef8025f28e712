package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows a change that waits, asks, signs what was shown, and sends it: approving and withdrawing. */
final class Endorsing {
    /** Whoever makes changes can find one whose digest begins with 8 given digits, and not with 16. */
    private static final int DIGITS_UNSEEN = 16;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask. A digest then needs " + DIGITS_UNSEEN + " digits.")
    private boolean yes;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            defaultValue = "auto",
            description = "auto, always or never. Default: ${DEFAULT-VALUE}, on a terminal and without $NO_COLOR.")
    @SuppressWarnings("NullAway.Init")
    private Paint.When color;

    @Option(names = "--json", description = "JSON at the end: the digest, how it stands, and why.")
    private boolean json;

    @Option(
            names = "--signature",
            paramLabel = "FILE",
            description = "Send this signature, which `ssh-keygen -Y sign` has written, and sign nothing.")
    private @Nullable Path signature;

    @Mixin
    private KeyOption key = new KeyOption();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** @param verb what is asked and done, such as "Approve" */
    int run(String fileOrDigest, String verb, Purpose purpose) throws Failure, GenesisException, NotVerifiedException {
        boolean isThere = Files.exists(Path.of(fileOrDigest));
        if (!isThere && ChangeFiles.isNamed(fileOrDigest)) {
            throw ChangeFiles.isMissing(fileOrDigest);
        }
        if (yes && fileOrDigest.length() < DIGITS_UNSEEN && !isThere) {
            throw new Failure("\"" + fileOrDigest + "\" does not exist as a file, and with --yes a digest needs "
                    + DIGITS_UNSEEN + " digits or more, as another change may be made to begin with fewer; give more"
                    + " (`cairn pending --json` has all of them), or leave out --yes and read what is shown");
        }
        try (Cluster asked = cluster.open()) {
            Ledger ledger = Ledger.of(asked);
            Proposal proposal = purpose == Purpose.WITHDRAW
                    ? Proposal.toWithdraw(fileOrDigest, ledger)
                    : Proposal.waiting(fileOrDigest, ledger);
            PrintWriter out = json
                    ? command.commandLine().getErr()
                    : command.commandLine().getOut();
            Shown shown = Shown.of(proposal, ledger);
            Judgement judgement = ledger.judge(proposal.text(), proposal.evidence());
            show(out, proposal, shown, judgement);
            if (purpose == Purpose.APPROVE) {
                requireInTime(proposal.text());
                shown.requireApprovable();
            }
            Sending sending = sending(out, verb, purpose, ledger, proposal, judgement);
            Outcome.Change outcome = asked.submit(sending.operation());
            return Outcomes.tell(
                    command.commandLine().getOut(), outcome, sending.waiting(), json, purpose == Purpose.WITHDRAW);
        }
    }

    private void show(PrintWriter out, Proposal proposal, Shown shown, Judgement judgement) {
        Texts.heading(proposal.text()).forEach(out::println);
        shown.lines(Paint.of(color)).forEach(out::println);
        out.println();
        JudgementText.of(judgement).forEach(out::println);
        out.flush();
    }

    private static void requireInTime(SignedText text) throws Failure {
        Optional<Objection.Expired> expired = Texts.expired(text, Instant.now().getEpochSecond());
        if (expired.isPresent()) {
            throw new Failure("nothing was signed: " + expired.get().sentence());
        }
    }

    /** What to send, and what is known of the change once that has arrived. */
    private record Sending(Operation operation, Waiting waiting) {}

    /** What to send once it was asked for; where the same was said before, what makes the cluster look again. */
    private Sending sending(
            PrintWriter out, String verb, Purpose purpose, Ledger ledger, Proposal proposal, Judgement judgement)
            throws Failure, NotVerifiedException {
        SignedText text = proposal.text();
        Signing signing = new Signing(ledger.governance(), key, Instant.now().getEpochSecond());
        Signing.Endorser endorser = signature == null
                ? signing.endorser(text, purpose)
                : signing.endorsed(text, purpose, ChangeFiles.readSignature(signature));
        boolean hasArrived = ledger.find(text.digest()).isPresent();
        Optional<Judgement.Said> before =
                endorser.owner().filter(_ -> hasArrived).flatMap(owner -> judgement.saidBefore(owner, purpose));
        if (before.isPresent()) {
            out.println(JudgementText.again(before.get()));
            out.flush();
            return new Sending(
                    new Operation.SubmitChange(
                            text.text(),
                            List.of(),
                            proposal.evidence().getFirst().armoured()),
                    judgement.waiting());
        }
        if (purpose == Purpose.WITHDRAW) {
            if (!hasArrived && endorser.owner().isPresent()) {
                requireAuthor(text, endorser.owner().get().name());
            }
            out.println(consequence(judgement, endorser.owner().map(Signing.Owner::name)));
        }
        if (!yes && !Confirmation.isGiven(out, verb + " this change?")) {
            throw new Failure("not done: nothing was signed");
        }
        Signing.Done done = signing.endorse(text, purpose, endorser);
        Bytes signed = done.signed().armoured();
        out.println(JudgementText.verb(purpose) + " by " + done.name() + " with "
                + done.signed().signature().key());
        out.flush();
        if (hasArrived) {
            Operation operation = new Operation.EndorseChange(Judgement.signedText(text, purpose), signed);
            return new Sending(
                    operation,
                    purpose == Purpose.WITHDRAW ? judgement.waiting().andWithdrawn(done.name()) : judgement.waiting());
        }
        requireAuthor(text, done.name());
        // What never arrived is known by its text alone: the withdrawal stands in its author's place.
        return new Sending(new Operation.SubmitChange(text.text(), List.of(), signed), judgement.waiting());
    }

    /** Of what does not wait, nobody else can take anything back. */
    private static void requireAuthor(SignedText text, PrincipalName signer) throws Failure {
        if (!signer.equals(text.author())) {
            throw new Failure("the change does not wait, so there is nothing to take back; only its author, "
                    + text.author() + ", withdraws it beforehand");
        }
    }

    /** What a withdrawal means for whoever makes it, which the change does not show. */
    private static String consequence(Judgement judgement, Optional<PrincipalName> signer) {
        if (signer.isEmpty()) {
            return "Unless the change is yours, it goes on without you, and you can never approve it after this.";
        }
        if (signer.get().equals(judgement.text().author())) {
            return "The change is yours: this ends it, and nothing brings it back.";
        }
        return judgement.counts(signer.get())
                ? "This takes back your approval. The change goes on without you, and you can never approve it again."
                : "You have not approved this change, so there is nothing to take back: it goes on without you, and after"
                        + " this you can never approve it.";
    }
}
