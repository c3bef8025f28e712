package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "blame",
        mixinStandardHelpOptions = true,
        description = {
            "Show the change that made a key what it is: who, when, why, and who approved.",
            "The change is proven to be the one, and its signatures are verified here, by the governance of then."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:shown",
            "1:a failure, or there is no such key",
            "2:a command line that makes no sense",
            "3:no answer that is proven",
            "4:shown, and its signatures do not hold or do not suffice",
            "5:the key was written without signatures"
        })
public final class BlameCommand implements Callable<Integer> {
    @Parameters(paramLabel = "KEY", description = "The key.")
    @SuppressWarnings("NullAway.Init")
    private String key;

    @Option(names = "--json", description = "JSON.")
    private boolean json;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        Bytes name = OperationOptions.typed(key);
        try (Cluster asked = cluster.open()) {
            Ledger ledger = Ledger.of(asked);
            KeyValue record = ledger.at()
                    .get(name)
                    .orElseThrow(() -> new Failure("there is no key " + ChangeText.printKey(name) + "; `cairn log "
                            + key + "` shows what deleted it, if a signed change did"));
            Optional<Digest> maker = ledger.madeRevision(record.modRevision());
            if (maker.isEmpty()) {
                return unsigned(name, record);
            }
            ChangeRecord change = ledger.find(maker.get())
                    .orElseThrow(() -> new Failure(
                            "the cluster names change " + maker.get().toHex() + " and has no record of it"));
            return tell(name, record, LogEntry.of(change, ledger, GovernanceHistory.of(ledger)));
        }
    }

    private int unsigned(Bytes name, KeyValue record) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                json
                        ? fields(name, record).put("signed", false).build().renderLine()
                        : "key " + ChangeText.printKey(name) + " was written at revision " + record.modRevision()
                                + " without signatures, by whoever a gateway let");
        out.flush();
        return Exits.MISSING;
    }

    private int tell(Bytes name, KeyValue record, LogEntry entry) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(fields(name, record)
                    .put("signed", true)
                    .put("change", entry.json())
                    .build()
                    .renderLine());
        } else {
            out.println("key " + ChangeText.printKey(name) + " was last written at revision " + record.modRevision()
                    + " by");
            entry.lines(Paint.PLAIN).forEach(out::println);
        }
        out.flush();
        return entry.judgement().isAdmitted() ? Exits.DONE : Exits.REFUSED;
    }

    private static Json.Builder fields(Bytes name, KeyValue record) {
        return Json.object().put("key", ChangeText.printKey(name)).put("mod_revision", record.modRevision());
    }
}
