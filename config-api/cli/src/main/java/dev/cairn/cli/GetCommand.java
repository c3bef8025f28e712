package dev.cairn.cli;

import com.google.protobuf.ByteString;
import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Page;
import dev.cairn.client.TrustedHead;
import dev.cairn.client.Verified;
import dev.cairn.genesis.GenesisException;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.mvccpb.KeyValue;
import dev.cairn.protocol.model.Bytes;
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
        name = "get",
        mixinStandardHelpOptions = true,
        description = {
            "Print a key and its value, one a line, as etcdctl does.",
            "Where a cluster is pinned the answer is proven before it is printed.",
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

    @Mixin
    private Pinning pinning = new Pinning();

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
        Optional<CairnClient> verifying = pinning.client(endpoints);
        if (verifying.isPresent()) {
            try (CairnClient client = verifying.get()) {
                return verified(client);
            }
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
            print(response, Optional.empty());
            return response.getKvsCount() == 0 ? Main.FAILURE : 0;
        }
    }

    /** Prints what is proven, in the same words. */
    private int verified(CairnClient client) throws Failure, NotVerifiedException {
        Bytes name = Bytes.wrap(Keys.typed(key).toByteArray());
        KeySpan span = prefix ? KeySpan.prefix(name) : KeySpan.single(name);
        Freshness freshness = serializable ? Freshness.ANY : Freshness.LINEARIZABLE;
        Verified<Page> answer = client.list(span, (int) Math.min(limit, Integer.MAX_VALUE), revision, freshness);
        Provenance.tell(spec.commandLine().getErr(), answer, pinning.isVerbose());
        RangeResponse.Builder response =
                RangeResponse.newBuilder().setMore(answer.value().more());
        response.getHeaderBuilder().setRevision(answer.head().revision());
        for (var record : answer.value().records()) {
            response.addKvs(Records.of(record, keysOnly));
        }
        print(response.setCount(response.getKvsCount()).build(), Optional.of(answer.head()));
        return response.getKvsCount() == 0 ? Main.FAILURE : 0;
    }

    private void print(RangeResponse response, Optional<TrustedHead> head) throws Failure {
        if (json) {
            Json.Builder fields = Json.object()
                    .put("header", Output.header(response.getHeader()))
                    .put(
                            "kvs",
                            response.getKvsList().stream().map(Output::record).toList())
                    .put("more", response.getMore())
                    .put("count", response.getCount());
            head.ifPresent(proven -> fields.put("verified", Provenance.json(proven)));
            output.json(fields.build());
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
