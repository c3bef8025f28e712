package dev.cairn.cli.imports;

import dev.cairn.kv.model.AuthOperation;
import dev.cairn.protocol.model.Bytes;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What makes a cluster hold what a snapshot holds, in this order: the revision, the leases, the keys, roles and users, and
 * last of all that they are asked for.
 *
 * @param raisedTo the revision below which none may be given out any more
 * @param leases from the id to its seconds
 * @param batches one transaction each, in the order of their keys
 * @param unchanged keys that are there as the snapshot has them
 * @param replaced keys of the batches that are there otherwise
 * @param bytes of the batches' keys and values
 * @param auth each may be done twice
 */
record Plan(
        long raisedTo,
        SortedMap<Long, Long> leases,
        List<List<Entry>> batches,
        int unchanged,
        int replaced,
        long bytes,
        List<AuthOperation> auth,
        boolean enablesAuth) {
    Plan {
        leases = Collections.unmodifiableSortedMap(new TreeMap<>(leases));
        batches = List.copyOf(batches);
        auth = List.copyOf(auth);
    }

    /**
     * A key to be put, if nobody has written it since.
     *
     * @param seen the revision of its version in the cluster; 0 if it is not there
     */
    record Entry(Bytes key, EtcdSnapshot.Version version, long seen) {
        int bytes() {
            return key.size() + version.valueBytes();
        }
    }

    int keys() {
        return batches.stream().mapToInt(List::size).sum();
    }

    long count(Class<? extends AuthOperation> kind) {
        return auth.stream().filter(kind::isInstance).count();
    }
}
