package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.Changes;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Watch;
import dev.cairn.genesis.GenesisException;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.change.UtcTime;
import dev.cairn.protocol.model.Digest;
import java.io.PrintWriter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "pending",
        mixinStandardHelpOptions = true,
        description = {
            "List the changes that wait for signatures: whose they are, who has signed, what is missing and from whom.",
            "It is proven that none is left out."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:listed, also where none waits",
            "1:a failure",
            "2:a command line that makes no sense",
            "3:no answer that is proven"
        })
public final class PendingCommand implements Callable<Integer> {
    @Option(
            names = "--watch",
            description =
                    "Go on, and tell of each change that comes, gets a signature, or waits no more; until Ctrl-C.")
    private boolean watch;

    @Option(names = "--limit", paramLabel = "N", description = "With --watch: end after N changes; 0 for never.")
    private long limit;

    @Option(names = "--json", description = "JSON, one change a line.")
    private boolean json;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException, InterruptedException {
        try (Cluster asked = cluster.open()) {
            Ledger ledger = Ledger.of(asked);
            List<ChangeRecord> waiting = ledger.pending();
            for (ChangeRecord record : waiting) {
                print(ledger, record);
            }
            if (waiting.isEmpty()) {
                spec.commandLine().getErr().println("cairn: nothing waits");
            }
            if (watch) {
                follow(asked, ledger.at().revision());
            }
            return Exits.DONE;
        }
    }

    private void follow(Cluster asked, long after) throws Failure, NotVerifiedException, InterruptedException {
        long told = 0;
        try (Watch watching = asked.watchRecords(LedgerKeys.ALL_PENDING, after)) {
            while (limit == 0 || told < limit) {
                Changes changes = watching.next();
                Set<Digest> touched = new LinkedHashSet<>();
                changes.events()
                        .forEach(event ->
                                touched.add(Ledger.digest(event.change().key())));
                if (touched.isEmpty()) {
                    continue;
                }
                Ledger ledger = Ledger.of(asked);
                for (Digest digest : touched) {
                    tell(ledger, digest);
                    told++;
                }
            }
        }
    }

    private void tell(Ledger ledger, Digest digest) throws Failure, NotVerifiedException {
        Optional<ChangeRecord> found = ledger.find(digest);
        if (found.isPresent()) {
            print(ledger, found.get());
            return;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                json
                        ? Json.object()
                                .put("digest", digest.toHex())
                                .put("standing", "expired")
                                .build()
                                .renderLine()
                        : digest + "  waits no more: it has expired");
        out.flush();
    }

    private void print(Ledger ledger, ChangeRecord record) throws Failure, NotVerifiedException {
        SignedText text = Texts.parse(record);
        Judgement judgement = ledger.judge(text, record);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.object()
                    .put("digest", text.digest().toHex())
                    .put("standing", StandingText.json(record.standing()))
                    .put("author", text.author().text())
                    .put("reason", text.reason())
                    .put("expires", UtcTime.print(text.expiresSeconds()))
                    .put("judgement", JudgementText.json(judgement))
                    .build()
                    .renderLine());
        } else {
            out.println(text.digest() + "  " + text.author() + ": " + text.reason() + "  (until "
                    + UtcTime.print(text.expiresSeconds()) + ")");
            lines(record, judgement).forEach(line -> out.println("    " + line));
            if (judgement.isAdmitted() && text instanceof AdminChange change) {
                Shown.OfGovernance.of(change, ledger).objections().forEach(line -> out.println("    " + line));
            }
        }
        out.flush();
    }

    private static List<String> lines(ChangeRecord record, Judgement judgement) {
        return switch (record.standing()) {
            case PENDING -> JudgementText.of(judgement);
            case EXECUTED -> List.of("executed, at revision " + record.revision());
            case REFUSED, CONFLICTED, WITHDRAWN -> List.of(StandingText.word(record.standing()));
        };
    }
}
