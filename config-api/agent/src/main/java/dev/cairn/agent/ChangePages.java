package dev.cairn.agent;

import dev.cairn.agent.http.Problem;
import dev.cairn.agent.http.Query;
import dev.cairn.agent.http.Reply;
import dev.cairn.client.CairnClient;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Receipt;
import dev.cairn.client.Verified;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.change.VerdictText;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.SignerRefusal;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Who may change what, and changes that were signed. */
final class ChangePages {
    private static final Set<String> SUBMITTED = Set.of("text", "signature", "values");

    private final CairnClient client;
    private final Reads reads;

    ChangePages(CairnClient client, Reads reads) {
        this.client = client;
        this.reads = reads;
    }

    /** The text that says who may change what, as docs/changes.md has it. */
    Reply governance(Query query) throws Problem, NotVerifiedException {
        query.requireOnly(Set.of("revision"));
        long given = query.number("revision", 0, Long.MAX_VALUE / 2);
        long revision = given == 0 ? reads.head().revision() : given;
        Told<Optional<KeyValue>> told = reads.recordAt(LedgerKeys.GOVERNANCE, revision);
        Bytes founding = client.pin().document().governance().text();
        Json.Builder fields = Json.object();
        Answers.put(fields, "text", told.value().map(KeyValue::value).orElse(founding));
        return Reply.json(
                200,
                fields.put(
                                "mod_revision",
                                told.value().map(KeyValue::modRevision).orElse(0L))
                        .put("verified", Answers.grounds(told))
                        .build());
    }

    /** Submits a change that its author has signed; the answer is what the log did with it, by the receipt. */
    Reply submit(Query query) throws Problem, NotVerifiedException {
        query.requireOnly(Set.of());
        return switch (outcome(submission(query.body()))) {
            case Outcome.Change change -> Reply.json(200, standing(change));
            case Outcome.Failed(long _, var error) ->
                throw new Problem(409, "the cluster refused it: " + error.name().toLowerCase(Locale.ROOT));
            case Outcome.Put _, Outcome.Deleted _, Outcome.Ranged _, Outcome.Txn _ -> throw foreign();
            case Outcome.Compacted _,
                    Outcome.SessionOpened _,
                    LeaseOutcome _,
                    Outcome.AuthChanged _,
                    Outcome.Upkept _ -> throw foreign();
        };
    }

    private static Problem foreign() {
        return new Problem(500, "the receipt is of another kind of operation");
    }

    /** A change is executed once however often it is submitted: where no receipt comes the next replica is asked. */
    private Outcome outcome(Operation.SubmitChange submission) throws NotVerifiedException {
        int replicas = client.pin().addresses().size();
        for (int asked = 1; ; asked++) {
            try {
                Verified<Receipt> receipt = reads.submit(submission);
                return receipt.value().outcome();
            } catch (NotVerifiedException e) {
                if (asked >= replicas) {
                    throw e;
                }
            }
        }
    }

    private static Operation.SubmitChange submission(Bytes body) throws Problem {
        try {
            if (Json.parse(body.toUtf8()) instanceof Json.Fields fields
                    && fields.values().keySet().equals(SUBMITTED)
                    && fields.values().get("text") instanceof Json.Text(String text)
                    && fields.values().get("signature") instanceof Json.Text(String signature)
                    && fields.values().get("values") instanceof Json.Items(List<Json> values)) {
                return new Operation.SubmitChange(Bytes.utf8(text), decoded(values), Bytes.utf8(signature));
            }
        } catch (Json.MalformedException | IllegalArgumentException e) {
            throw Problem.badRequest("what is submitted cannot be read: " + e.getMessage());
        }
        throw Problem.badRequest("what is submitted has a text, its signature, and values, which is a list in base64");
    }

    private static List<Bytes> decoded(List<Json> values) {
        List<Bytes> decoded = new ArrayList<>();
        for (Json value : values) {
            if (!(value instanceof Json.Text(String text))) {
                throw new IllegalArgumentException("a value is no text in base64");
            }
            decoded.add(Bytes.wrap(Base64.getDecoder().decode(text)));
        }
        return decoded;
    }

    private static Json standing(Outcome.Change change) throws Problem {
        return Json.object()
                .put("change_id", change.change().toHex())
                .put("standing", change.standing().name().toLowerCase(Locale.ROOT))
                .put("revision", change.revision())
                .put("why", why(change.detail()).stream().map(Json::text).toList())
                .build();
    }

    /** What it waits for, or why nothing came of it. */
    private static List<String> why(Bytes detail) throws Problem {
        if (detail.isEmpty()) {
            return List.of();
        }
        try {
            VerdictText.Verdict verdict = VerdictText.parse(detail);
            List<String> lines = new ArrayList<>();
            verdict.objections().stream().map(Objection::sentence).forEach(lines::add);
            verdict.uncounted().stream()
                    .map(SignerRefusal::sentence)
                    .map(sentence -> "not counted: " + sentence)
                    .forEach(lines::add);
            return lines;
        } catch (ChangeException e) {
            throw new Problem(500, "the cluster's reason is of another version of this program: " + e.getMessage());
        }
    }
}
