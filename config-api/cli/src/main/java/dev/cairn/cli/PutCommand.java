package dev.cairn.cli;

import com.google.protobuf.ByteString;
import dev.cairn.genesis.json.Json;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.PutResponse;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "put",
        mixinStandardHelpOptions = true,
        description = {
            "Set a key's value; prints OK once a quorum has it durably.",
            "In that the replica that answers is believed, as etcd's clients do; ${ROOT-COMMAND-NAME} get proves what is"
                    + " there."
        })
final class PutCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "KEY", description = "The key.")
    @SuppressWarnings("NullAway.Init")
    private String key;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "VALUE",
            description = "The value; without it, the value is read from standard input.")
    private @Nullable String value;

    @Option(names = "--json", description = "JSON with the names that etcdctl uses.")
    private boolean json;

    @Mixin
    private Endpoints endpoints = new Endpoints();

    private final Output output;

    PutCommand() {
        this(Output.standard());
    }

    PutCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws Failure {
        PutRequest request = PutRequest.newBuilder()
                .setKey(Keys.typed(key))
                .setValue(value == null ? input() : Keys.typed(value))
                .build();
        try (EtcdClient client = endpoints.client()) {
            PutResponse response = client.put(request);
            if (json) {
                output.json(Json.object()
                        .put("header", Output.header(response.getHeader()))
                        .build());
            } else {
                output.line("OK");
            }
            output.flush();
            return 0;
        }
    }

    private static ByteString input() throws Failure {
        try {
            return ByteString.readFrom(System.in);
        } catch (IOException e) {
            throw new Failure("cannot read the value from standard input: " + e.getMessage(), e);
        }
    }
}
