package dev.cairn.cli;

import com.google.protobuf.ByteString;
import dev.cairn.genesis.json.Json;
import dev.cairn.proto.etcdserverpb.DeleteRangeRequest;
import dev.cairn.proto.etcdserverpb.DeleteRangeResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "del",
        mixinStandardHelpOptions = true,
        description = {
            "Delete a key, or all keys with a prefix; prints how many there were.",
            "In that the replica that answers is believed, as etcd's clients do; ${ROOT-COMMAND-NAME} get proves what is"
                    + " there."
        })
final class DelCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "KEY", description = "The key, or with --prefix how keys begin.")
    @SuppressWarnings("NullAway.Init")
    private String key;

    @Option(names = "--prefix", description = "All keys that begin with KEY.")
    private boolean prefix;

    @Option(names = "--json", description = "JSON with the names that etcdctl uses.")
    private boolean json;

    @Mixin
    private Endpoints endpoints = new Endpoints();

    private final Output output;

    DelCommand() {
        this(Output.standard());
    }

    DelCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws Failure {
        ByteString name = Keys.typed(key);
        DeleteRangeRequest.Builder request =
                DeleteRangeRequest.newBuilder().setKey(prefix ? Keys.prefixStart(name) : name);
        if (prefix) {
            request.setRangeEnd(Keys.prefixEnd(name));
        }
        try (EtcdClient client = endpoints.client()) {
            DeleteRangeResponse response = client.delete(request.build());
            if (json) {
                output.json(Json.object()
                        .put("header", Output.header(response.getHeader()))
                        .put("deleted", response.getDeleted())
                        .build());
            } else {
                output.line(Long.toString(response.getDeleted()));
            }
            output.flush();
            return 0;
        }
    }
}
