package dev.cairn.cli;

import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import dev.cairn.proto.mvccpb.KeyValue;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = {
            "Print the keys that begin with PREFIX, one a line, in order.",
            "Where a cluster is pinned it is proven, before any is printed, that none is missing and none made up.",
            "Exit code 1 when there is no such key, 3 when that cannot be known: nobody answers, or nothing is proven."
        })
final class ListCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "PREFIX",
            defaultValue = "",
            description = "How keys begin. Default: all keys.")
    @SuppressWarnings("NullAway.Init")
    private String prefix;

    @Option(names = "--values", description = "Each key's value too, on a line behind it.")
    private boolean values;

    @Option(names = "--json", description = "JSON with the names that etcdctl uses, keys and values in base64.")
    private boolean json;

    @Mixin
    private Reading reading = new Reading();

    private final Output output;

    ListCommand() {
        this(Output.standard());
    }

    ListCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        Reading.Found found = reading.read(prefix, true, !values && !json);
        if (json) {
            output.json(found.json());
        } else {
            for (KeyValue record : found.records()) {
                output.line(record.getKey());
                if (values) {
                    output.line(record.getValue());
                }
            }
        }
        output.flush();
        return found.records().isEmpty() ? Main.FAILURE : 0;
    }
}
