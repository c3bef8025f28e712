package dev.cairn.cli;

import com.google.protobuf.ByteString;
import dev.cairn.genesis.json.Json;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import dev.cairn.proto.mvccpb.Event;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        description = {
            "Print every change of a key as it is committed: PUT or DELETE, the key, the value, one a line.",
            "Goes on with the next endpoint, without a gap, when a replica fails. Ends with Ctrl-C."
        })
final class WatchCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "KEY", description = "The key, or with --prefix how keys begin.")
    @SuppressWarnings("NullAway.Init")
    private String key;

    @Option(names = "--prefix", description = "All keys that begin with KEY.")
    private boolean prefix;

    @Option(names = "--rev", paramLabel = "REVISION", description = "First what has happened since this revision.")
    private long revision;

    @Option(names = "--limit", paramLabel = "N", description = "End after N changes.")
    private long limit;

    @Option(names = "--json", description = "JSON, one change a line, keys and values in base64.")
    private boolean json;

    @Mixin
    private Endpoints endpoints = new Endpoints();

    private final Output output;
    private long printed;

    WatchCommand() {
        this(Output.standard());
    }

    WatchCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws Failure, InterruptedException {
        ByteString name = Keys.typed(key);
        WatchCreateRequest.Builder request = WatchCreateRequest.newBuilder()
                .setKey(prefix ? Keys.prefixStart(name) : name)
                .setStartRevision(revision);
        if (prefix) {
            request.setRangeEnd(Keys.prefixEnd(name));
        }
        try (Channels channels = new Channels()) {
            new Watching(channels, endpoints.list(), endpoints.timeout(), request.build()).run(this::print);
            return 0;
        }
    }

    /** Prints one response's events; false when enough has been seen. */
    private boolean print(WatchResponse response) throws Failure {
        for (Event event : response.getEventsList()) {
            if (json) {
                output.json(Json.object()
                        .put("type", event.getType().name())
                        .put("kv", Output.record(event.getKv()))
                        .build());
            } else {
                output.line(event.getType().name()).line(event.getKv().getKey());
                output.line(event.getKv().getValue());
            }
            printed++;
            if (printed == limit) {
                output.flush();
                return false;
            }
        }
        output.flush();
        return true;
    }
}
