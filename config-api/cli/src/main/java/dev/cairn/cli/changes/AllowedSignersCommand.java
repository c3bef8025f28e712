package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import dev.cairn.kv.guard.AllowedSigners;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "allowed-signers",
        mixinStandardHelpOptions = true,
        description = {
            "Print all keys, retired ones too, as OpenSSH's allowed_signers file.",
            "With it, bare ssh-keygen checks a signature that counted at a block time."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:printed", "1:a failure", "2:a command line that makes no sense", "3:no answer that is proven"
        },
        footer = {
            "",
            "For example:  ${ROOT-COMMAND-NAME} allowed-signers > allowed_signers",
            "              ssh-keygen -Y verify -f allowed_signers -I alice -n change@cairn.dev"
                    + " -s change.txt.sig < change.txt"
        })
public final class AllowedSignersCommand implements Callable<Integer> {
    @Mixin
    private GovernanceOption governance = new GovernanceOption();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        PrintWriter out = spec.commandLine().getOut();
        out.print(AllowedSigners.export(governance.inForce(cluster).registry()));
        out.flush();
        return Exits.DONE;
    }
}
