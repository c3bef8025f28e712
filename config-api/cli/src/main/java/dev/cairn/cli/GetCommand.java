package dev.cairn.cli;

import com.google.protobuf.ByteString;
import dev.cairn.genesis.json.Json;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.mvccpb.KeyValue;
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
            "Exit code 1 when there is no such key."
        })
final class GetCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "KEY", description = "The key, or with --prefix how keys begin.")
    @SuppressWarnings("NullAway.Init")
    private String key;

    @Option(names = "--prefix", description = "All keys that begin with KEY.")
    private boolean prefix;

    @Option(names = "--rev", paramLabel = "REVISION", description = "The state at this revision.")
    private long revision;

    @Option(names = "--limit", paramLabel = "N", description = "At most N keys.")
    private long limit;

    @Option(
            names = "--serializable",
            description = "Whatever the asked replica has: quicker, and possibly not the newest.")
    private boolean serializable;

    @Option(
            names = {"--value-only", "--print-value-only"},
            description = "Values without their keys.")
    private boolean valueOnly;

    @Option(names = "--keys-only", description = "Keys without their values.")
    private boolean keysOnly;

    @Option(names = "--json", description = "JSON with the names that etcdctl uses, keys and values in base64.")
    private boolean json;

    @Mixin
    private Endpoints endpoints = new Endpoints();

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
    public Integer call() throws Failure {
        if (keysOnly && valueOnly) {
            throw new ParameterException(spec.commandLine(), "--keys-only and --value-only leave nothing to print");
        }
        ByteString name = Keys.typed(key);
        RangeRequest.Builder request = RangeRequest.newBuilder()
                .setKey(prefix ? Keys.prefixStart(name) : name)
                .setRevision(revision)
                .setLimit(limit)
                .setSerializable(serializable)
                .setKeysOnly(keysOnly);
        if (prefix) {
            request.setRangeEnd(Keys.prefixEnd(name));
        }
        try (EtcdClient client = new EtcdClient(endpoints.list(), endpoints.timeout())) {
            RangeResponse response = client.range(request.build());
            print(response);
            return response.getKvsCount() == 0 ? Main.FAILURE : 0;
        }
    }

    private void print(RangeResponse response) throws Failure {
        if (json) {
            output.json(Json.object()
                    .put("header", Output.header(response.getHeader()))
                    .put(
                            "kvs",
                            response.getKvsList().stream().map(Output::record).toList())
                    .put("more", response.getMore())
                    .put("count", response.getCount())
                    .build());
        } else {
            for (KeyValue record : response.getKvsList()) {
                if (!valueOnly) {
                    output.line(record.getKey());
                }
                if (!keysOnly) {
                    output.line(record.getValue());
                }
            }
        }
        output.flush();
    }
}
