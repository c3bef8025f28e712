package dev.cairn.chaos.kvworlds;

import dev.cairn.chaos.history.Change;
import dev.cairn.chaos.history.Entry;
import dev.cairn.chaos.history.Operation;
import dev.cairn.chaos.history.Outcome;
import dev.cairn.kv.model.Compare;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.protocol.model.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** What clients ask and see, in the store's words and in those of a history. */
final class KvCalls {
    private KvCalls() {}

    /** The write as the store takes it; it asks for the previous value wherever that can be had. */
    static dev.cairn.kv.model.Operation request(Operation operation) {
        return switch (operation) {
            case Operation.Put put -> put(put.key(), put.value());
            case Operation.Delete delete ->
                new dev.cairn.kv.model.Operation.DeleteRange(Bytes.utf8(delete.key()), Bytes.EMPTY, true);
            case Operation.Txn txn ->
                new dev.cairn.kv.model.Operation.Txn(
                        txn.guards().stream().map(KvCalls::compare).toList(),
                        txn.puts().entrySet().stream()
                                .map(entry -> put(entry.getKey(), entry.getValue()))
                                .toList(),
                        List.of());
            case Operation.Get _, Operation.Range _ -> throw new IllegalArgumentException("reads pass no block");
        };
    }

    static dev.cairn.kv.model.Operation.Range read(Operation operation) {
        return switch (operation) {
            case Operation.Get get -> dev.cairn.kv.model.Operation.Range.all(Bytes.utf8(get.key()), Bytes.EMPTY);
            case Operation.Range range ->
                dev.cairn.kv.model.Operation.Range.all(
                        Bytes.utf8(range.prefix()), Bytes.utf8(range.prefix() + Character.MAX_VALUE));
            case Operation.Put _, Operation.Delete _, Operation.Txn _ ->
                throw new IllegalArgumentException("writes pass a block");
        };
    }

    private static dev.cairn.kv.model.Operation put(String key, String value) {
        return new dev.cairn.kv.model.Operation.Put(Bytes.utf8(key), Bytes.utf8(value), 0, true, false, false);
    }

    private static Compare compare(Operation.Guard guard) {
        Bytes key = Bytes.utf8(guard.key());
        return guard.value()
                .map(value ->
                        new Compare(Compare.Result.EQUAL, Compare.Target.VALUE, key, Bytes.EMPTY, 0, Bytes.utf8(value)))
                .orElseGet(() ->
                        new Compare(Compare.Result.EQUAL, Compare.Target.VERSION, key, Bytes.EMPTY, 0, Bytes.EMPTY));
    }

    /** The answer to a request; one that was executed before gets none that says anything. */
    static Outcome answer(RequestOutcome outcome, long returnedNanos) {
        return switch (outcome) {
            case RequestOutcome.Executed executed -> answer(executed.outcomes().getFirst(), returnedNanos);
            case RequestOutcome.Refused(KvError error) -> {
                if (error != KvError.DUPLICATE_REQUEST) {
                    throw new IllegalStateException("no client asked for what ends in " + error);
                }
                yield new Outcome.Unknown();
            }
        };
    }

    static Outcome answer(dev.cairn.kv.model.Outcome outcome, long returnedNanos) {
        Outcome.Answer answer = switch (outcome) {
            case dev.cairn.kv.model.Outcome.Put put ->
                new Outcome.PutDone(put.previous().map(KvCalls::entry));
            case dev.cairn.kv.model.Outcome.Deleted deleted ->
                new Outcome.DeleteDone(deleted.previous().stream().findFirst().map(KvCalls::entry));
            case dev.cairn.kv.model.Outcome.Txn txn -> new Outcome.TxnDone(txn.succeeded());
            case dev.cairn.kv.model.Outcome.Ranged ranged -> {
                TreeMap<String, Entry> found = new TreeMap<>();
                ranged.versions().forEach(version -> found.put(version.key().toUtf8(), entry(version)));
                yield new Outcome.Found(found);
            }
            case dev.cairn.kv.model.Outcome.Compacted _,
                    dev.cairn.kv.model.Outcome.SessionOpened _,
                    dev.cairn.kv.model.Outcome.AuthChanged _,
                    dev.cairn.kv.model.Outcome.Upkept _,
                    dev.cairn.kv.model.Outcome.Change _,
                    dev.cairn.kv.model.Outcome.Failed _,
                    LeaseOutcome _ -> throw new IllegalStateException("no client asked for what ends in " + outcome);
        };
        return new Outcome.Answered(returnedNanos, outcome.revision(), answer);
    }

    static Change change(KeyEvent event) {
        KeyVersion version = event.change();
        return new Change(
                version.modRevision(),
                version.key().toUtf8(),
                event.isPut() ? Optional.of(entry(version)) : Optional.empty(),
                event.previous().map(KvCalls::entry));
    }

    private static Entry entry(KeyVersion version) {
        Bytes value = version.value().resident().orElseThrow();
        return new Entry(value.toUtf8(), version.createRevision(), version.modRevision(), version.version());
    }
}
