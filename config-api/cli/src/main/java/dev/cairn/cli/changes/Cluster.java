package dev.cairn.cli.changes;

import dev.cairn.cli.Provenance;
import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Pin;
import dev.cairn.client.TrustedHead;
import dev.cairn.client.Verified;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;

/** The pinned cluster. Everything was proven before it is returned. */
final class Cluster implements AutoCloseable {
    private final CairnClient client;
    private final PrintWriter err;

    /** @param err hears who was not believed */
    Cluster(CairnClient client, PrintWriter err) {
        this.client = client;
        this.err = err;
    }

    Pin pin() {
        return client.pin();
    }

    /** The newest state; a write that was acknowledged before is in it. */
    Snapshot now() throws NotVerifiedException {
        TrustedHead head = told(client.head(Freshness.LINEARIZABLE));
        return new At(head.revision());
    }

    /** The text of who governs, once it was changed. */
    Optional<Bytes> governance() throws NotVerifiedException {
        return told(client.getRecord(LedgerKeys.GOVERNANCE, 0, Freshness.LINEARIZABLE))
                .map(KeyValue::value);
    }

    private <T> T told(Verified<T> answer) {
        Provenance.tellRefused(err, answer.refused());
        err.flush();
        return answer.value();
    }

    @Override
    public void close() {
        client.close();
    }

    /** What was true at a revision stays true, so any newer head will do. */
    private final class At implements Snapshot {
        private final long revision;

        private At(long revision) {
            this.revision = revision;
        }

        @Override
        public long revision() {
            return revision;
        }

        @Override
        public Optional<KeyValue> get(Bytes key) throws NotVerifiedException {
            return told(client.getAt(key, revision, Freshness.ANY));
        }

        @Override
        public List<KeyValue> list(KeySpan span) throws NotVerifiedException {
            return told(client.list(span, 0, revision, Freshness.ANY)).records();
        }
    }
}
