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
        name = "withdraw",
        mixinStandardHelpOptions = true,
        description = {
            "Take a change back as its author, or your approval of it. Nothing brings back what was withdrawn.",
            "Shows the change and asks first. A signed draft that was given away and never arrived can be withdrawn too, by"
                    + " its file. What was executed is not undone: draft a change that does."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:withdrawn: the change, or the approval",
            "1:not withdrawn",
            "2:a command line that makes no sense",
            "3:no answer that is proven",
            "4:refused, or too late"
        })
public final class WithdrawCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "DIGEST|FILE",
            description = "The change: its digest, of which 8 digits will do, or its text.")
    @SuppressWarnings("NullAway.Init")
    private String change;

    @Mixin
    private Endorsing endorsing = new Endorsing();

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        return endorsing.run(change, "Withdraw", Purpose.WITHDRAW);
    }
}
