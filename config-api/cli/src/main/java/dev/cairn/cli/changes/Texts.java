package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.change.UtcTime;
import dev.cairn.kv.guard.Objection;
import dev.cairn.protocol.model.Bytes;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Changes of both kinds as people see them. */
final class Texts {
    /** Of either kind of change; preconditions and operations follow. */
    private static final int HEAD_LINES = 7;

    /** How texts begin that are often named in a change's place, and what they are. */
    private static final Map<String, String> OTHERS = Map.of(
            "cairn-approve-", "an approval",
            "cairn-withdraw-", "a withdrawal",
            "cairn-governance-", "a governance",
            "-----BEGIN SSH SIGNATURE-----", "a signature");

    private Texts() {}

    /** @param where for errors */
    static SignedText parse(Object where, Bytes text) throws Failure {
        try {
            return SignedText.parse(text);
        } catch (ChangeException e) {
            String why = otherThanChange(text)
                    .map(kind -> "this is no change but " + kind + "; name the text of a change")
                    .orElse(String.valueOf(e.getMessage()));
            throw new Failure(where + ": " + why, e);
        }
    }

    /** What it is instead of a change, of what lies beside changes. */
    private static Optional<String> otherThanChange(Bytes text) {
        for (Map.Entry<String, String> other : OTHERS.entrySet()) {
            if (text.startsWith(Bytes.utf8(other.getKey()))) {
                return Optional.of(other.getValue());
            }
        }
        try {
            GenesisFile.parse(text.toArray());
            return Optional.of("a genesis document");
        } catch (Json.MalformedException _) {
            return Optional.empty();
        }
    }

    /** The text of a change that the cluster has. */
    static SignedText parse(ChangeRecord record) throws Failure {
        return parse("a change that the cluster has", record.text());
    }

    /** What its author signs it for. */
    static Purpose authorsPurpose(SignedText text) {
        return text instanceof Change ? Purpose.CHANGE : Purpose.ADMIN;
    }

    /** That it is too late for a change, whoever signs it; nothing if it is not. */
    static Optional<Objection.Expired> expired(SignedText text, long nowSeconds) {
        return nowSeconds >= text.expiresSeconds()
                ? Optional.of(new Objection.Expired(text.expiresSeconds()))
                : Optional.empty();
    }

    /** Preconditions and operations, each line as it stands in the text. */
    static List<String> operations(SignedText text) {
        return text.text().toUtf8().lines().skip(HEAD_LINES).map(Visible::text).toList();
    }

    static List<String> heading(SignedText text) {
        return List.of(
                "change " + text.digest().toHex(),
                "Author: " + text.author(),
                "Valid:  " + UtcTime.print(text.validFromSeconds()) + " until " + UtcTime.print(text.expiresSeconds())
                        + ", from revision " + text.baseRevision(),
                "",
                "    " + Visible.text(text.reason()),
                "");
    }
}
