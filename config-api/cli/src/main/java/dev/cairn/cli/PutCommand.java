package dev.cairn.cli;

import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.PutResponse;
import dev.cairn.server.config.Json;
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
        description = "Set a key's value; prints OK once a quorum has it durably.")
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

    @Option(
            names = "--lease",
            paramLabel = "ID",
            description = "A lease, in hexadecimal, that the key shall live with.")
    private @Nullable String lease;

    @Option(names = "--json", description = "JSON as etcdctl writes it.")
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
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(value == null ? input() : ByteString.copyFromUtf8(value))
                .setLease(lease())
                .build();
        try (EtcdClient client = new EtcdClient(endpoints.list(), endpoints.timeout())) {
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

    private long lease() throws Failure {
        if (lease == null) {
            return 0;
        }
        try {
            return Long.parseUnsignedLong(lease, 16);
        } catch (NumberFormatException e) {
            throw new Failure("--lease: \"" + lease + "\" is not a hexadecimal lease id", e);
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
