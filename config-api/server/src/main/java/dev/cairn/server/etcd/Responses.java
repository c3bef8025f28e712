package dev.cairn.server.etcd;

import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.proto.etcdserverpb.CompactionResponse;
import dev.cairn.proto.etcdserverpb.DeleteRangeResponse;
import dev.cairn.proto.etcdserverpb.PutResponse;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.etcdserverpb.ResponseHeader;
import dev.cairn.proto.etcdserverpb.ResponseOp;
import dev.cairn.proto.etcdserverpb.TxnResponse;
import dev.cairn.proto.mvccpb.KeyValue;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.watch.GoneException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Outcomes as messages. Values are not copied. */
public final class Responses {
    private final Function<KeyVersion, Optional<Bytes>> values;
    private final Headers headers;

    /** Nothing for the value of a version that compaction has taken. */
    public Responses(Function<KeyVersion, Optional<Bytes>> values, Headers headers) {
        this.values = values;
        this.headers = headers;
    }

    public PutResponse put(Outcome.Put outcome) {
        return put(outcome, headers.at(outcome.revision()));
    }

    public DeleteRangeResponse delete(Outcome.Deleted outcome) {
        return delete(outcome, headers.at(outcome.revision()));
    }

    public RangeResponse range(Operation.Range range, Outcome.Ranged outcome) {
        return range(range, outcome, headers.at(outcome.revision()));
    }

    /** The keys alone: a part of a range that is streamed. */
    RangeResponse.Builder part(Operation.Range range, Outcome.Ranged outcome) {
        RangeResponse.Builder response = RangeResponse.newBuilder();
        if (!range.countOnly()) {
            outcome.versions().forEach(version -> response.addKvs(pair(version, range.keysOnly())));
        }
        return response;
    }

    ResponseHeader header(long revision) {
        return headers.at(revision);
    }

    public CompactionResponse compaction(Outcome.Compacted outcome) {
        return CompactionResponse.newBuilder()
                .setHeader(headers.at(outcome.revision()))
                .build();
    }

    public TxnResponse txn(Operation.Txn txn, Outcome.Txn outcome) {
        return txn(txn, outcome, headers.at(outcome.revision()));
    }

    private PutResponse put(Outcome.Put outcome, ResponseHeader header) {
        PutResponse.Builder response = PutResponse.newBuilder().setHeader(header);
        outcome.previous().ifPresent(previous -> response.setPrevKv(pair(previous, false)));
        return response.build();
    }

    private DeleteRangeResponse delete(Outcome.Deleted outcome, ResponseHeader header) {
        DeleteRangeResponse.Builder response =
                DeleteRangeResponse.newBuilder().setHeader(header).setDeleted(outcome.count());
        outcome.previous().forEach(previous -> response.addPrevKvs(pair(previous, false)));
        return response.build();
    }

    private RangeResponse range(Operation.Range range, Outcome.Ranged outcome, ResponseHeader header) {
        return part(range, outcome)
                .setHeader(header)
                .setCount(outcome.count())
                .setMore(outcome.more())
                .build();
    }

    private TxnResponse txn(Operation.Txn txn, Outcome.Txn outcome, ResponseHeader header) {
        TxnResponse.Builder response =
                TxnResponse.newBuilder().setHeader(header).setSucceeded(outcome.succeeded());
        List<Operation> branch = outcome.succeeded() ? txn.success() : txn.failure();
        for (int i = 0; i < branch.size(); i++) {
            response.addResponses(inner(branch.get(i), outcome.responses().get(i)));
        }
        return response.build();
    }

    /** A reply inside a transaction's: its header has the revision alone, a nested transaction's has nothing. */
    private ResponseOp inner(Operation operation, Outcome outcome) {
        ResponseHeader header = Headers.nested(outcome.revision());
        ResponseOp.Builder response = ResponseOp.newBuilder();
        return switch (outcome) {
            case Outcome.Put put -> response.setResponsePut(put(put, header)).build();
            case Outcome.Deleted deleted ->
                response.setResponseDeleteRange(delete(deleted, header)).build();
            case Outcome.Ranged ranged ->
                response.setResponseRange(range((Operation.Range) operation, ranged, header))
                        .build();
            case Outcome.Txn txn ->
                response.setResponseTxn(txn((Operation.Txn) operation, txn, ResponseHeader.getDefaultInstance()))
                        .build();
            case Outcome.Compacted _,
                    Outcome.SessionOpened _,
                    Outcome.Change _,
                    Outcome.Failed _,
                    LeaseOutcome _,
                    Outcome.AuthChanged _,
                    Outcome.Upkept _ -> throw new AssertionError("not inside a transaction: " + outcome);
        };
    }

    private KeyValue pair(KeyVersion version, boolean withoutValue) {
        Bytes value = withoutValue
                ? Bytes.EMPTY
                : values.apply(version).orElseThrow(() -> new GoneException(version.modRevision()));
        return Pairs.of(version, version.key(), value);
    }

    /** Whether making the message reads no disk. */
    static boolean isInMemory(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Put put -> put.previous().map(Responses::isInMemory).orElse(true);
            case Outcome.Deleted deleted -> deleted.previous().stream().allMatch(Responses::isInMemory);
            case Outcome.Ranged ranged -> ranged.versions().stream().allMatch(Responses::isInMemory);
            case Outcome.Txn txn -> txn.responses().stream().allMatch(Responses::isInMemory);
            case Outcome.Compacted _,
                    Outcome.SessionOpened _,
                    Outcome.Change _,
                    Outcome.Failed _,
                    LeaseOutcome _,
                    Outcome.AuthChanged _,
                    Outcome.Upkept _ -> true;
        };
    }

    private static boolean isInMemory(KeyVersion version) {
        return version.value().resident().isPresent();
    }
}
