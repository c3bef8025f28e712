package dev.cairn.cli.imports;

import dev.cairn.cli.Failure;
import dev.cairn.cli.changes.Cluster;
import dev.cairn.client.KeyStamp;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Page;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which keys of a snapshot a cluster has, at one revision; proven. */
final class Present {
    private static final KeySpan ALL = new KeySpan(Bytes.EMPTY, Optional.empty());

    /** So many keys are asked for, and so much of what lies between them, at a time. */
    private static final int KEYS_AT_A_TIME = 1000;

    private static final long PAGE_BYTES = 4 << 20;

    private final EtcdSnapshot snapshot;
    private final Cluster cluster;
    private final long revision;
    private final Map<Bytes, Long> stamps = new HashMap<>();
    private final Set<Bytes> same = new HashSet<>();

    private Present(EtcdSnapshot snapshot, Cluster cluster, long revision) {
        this.snapshot = snapshot;
        this.cluster = cluster;
        this.revision = revision;
    }

    static Present find(EtcdSnapshot snapshot, Cluster cluster, long revision) throws NotVerifiedException, Failure {
        Present present = new Present(snapshot, cluster, revision);
        present.stampAll();
        present.compareAll();
        return present;
    }

    /** The revision of the version that is there; 0 if none is. */
    long seen(Bytes key) {
        return stamps.getOrDefault(key, 0L);
    }

    /** Whether it is there with the snapshot's value and lease. */
    boolean isSame(Bytes key) {
        return same.contains(key);
    }

    static boolean isSame(KeyValue there, EtcdSnapshot snapshot, EtcdSnapshot.Version version) throws Failure {
        return there.lease() == snapshot.lease(version)
                && there.value().size() == version.valueBytes()
                && there.value().equals(snapshot.value(there.key(), version));
    }

    private void stampAll() throws NotVerifiedException {
        for (KeyStamp stamp : cluster.keys(ALL, revision)) {
            if (snapshot.keys().containsKey(stamp.key())) {
                stamps.put(stamp.key(), stamp.modRevision());
            }
        }
    }

    private void compareAll() throws NotVerifiedException, Failure {
        List<Bytes> some = new ArrayList<>();
        for (Bytes key : snapshot.keys().keySet()) {
            if (stamps.containsKey(key)) {
                some.add(key);
            }
            if (some.size() == KEYS_AT_A_TIME) {
                compare(some);
                some.clear();
            }
        }
        if (!some.isEmpty()) {
            compare(some);
        }
    }

    private void compare(List<Bytes> some) throws NotVerifiedException, Failure {
        Optional<Bytes> until = Optional.of(KeySpan.successor(some.getLast()));
        Page page = cluster.page(new KeySpan(some.getFirst(), until), PAGE_BYTES, revision);
        compare(page);
        while (page.more()) {
            Bytes next = KeySpan.successor(page.records().getLast().key());
            page = cluster.page(new KeySpan(next, until), PAGE_BYTES, revision);
            compare(page);
        }
    }

    private void compare(Page page) throws Failure {
        for (KeyValue there : page.records()) {
            EtcdSnapshot.Version version = snapshot.keys().get(there.key());
            if (version != null && isSame(there, snapshot, version)) {
                same.add(there.key());
            }
        }
    }
}
