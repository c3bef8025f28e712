package dev.cairn.chaos.real;

import com.google.protobuf.ByteString;
import dev.cairn.chaos.history.Change;
import dev.cairn.chaos.history.Entry;
import dev.cairn.chaos.history.Operation;
import dev.cairn.chaos.history.Outcome;
import dev.cairn.proto.etcdserverpb.Compare;
import dev.cairn.proto.etcdserverpb.DeleteRangeRequest;
import dev.cairn.proto.etcdserverpb.DeleteRangeResponse;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.PutResponse;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.etcdserverpb.RequestOp;
import dev.cairn.proto.etcdserverpb.TxnRequest;
import dev.cairn.proto.etcdserverpb.TxnResponse;
import dev.cairn.proto.mvccpb.Event;
import dev.cairn.proto.mvccpb.KeyValue;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A history's words in etcd's, and back. */
final class EtcdCalls {
    private EtcdCalls() {}

    /** Calls and waits; an answer is stamped with the time it came at. */
    static Outcome.Answered call(KVGrpc.KVBlockingStub kv, Operation operation) {
        return switch (operation) {
            case Operation.Put(String key, String value) -> {
                PutResponse response = kv.put(put(key, value).setPrevKv(true).build());
                yield answered(
                        response.getHeader().getRevision(),
                        new Outcome.PutDone(
                                response.hasPrevKv() ? Optional.of(entry(response.getPrevKv())) : Optional.empty()));
            }
            case Operation.Delete(String key) -> {
                DeleteRangeResponse response = kv.deleteRange(DeleteRangeRequest.newBuilder()
                        .setKey(bytes(key))
                        .setPrevKv(true)
                        .build());
                yield answered(
                        response.getHeader().getRevision(),
                        new Outcome.DeleteDone(response.getPrevKvsList().stream()
                                .map(EtcdCalls::entry)
                                .findFirst()));
            }
            case Operation.Get(String key) ->
                found(kv.range(RangeRequest.newBuilder().setKey(bytes(key)).build()));
            case Operation.Range(String prefix) ->
                found(kv.range(RangeRequest.newBuilder()
                        .setKey(bytes(prefix))
                        .setRangeEnd(endOf(prefix))
                        .build()));
            case Operation.Txn txn -> {
                TxnResponse response = kv.txn(request(txn));
                yield answered(response.getHeader().getRevision(), new Outcome.TxnDone(response.getSucceeded()));
            }
        };
    }

    private static Outcome.Answered answered(long revision, Outcome.Answer answer) {
        return new Outcome.Answered(System.nanoTime(), revision, answer);
    }

    /** What the server has just now, which may be the past: not linearizable. */
    static Outcome.Answered serializableGet(KVGrpc.KVBlockingStub kv, String key) {
        return found(kv.range(RangeRequest.newBuilder()
                .setKey(bytes(key))
                .setSerializable(true)
                .build()));
    }

    private static Outcome.Answered found(RangeResponse response) {
        SortedMap<String, Entry> entries = new TreeMap<>();
        response.getKvsList().forEach(kv -> entries.put(kv.getKey().toStringUtf8(), entry(kv)));
        return answered(response.getHeader().getRevision(), new Outcome.Found(entries));
    }

    private static PutRequest.Builder put(String key, String value) {
        return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value));
    }

    private static TxnRequest request(Operation.Txn txn) {
        TxnRequest.Builder request = TxnRequest.newBuilder();
        txn.guards().forEach(guard -> request.addCompare(compare(guard)));
        txn.puts()
                .forEach((key, value) -> request.addSuccess(
                        RequestOp.newBuilder().setRequestPut(put(key, value).build())));
        return request.build();
    }

    private static Compare compare(Operation.Guard guard) {
        Compare.Builder compare =
                Compare.newBuilder().setKey(bytes(guard.key())).setResult(Compare.CompareResult.EQUAL);
        return guard.value()
                .map(value -> compare.setTarget(Compare.CompareTarget.VALUE).setValue(bytes(value)))
                .orElseGet(
                        () -> compare.setTarget(Compare.CompareTarget.VERSION).setVersion(0))
                .build();
    }

    static List<Change> changes(List<Event> events) {
        return events.stream().map(EtcdCalls::change).toList();
    }

    private static Change change(Event event) {
        Entry now = entry(event.getKv());
        return new Change(
                now.modRevision(),
                event.getKv().getKey().toStringUtf8(),
                event.getType() == Event.EventType.PUT ? Optional.of(now) : Optional.empty(),
                event.hasPrevKv() ? Optional.of(entry(event.getPrevKv())) : Optional.empty());
    }

    private static Entry entry(KeyValue kv) {
        return new Entry(kv.getValue().toStringUtf8(), kv.getCreateRevision(), kv.getModRevision(), kv.getVersion());
    }

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    /** The end of the range of all keys that begin with {@code prefix}, which ends in a character of ASCII. */
    private static ByteString endOf(String prefix) {
        int last = prefix.length() - 1;
        return bytes(prefix.substring(0, last) + (char) (prefix.charAt(last) + 1));
    }
}
