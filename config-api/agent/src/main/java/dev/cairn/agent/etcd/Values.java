package dev.cairn.agent.etcd;

import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Value;
import dev.cairn.protocol.model.Bytes;
import io.grpc.Status;
import java.util.Optional;

/**
 * The values of versions that a proof names by their digest, as they were at a revision or right before it; fetched one by
 * one, and few.
 */
final class Values {
    private static final int MAX_FETCHED = 256;

    private final CairnClient client;
    private final long revision;
    private int fetched;

    Values(CairnClient client, long revision) {
        this.client = client;
        this.revision = revision;
    }

    /** Nothing if compaction has taken it meanwhile. */
    Optional<Bytes> of(KeyVersion version) {
        Optional<Bytes> resident = version.value().resident();
        return resident.isPresent() ? resident : fetch(version);
    }

    private Optional<Bytes> fetch(KeyVersion version) {
        if (++fetched > MAX_FETCHED) {
            throw new RefusedCallException(Status.UNKNOWN.withDescription("etcdserver: at revision " + revision
                    + " it was done, and the agent returns no more than " + MAX_FETCHED + " earlier values of it"));
        }
        for (long at = revision; at >= Math.max(revision - 1, version.modRevision()); at--) {
            Optional<Bytes> found = at(version, at);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private Optional<Bytes> at(KeyVersion version, long at) {
        try {
            if (at < client.newestKnown().header().roots().compactRevision()) {
                return Optional.empty();
            }
            return client.getAt(version.key(), at, Freshness.ANY)
                    .value()
                    .map(KeyValue::value)
                    .filter(value ->
                            Value.of(value).digest().equals(version.value().digest()));
        } catch (NotVerifiedException e) {
            throw new RefusedCallException(Unanswered.status(e));
        }
    }
}
