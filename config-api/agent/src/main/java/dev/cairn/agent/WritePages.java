package dev.cairn.agent;

import dev.cairn.agent.http.AllowedUids;
import dev.cairn.agent.http.Problem;
import dev.cairn.agent.http.Query;
import dev.cairn.agent.http.Reply;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.Limits;
import dev.cairn.kv.Validation;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import java.util.Set;

/** The pages that write in the node's name, for those users who may. */
final class WritePages {
    private final Writes writes;
    private final AllowedUids writers;

    WritePages(Writes writes, AllowedUids writers) {
        this.writes = writes;
        this.writers = writers;
    }

    Reply put(Query query) throws Problem, NotVerifiedException {
        return write(query, new Operation.Put(key(query), query.body(), 0, false, false, false));
    }

    Reply delete(Query query) throws Problem, NotVerifiedException {
        return write(query, new Operation.DeleteRange(key(query), Bytes.EMPTY, false));
    }

    private static Bytes key(Query query) throws Problem {
        query.requireOnly(Set.of("key"));
        return query.bytes("key")
                .filter(key -> !key.isEmpty())
                .orElseThrow(() -> Problem.badRequest("which key? " + query.path() + "?key=KEY"));
    }

    private Reply write(Query query, Operation operation) throws Problem, NotVerifiedException {
        if (!writers.allows(query.uid())) {
            throw new Problem(403, "user id " + query.uid() + " may not write in this node's name; see write-uids");
        }
        Outcome outcome = outcome(operation);
        if (outcome instanceof Outcome.Failed(long _, KvError error)) {
            throw refusal(error);
        }
        Json.Builder fields = Json.object().put("revision", outcome.revision());
        if (outcome instanceof Outcome.Deleted deleted) {
            fields.put("deleted", deleted.count());
        }
        return Reply.json(200, fields.build());
    }

    private Outcome outcome(Operation operation) throws Problem, NotVerifiedException {
        if (Validation.check(operation, Limits.DEFAULT).isPresent()) {
            throw Problem.badRequest("no such write can be done");
        }
        try {
            return writes.write(operation);
        } catch (AnswerLostException e) {
            throw Problem.unavailable(String.valueOf(e.getMessage()));
        } catch (WrongClockException e) {
            throw new Problem(409, String.valueOf(e.getMessage()));
        }
    }

    private Problem refusal(KvError error) {
        String signer =
                writes.signer().map(key -> key.name().text()).orElse("whoever has no key, as this agent has none,");
        return switch (error) {
            case GUARDED ->
                new Problem(
                        403,
                        signer + " alone may not write there: it needs a signed change; see `cairn guard explain KEY`");
            case SIGNER_REFUSED ->
                new Problem(
                        403,
                        "the key of " + signer
                                + " is nobody's in this cluster, or does not count now; see `cairn people`");
            case WRITE_OUT_OF_TIME ->
                new Problem(409, "this node's clock is more than five minutes from the cluster's time; set it right");
            case WRITE_SUPERSEDED ->
                new Problem(
                        409,
                        "a later write of the same key was taken in; the clock has gone back, or another agent has this key");
            case PERMISSION_DENIED ->
                new Problem(
                        403,
                        "permission denied: permissions are enabled in this cluster, and the agent's user, if it has one,"
                                + " may not write this key");
            case USER_EMPTY ->
                new Problem(
                        403,
                        "permissions are enabled in this cluster; set user and password-file in the"
                                + " agent's configuration");
            default -> new Problem(409, "the cluster refused the write: " + error.name());
        };
    }
}
