package dev.cairn.cli;

import com.google.protobuf.ByteString;
import dev.cairn.client.CairnClient;
import dev.cairn.client.Changes;
import dev.cairn.client.Freshness;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Watch;
import dev.cairn.genesis.GenesisException;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.proto.mvccpb.Event;
import dev.cairn.protocol.model.Bytes;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        description = {
            "Print every change of a key as it is committed: PUT or DELETE, the key, the value, one a line.",
            "Where a cluster is pinned it is proven that none is missing before any is printed.",
            "Goes on with the next endpoint, without a gap, when a replica fails. Ends with Ctrl-C."
        })
final class WatchCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "KEY", description = "The key, or with --prefix how keys begin.")
    @SuppressWarnings("NullAway.Init")
    private String key;

    @Option(names = "--prefix", description = "All keys that begin with KEY.")
    private boolean prefix;

    @Option(
            names = "--rev",
            paramLabel = "REVISION",
            description = "First what has happened since this revision; one that is still to come is waited for.")
    private long revision;

    @Option(names = "--limit", paramLabel = "N", description = "End after N changes; 0 for never.")
    private long limit;

    @Option(names = "--json", description = "JSON, one change a line, keys and values in base64.")
    private boolean json;

    @Mixin
    private Endpoints endpoints = new Endpoints();

    @Mixin
    private Pinning pinning = new Pinning();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Output output;
    private long printed;

    WatchCommand() {
        this(Output.standard());
    }

    WatchCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException, InterruptedException {
        Numbers.requireNotNegative(spec, "--rev", revision);
        Numbers.requireNotNegative(spec, "--limit", limit);
        if (key.isEmpty() && !prefix) {
            throw new ParameterException(spec.commandLine(), "no key is empty; give --prefix to watch all keys");
        }
        ByteString name = Keys.typed(key);
        Optional<CairnClient> verifying =
                pinning.client(endpoints, spec.commandLine().getErr());
        if (verifying.isPresent()) {
            try (CairnClient client = verifying.get()) {
                return verified(client);
            } catch (NotVerifiedException e) {
                throw Permission.withKeys(
                        e,
                        endpoints,
                        "watch "
                                + Permission.keys(
                                        prefix ? Keys.prefixStart(name) : name,
                                        prefix ? Keys.prefixEnd(name) : ByteString.EMPTY));
            }
        }
        WatchCreateRequest.Builder request = WatchCreateRequest.newBuilder()
                .setKey(prefix ? Keys.prefixStart(name) : name)
                .setStartRevision(revision);
        if (prefix) {
            request.setRangeEnd(Keys.prefixEnd(name));
        }
        try (Channels channels = endpoints.channels()) {
            new Watching(channels, endpoints.list(), endpoints.timeout(), request.build()).run(response -> {
                if (response.getCreated()) {
                    tellIfItWaits(response.getHeader().getRevision());
                }
                return print(response.getEventsList());
            });
            return 0;
        }
    }

    /** Prints what is proven to be every change, in the same words. */
    private int verified(CairnClient client) throws Failure, NotVerifiedException, InterruptedException {
        Bytes name = Bytes.wrap(Keys.typed(key).toByteArray());
        PrintWriter err = spec.commandLine().getErr();
        try (Watch watch = client.watch(prefix ? KeySpan.prefix(name) : KeySpan.single(name), after(client))) {
            Changes changes;
            do {
                changes = watch.next();
                Provenance.tellRefused(err, watch.refused());
                if (pinning.isVerbose()) {
                    err.println(
                            Provenance.line(changes.head()) + ", all changes through revision " + changes.through());
                    err.flush();
                }
            } while (print(changes.events().stream()
                    .filter(event -> event.change().modRevision() >= revision)
                    .map(WatchCommand::event)
                    .toList()));
        }
        return 0;
    }

    /**
     * The revision before the first that is wanted, or the newest where that is still to come, since nothing can be proven of
     * it; 0 for what comes from now on.
     */
    private long after(CairnClient client) throws NotVerifiedException {
        if (revision == 0) {
            return 0;
        }
        long newest = client.head(Freshness.LINEARIZABLE).head().revision();
        tellIfItWaits(newest);
        return Math.max(1, Math.min(newest, revision - 1));
    }

    private void tellIfItWaits(long newest) {
        if (revision > newest + 1) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("waiting for revision " + revision + "; the newest is " + newest);
            err.flush();
        }
    }

    private static Event event(KeyEvent event) {
        return Event.newBuilder()
                .setType(event.isPut() ? Event.EventType.PUT : Event.EventType.DELETE)
                .setKv(Records.of(event.change()))
                .build();
    }

    /** Prints events; false when enough has been seen. */
    private boolean print(List<Event> events) throws Failure {
        for (Event event : events) {
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
