package dev.cairn.cli;

import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import dev.cairn.proto.mvccpb.KeyValue;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "get",
        mixinStandardHelpOptions = true,
        description = {
            "Print a key and its value, one a line, as etcdctl does.",
            "Where a cluster is pinned the answer is proven before it is printed.",
            "Exit code 1 when there is no such key, 3 when that cannot be known: nobody answers, or nothing is proven."
        })
final class GetCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "KEY", description = "The key, or with --prefix how keys begin.")
    @SuppressWarnings("NullAway.Init")
    private String key;

    @Option(names = "--prefix", description = "All keys that begin with KEY.")
    private boolean prefix;

    @Option(
            names = {"--value-only", "--print-value-only"},
            description = "Values without their keys.")
    private boolean valueOnly;

    @Option(names = "--keys-only", description = "Keys without their values.")
    private boolean keysOnly;

    @Option(names = "--json", description = "JSON with the names that etcdctl uses, keys and values in base64.")
    private boolean json;

    @Mixin
    private Reading reading = new Reading();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Output output;

    GetCommand() {
        this(Output.standard());
    }

    GetCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        if (keysOnly && valueOnly) {
            throw new ParameterException(spec.commandLine(), "--keys-only and --value-only leave nothing to print");
        }
        Reading.Found found = reading.read(key, prefix, keysOnly);
        if (json) {
            output.json(found.json());
        } else {
            for (KeyValue record : found.records()) {
                if (!valueOnly) {
                    output.line(record.getKey());
                }
                if (!keysOnly) {
                    output.line(record.getValue());
                }
            }
        }
        output.flush();
        if (found.records().isEmpty() && reading.isVerbose()) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(prefix ? "no key begins with \"" + key + "\"" : "there is no key \"" + key + "\"");
            err.flush();
        }
        return found.records().isEmpty() ? Main.FAILURE : 0;
    }
}
