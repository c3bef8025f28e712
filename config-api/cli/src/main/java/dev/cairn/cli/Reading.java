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
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Reads keys, proven where a cluster is pinned: the options and the doing of every command that prints keys once. */
final class Reading {
    @Option(names = "--rev", paramLabel = "REVISION", description = "The state at this revision.")
    private long revision;

    @Option(names = "--limit", paramLabel = "N", description = "At most N keys; 0 for all.")
    private long limit;

    @Option(
            names = "--serializable",
            description = "Whatever the asked replica has: quicker, and possibly not the newest.")
    private boolean serializable;

    @Mixin
    private Endpoints endpoints = new Endpoints();

    @Mixin
    private Pinning pinning = new Pinning();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /**
     * What was read, in etcd's words.
     *
     * @param head under which it is proven, if it is
     */
    record Found(RangeResponse response, Optional<TrustedHead> head) {
        List<KeyValue> records() {
            return response.getKvsList();
        }

        /** With the names that etcdctl uses. */
        Json json() {
            Json.Builder fields = Json.object()
                    .put("header", Output.header(response.getHeader()))
                    .put("kvs", records().stream().map(Output::record).toList())
                    .put("more", response.getMore())
                    .put("count", response.getCount());
            head.ifPresent(proven -> fields.put("verified", Provenance.json(proven)));
            return fields.build();
        }
    }

    boolean isVerbose() {
        return pinning.isVerbose();
    }

    Found read(String key, boolean prefix, boolean keysOnly) throws Failure, GenesisException, NotVerifiedException {
        Numbers.requireNotNegative(command, "--rev", revision);
        Numbers.requireNotNegative(command, "--limit", limit);
        if (key.isEmpty() && !prefix) {
            throw new ParameterException(command.commandLine(), "no key is empty; give --prefix to read all keys");
        }
        ByteString name = Keys.typed(key);
        Optional<CairnClient> verifying =
                pinning.client(endpoints, command.commandLine().getErr());
        if (verifying.isPresent()) {
            try (CairnClient client = verifying.get()) {
                return verified(client, name, prefix, keysOnly);
            } catch (NotVerifiedException e) {
                throw Permission.withKeys(
                        e,
                        endpoints,
                        "read "
                                + Permission.keys(
                                        prefix ? Keys.prefixStart(name) : name,
                                        prefix ? Keys.prefixEnd(name) : ByteString.EMPTY));
            }
        }
        RangeRequest.Builder request = RangeRequest.newBuilder()
                .setKey(prefix ? Keys.prefixStart(name) : name)
                .setRevision(revision)
                .setLimit(limit)
                .setSerializable(serializable)
                .setKeysOnly(keysOnly);
        if (prefix) {
            request.setRangeEnd(Keys.prefixEnd(name));
        }
        try (EtcdClient client = endpoints.client()) {
            return new Found(client.range(request.build()), Optional.empty());
        }
    }

    private Found verified(CairnClient client, ByteString key, boolean prefix, boolean keysOnly)
            throws NotVerifiedException {
        Bytes name = Bytes.wrap(key.toByteArray());
        KeySpan span = prefix ? KeySpan.prefix(name) : KeySpan.single(name);
        Freshness freshness = serializable ? Freshness.ANY : Freshness.LINEARIZABLE;
        Verified<Page> answer = client.list(span, (int) Math.min(limit, Integer.MAX_VALUE), revision, freshness);
        Provenance.tell(command.commandLine().getErr(), answer, pinning.isVerbose());
        RangeResponse.Builder response = RangeResponse.newBuilder()
                .setMore(answer.value().more())
                .setCount(answer.value().records().size());
        response.getHeaderBuilder().setRevision(answer.head().revision());
        // The view in which the block was certified, counted as replicas count theirs for etcd's clients.
        answer.head()
                .certificate()
                .ifPresent(
                        by -> response.getHeaderBuilder().setRaftTerm(by.view().number() + 1));
        for (var record : answer.value().records()) {
            response.addKvs(Records.of(record, keysOnly));
        }
        return new Found(response.build(), Optional.of(answer.head()));
    }
}
