package dev.cairn.cli.changes;

import dev.cairn.cli.Launch;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.change.UtcTime;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.Scope;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** How commands end that have written a draft. */
final class Drafted {
    private Drafted() {}

    /** The guard that does not let it be valid so long, unless the recovery guard could admit it instead. */
    static Optional<Objection> tooLong(SignedText text, Governance governing) {
        List<Objection> against = Judgement.of(text, List.of(), text.chain(), governing, text.validFromSeconds())
                .objections();
        boolean mayRecover = against.stream()
                .anyMatch(each -> each instanceof Objection.SignaturesMissing missing
                        && missing.scope().equals(Scope.RECOVERY));
        return against.stream()
                .filter(each -> each instanceof Objection.OpenTooLong
                        || (each instanceof Objection.ValidTooLong && !mayRecover))
                .findFirst();
    }

    static void tell(PrintWriter out, Path file, SignedText text, int operations, boolean json) {
        if (json) {
            out.println(fields(Json.object(), file, text, operations).build().renderLine());
        } else {
            tell(out, file, text, operations);
            out.println("next: " + Launch.called() + " diff " + file + "; " + Launch.called() + " sign " + file);
        }
        out.flush();
    }

    static void tell(PrintWriter out, Path file, SignedText text, int operations) {
        out.println("drafted " + file + ": " + operations + (operations == 1 ? " operation" : " operations") + " by "
                + text.author() + ", valid until " + UtcTime.print(text.expiresSeconds()));
        out.println("change " + text.digest().toHex());
    }

    static Json.Builder fields(Json.Builder fields, Path file, SignedText text, int operations) {
        return fields.put("file", file.toString())
                .put("digest", text.digest().toHex())
                .put("base", text.baseRevision())
                .put("valid_from", UtcTime.print(text.validFromSeconds()))
                .put("expires", UtcTime.print(text.expiresSeconds()))
                .put("author", text.author().text())
                .put("operations", operations);
    }
}
