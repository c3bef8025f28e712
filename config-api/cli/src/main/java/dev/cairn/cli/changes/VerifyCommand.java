package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.cli.Launch;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Pin;
import dev.cairn.genesis.GenesisException;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.SignedText;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Check a change in FILE, its values and its signatures, and say which are still missing and from whom.",
            "Who may sign, and whether its base is one that the cluster has, is asked of the cluster; or who may sign is read"
                    + " with --governance. Signatures are FILE.sig and FILE.approve.*.sig where they are there, and those named."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:complete: it would be admitted",
            "1:a file cannot be read, or is no change",
            "2:a command line that makes no sense",
            "3:no answer that is proven",
            "4:a signature is none of this text, or the change could not be admitted whoever signed",
            "5:signatures are missing: those that do not count, such as of a key that is nobody's, are named"
        })
public final class VerifyCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FILE", description = "The text of the change.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Parameters(index = "1..*", paramLabel = "SIGNATURE", description = "Files that ssh-keygen -Y sign wrote.")
    private List<Path> more = new ArrayList<>();

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "As it would be decided at this block time, such as 2026-01-31T12:00:00Z. Default: now.")
    private @Nullable String at;

    @Option(names = "--json", description = "JSON: which signatures count, and what is missing.")
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
        long decided = nowSeconds();
        Pin pinned = cluster.pin();
        ChangeFiles files = new ChangeFiles(file);
        SignedText text = Texts.parse(file, files.readText());
        if (text instanceof Change change) {
            files.readValues(change);
        }
        Judgement judgement = judge(text, evidence(files), pinned, decided);
        print(text, judgement);
        return judgement.exitCode();
    }

    /** By the file that says who governs, or else by the cluster: then also by how things stand there, if it is for now. */
    private Judgement judge(SignedText text, List<Evidence> evidence, Pin pinned, long decidedSeconds)
            throws Failure, GenesisException, NotVerifiedException {
        if (governance.isFromFile()) {
            return Judgement.of(text, evidence, pinned.chainId(), governance.inForce(cluster), decidedSeconds);
        }
        try (Cluster asked = cluster.open()) {
            Ledger ledger = Ledger.of(asked);
            Judgement judgement = Judgement.of(text, evidence, pinned.chainId(), ledger.governance(), decidedSeconds);
            return at == null
                    ? judgement.andAlso(Shown.against(text, ledger)).knowing(ledger.waiting(text))
                    : judgement;
        }
    }

    private List<Evidence> evidence(ChangeFiles files) throws Failure {
        List<ChangeFiles.Content> contents = new ArrayList<>(files.readSignatures());
        for (Path signature : more) {
            contents.add(ChangeFiles.readSignature(signature));
        }
        return contents.stream()
                .map(content -> new Evidence(content.file().toString(), content.bytes()))
                .toList();
    }

    private long nowSeconds() {
        if (at == null) {
            return Instant.now().getEpochSecond();
        }
        try {
            return Instant.parse(at).getEpochSecond();
        } catch (DateTimeException e) {
            throw new ParameterException(
                    spec.commandLine(), "--at: \"" + at + "\" is no time such as 2026-01-31T12:00:00Z", e);
        }
    }

    private void print(SignedText text, Judgement judgement) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.object()
                    .put("digest", text.digest().toHex())
                    .put("author", text.author().text())
                    .put("reason", text.reason())
                    .put("judgement", JudgementText.json(judgement))
                    .build()
                    .renderLine());
        } else {
            Texts.heading(text).forEach(out::println);
            JudgementText.of(judgement).forEach(out::println);
            if (judgement.canBeSubmitted()) {
                out.println("next: " + Launch.called() + " submit " + file);
            }
        }
        out.flush();
    }
}
