package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Pin;
import dev.cairn.genesis.GenesisException;
import dev.cairn.kv.change.Precondition;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "draft",
        mixinStandardHelpOptions = true,
        description = {
            "Write a change of keys into a file, for people to read and sign.",
            "What it does comes from options, from a directory, or where there are none from $EDITOR. Each key that it"
                    + " touches is expected to be as it is now, so that nobody's later write is lost."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:drafted",
            "1:a failure, or nothing to change",
            "2:a command line that makes no sense",
            "3:no answer that is proven"
        },
        footer = {
            "",
            "For example:  ${ROOT-COMMAND-NAME} draft --put prod/limit=20 -m 'Raise the limit, ticket 42'",
            "              ${ROOT-COMMAND-NAME} diff change.txt; ${ROOT-COMMAND-NAME} sign change.txt"
        })
public final class DraftCommand implements Callable<Integer> {
    @Mixin
    private OperationOptions operations = new OperationOptions();

    @Mixin
    private DirectoryOption directory = new DirectoryOption();

    @Mixin
    private HeadOptions head = new HeadOptions();

    @Option(names = "--edit", description = "Open $EDITOR also where operations are named.")
    private boolean edit;

    @Option(names = "--no-expect", description = "Expect nothing but what --expect says: overwrite whatever is there.")
    private boolean expectNothing;

    @Option(names = "--allow-unchanged", description = "Draft it also where every key is already as it would make it.")
    private boolean allowUnchanged;

    @Option(
            names = "--base",
            paramLabel = "REVISION",
            description = "Ask no replica: the change is made against this revision, and expects only what --expect"
                    + " says.")
    private @Nullable Long base;

    @Option(names = "--json", description = "JSON: the file, the digest and the times.")
    private boolean json;

    @Mixin
    private GovernanceOption governance = new GovernanceOption();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        ChangeFiles files = head.files("change.txt");
        Draft draft = draft();
        files.write(draft.change().text(), draft.valuesByDigest(), head.force);
        Drafted.tell(
                spec.commandLine().getOut(),
                files.text(),
                draft.change(),
                draft.change().operations().size(),
                json);
        return Exits.DONE;
    }

    private Draft draft() throws Failure, GenesisException, NotVerifiedException {
        if (base != null) {
            return unasked(base);
        }
        try (Cluster asked = cluster.open()) {
            return against(Ledger.of(asked));
        }
    }

    private Draft unasked(long revision) throws Failure, GenesisException {
        if (revision < 0 || directory.isGiven()) {
            throw new ParameterException(
                    spec.commandLine(), "--base: a revision is not negative, and --from-dir needs the cluster");
        }
        Pin pin = cluster.pin();
        DraftBuffer buffer = edited(operations.intents());
        Governance governing = governance.unasked(pin);
        PrincipalName author = governance.isFromFile() ? head.author(governing) : head.claimedAuthor(governing);
        HeadOptions.Base against = new HeadOptions.Base(pin, revision, governing, author);
        return draft(against, buffer, operations.expected().values());
    }

    private Draft against(Ledger ledger) throws Failure, NotVerifiedException {
        Snapshot now = ledger.at();
        List<Intent> intents = new ArrayList<>(operations.intents());
        intents.addAll(directory.intents(now));
        if (directory.isGiven() && intents.isEmpty()) {
            throw new Failure("nothing to change: every key is as its file already");
        }
        DraftBuffer buffer = edited(intents);
        if (!allowUnchanged && !changesSomething(buffer.intents(), now)) {
            throw new Failure(
                    "nothing to change: every key is already as this would make it; --allow-unchanged drafts it"
                            + " all the same");
        }
        Map<Bytes, Precondition> given = operations.expected();
        Collection<Precondition> expected =
                expectNothing ? given.values() : Expectation.of(buffer.intents(), given, now);
        Governance governing = governance.inForce(ledger);
        HeadOptions.Base against =
                new HeadOptions.Base(ledger.pin(), now.revision(), governing, head.author(governing));
        return draft(against, buffer, expected);
    }

    private static boolean changesSomething(List<Intent> intents, Snapshot now) throws NotVerifiedException {
        for (Intent intent : intents) {
            if (intent.changes(now)) {
                return true;
            }
        }
        return false;
    }

    private Draft draft(HeadOptions.Base base, DraftBuffer buffer, Collection<Precondition> expected) throws Failure {
        String reason = buffer.reason().orElseGet(head::requireReason);
        return head.draft(base, reason, expected, buffer.intents());
    }

    /** What was named, as it leaves the editor if there is to be one. */
    private DraftBuffer edited(List<Intent> named) throws Failure {
        if (!named.isEmpty() && !edit) {
            return new DraftBuffer(head.reason(), named);
        }
        if (!Editor.isAtHand()) {
            throw new ParameterException(spec.commandLine(), "name an operation such as --put KEY=VALUE");
        }
        DraftBuffer written = DraftBuffer.parse(Editor.edit(DraftBuffer.template(head.reason())));
        if (written.reason().isEmpty()) {
            throw new Failure("the reason is empty; nothing is drafted");
        }
        List<Intent> all = new ArrayList<>(named);
        all.addAll(written.intents());
        return new DraftBuffer(written.reason(), all);
    }
}
