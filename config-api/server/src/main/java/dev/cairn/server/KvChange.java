package dev.cairn.server;

import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.proto.mvccpb.Event;
import dev.cairn.proto.mvccpb.KeyValue;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.etcd.Pairs;
import dev.cairn.server.etcd.Store;
import dev.cairn.server.watch.Change;
import dev.cairn.server.watch.GoneException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A change of the store. Its messages are made when they are first asked for. */
final class KvChange implements Change {
    private final KeyEvent change;
    private final Store store;
    private final Bytes key;
    private @Nullable Event event;
    private @Nullable Event eventWithPrevious;

    KvChange(KeyEvent change, Store store) {
        this.change = change;
        this.store = store;
        this.key = change.change().key();
    }

    @Override
    public Bytes key() {
        return key;
    }

    @Override
    public long revision() {
        return change.change().modRevision();
    }

    @Override
    public boolean isDelete() {
        return !change.isPut();
    }

    @Override
    public Event event() {
        Event made = event;
        if (made == null) {
            made = make();
            event = made;
        }
        return made;
    }

    private Event make() {
        KeyVersion version = change.change();
        if (isDelete()) {
            return Event.newBuilder()
                    .setType(Event.EventType.DELETE)
                    .setKv(KeyValue.newBuilder().setKey(Pairs.string(key)).setModRevision(version.modRevision()))
                    .build();
        }
        Bytes value = store.value(version).orElseThrow(() -> new GoneException(revision()));
        return Event.newBuilder().setKv(Pairs.of(version, key, value)).build();
    }

    @Override
    public Event eventWithPrevious() {
        Event made = eventWithPrevious;
        if (made == null) {
            made = change.previous()
                    .filter(previous -> isReadable(revision() - 1))
                    .flatMap(this::pair)
                    .map(previous -> event().toBuilder().setPrevKv(previous).build())
                    .orElseGet(this::event);
            eventWithPrevious = made;
        }
        return made;
    }

    /** As etcd, which reads the pair at the revision before. That it may still be on this disk is chance. */
    private boolean isReadable(long revision) {
        return revision >= store.compactRevision();
    }

    private Optional<KeyValue> pair(KeyVersion version) {
        return store.value(version).map(value -> Pairs.of(version, key, value));
    }
}
