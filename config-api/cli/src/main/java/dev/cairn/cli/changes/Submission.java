package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Brings a change from its files to the cluster: text, values, the author's signature and the approvals beside it. */
final class Submission {
    private final Cluster cluster;
    private final PrintWriter err;

    /** @param err hears of approvals that are not taken */
    Submission(Cluster cluster, PrintWriter err) {
        this.cluster = cluster;
        this.err = err;
    }

    /** How the change stands after all of it. */
    Outcome.Change bring(ChangeFiles files, Proposal proposal) throws Failure, NotVerifiedException {
        SignedText text = proposal.text();
        Bytes signature = ChangeFiles.readSignature(signatureOf(files)).bytes();
        List<Bytes> values = proposal.values()
                .map(bound -> List.copyOf(bound.byKey().values()))
                .orElse(List.of());
        int together =
                Staging.fitting(values, 0, Staging.REQUEST_BYTES - text.text().size());
        Outcome.Change outcome =
                cluster.submit(new Operation.SubmitChange(text.text(), values.subList(0, together), signature));
        if (together < values.size() && outcome.standing() == ChangeStanding.PENDING) {
            outcome = new Staging(cluster, err).stage(text.digest(), values, together);
        }
        Bytes approval = Judgement.signedText(text, Purpose.APPROVE);
        for (Path path : files.approvals()) {
            Bytes approved = ChangeFiles.readSignature(path).bytes();
            outcome = goOn(outcome, new Operation.EndorseChange(approval, approved), path.toString());
        }
        return outcome;
    }

    private static Path signatureOf(ChangeFiles files) throws Failure {
        if (!Files.exists(files.signature())) {
            throw new Failure(files.text() + " is not signed by its author: " + files.signature()
                    + " is missing; make it with `cairn sign " + files.text() + "`");
        }
        return files.signature();
    }

    /** Where it waits; a part that is refused changes nothing about that. */
    private Outcome.Change goOn(Outcome.Change before, Operation part, String name)
            throws Failure, NotVerifiedException {
        if (before.standing() != ChangeStanding.PENDING) {
            return before;
        }
        Outcome.Change after = cluster.submit(part);
        if (after.standing() != ChangeStanding.REFUSED) {
            return after;
        }
        StandingText.sentences(after.detail(), Waiting.NOTHING).forEach(line -> err.println(name + ": " + line));
        err.flush();
        return before;
    }
}
