package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import dev.cairn.kv.change.Purpose;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "approve",
        mixinStandardHelpOptions = true,
        description = {
            "Show what a change that waits would do, ask, and approve exactly what was shown.",
            "The change comes from the cluster with proof, or is that of FILE. It is signed by running ssh-keygen. The"
                    + " last approval that it needs executes it."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:approved: executed, or pending until others approve too",
            "1:not approved",
            "2:a command line that makes no sense",
            "3:no answer that is proven",
            "4:refused or conflicted"
        })
public final class ApproveCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "DIGEST|FILE",
            description = "The change: its digest, of which 8 digits will do, or its text.")
    @SuppressWarnings("NullAway.Init")
    private String change;

    @Mixin
    private Endorsing endorsing = new Endorsing();

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        return endorsing.run(change, "Approve", Purpose.APPROVE);
    }
}
