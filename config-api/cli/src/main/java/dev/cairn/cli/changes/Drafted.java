package dev.cairn.cli.changes;

import dev.cairn.cli.Launch;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.change.UtcTime;
import java.io.PrintWriter;
import java.nio.file.Path;

/** How commands end that have written a draft. */
final class Drafted {
    private Drafted() {}

    static void tell(PrintWriter out, Path file, SignedText text, int operations, boolean json) {
        if (json) {
            out.println(Json.object()
                    .put("file", file.toString())
                    .put("digest", text.digest().toHex())
                    .put("base", text.baseRevision())
                    .put("valid_from", UtcTime.print(text.validFromSeconds()))
                    .put("expires", UtcTime.print(text.expiresSeconds()))
                    .put("author", text.author().text())
                    .put("operations", operations)
                    .build()
                    .renderLine());
        } else {
            out.println("drafted " + file + ": " + operations + (operations == 1 ? " operation" : " operations")
                    + " by " + text.author() + ", valid until " + UtcTime.print(text.expiresSeconds()));
            out.println("change " + text.digest().toHex());
            out.println("next: " + Launch.called() + " diff " + file + "; " + Launch.called() + " sign " + file);
        }
        out.flush();
    }
}
