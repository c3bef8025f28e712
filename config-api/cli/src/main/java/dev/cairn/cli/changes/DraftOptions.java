package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.cli.Launch;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.ChangeLimits;
import dev.cairn.kv.change.Precondition;
import dev.cairn.kv.guard.Governance;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** For commands that know by themselves what is to be done: who drafts it and why, where it is written, and who signs. */
public final class DraftOptions {
    @Mixin
    private HeadOptions head = new HeadOptions();

    @Mixin
    private GovernanceOption governance = new GovernanceOption();

    @Option(names = "--sign", description = "Sign it at once as its author, as `${ROOT-COMMAND-NAME} sign` does.")
    private boolean sign;

    @Mixin
    private KeyOption key = new KeyOption();

    /** A draft that is written, and how to go on with it. */
    public record Written(Path file, Draft draft, boolean isSigned) {
        /**
         * The draft for programs.
         *
         * @param more what the command tells beside
         */
        public Json json(Json.Builder more) {
            return Drafted.fields(
                            more,
                            file,
                            draft.change(),
                            draft.change().operations().size())
                    .put("signed", isSigned)
                    .build();
        }

        /** The draft for people. */
        public void tell(PrintWriter out) {
            Drafted.tell(out, file, draft.change(), draft.change().operations().size());
            out.println("next: " + Launch.called() + " diff " + file + "; " + Launch.called()
                    + (isSigned ? " submit " : " sign ") + file);
        }
    }

    /** Drafts, writes and, if it was asked for, signs. */
    public Written write(Ledger ledger, List<? extends Intent> intents, Collection<Precondition> expected)
            throws Failure {
        ChangeFiles files = head.files("change.txt");
        Governance governing = governance.inForce(ledger);
        HeadOptions.Base base =
                new HeadOptions.Base(ledger.pin(), ledger.at().revision(), governing, head.author(governing));
        Draft draft = head.draft(base, head.requireReason(), expected, intents);
        int bytes = draft.change().text().size();
        if (bytes > ChangeLimits.MAX_TEXT_BYTES) {
            throw new Failure("the text of the change would have " + bytes + " bytes, of " + ChangeLimits.MAX_TEXT_BYTES
                    + " at most; change fewer keys at a time");
        }
        files.write(draft.change().text(), draft.valuesByDigest(), head.force);
        if (sign) {
            Signing signing = new Signing(base.governance(), key, Instant.now().getEpochSecond());
            ChangeFiles.write(
                    files.signature(),
                    signing.signAsAuthor(draft.change(), files.text()).signed().armoured());
        }
        return new Written(files.text(), draft, sign);
    }
}
