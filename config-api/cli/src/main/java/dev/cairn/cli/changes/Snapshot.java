package dev.cairn.cli.changes;

import dev.cairn.client.NotVerifiedException;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import java.util.List;
import java.util.Optional;

/** The clients' keys as they stood at one revision. */
public interface Snapshot {
    long revision();

    /** A client's key. */
    Optional<KeyValue> get(Bytes key) throws NotVerifiedException;

    /** The first of the clients' keys in the span, if there is one. */
    Optional<KeyValue> first(KeySpan span) throws NotVerifiedException;

    /** Clients' keys: all of them, in order. */
    List<KeyValue> list(KeySpan span) throws NotVerifiedException;

    /** A record of the ledger. */
    Optional<KeyValue> getRecord(Bytes key) throws NotVerifiedException;

    /** Records of the ledger: all of them, in order. */
    List<KeyValue> listRecords(KeySpan span) throws NotVerifiedException;
}
