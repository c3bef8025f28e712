package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.cli.Provenance;
import dev.cairn.client.Attempt;
import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.client.KeyStamp;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Page;
import dev.cairn.client.Pin;
import dev.cairn.client.Refusal;
import dev.cairn.client.TrustedHead;
import dev.cairn.client.Unproven;
import dev.cairn.client.Verified;
import dev.cairn.client.Watch;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The pinned cluster. Everything was proven before it is returned. */
public final class Cluster implements AutoCloseable {
    private final CairnClient client;
    private final PrintWriter err;
    private final Set<Attempt> toldOf = new HashSet<>();

    /**
     * @param client closed with this
     * @param err hears who was not believed: a command asks often, and what is the same each time is said once
     */
    public Cluster(CairnClient client, PrintWriter err) {
        this.client = client;
        this.err = err;
    }

    public Pin pin() {
        return client.pin();
    }

    /** The newest state; a write that was acknowledged before is in it. */
    public Snapshot now() throws NotVerifiedException {
        TrustedHead head = told(client.head(Freshness.LINEARIZABLE));
        return new At(head.revision());
    }

    /** The state at a revision, which must have been reached. */
    public Snapshot at(long revision) throws NotVerifiedException, Failure {
        Snapshot now = now();
        if (revision > now.revision()) {
            throw new Failure("there is no revision " + revision + " yet; the newest is " + now.revision());
        }
        return new At(revision);
    }

    /**
     * What the log did with a submission, an approval or a withdrawal, by its receipt. Each is done once however often it is
     * asked for, so where no receipt comes another replica is asked.
     */
    Outcome.Change submit(Operation operation) throws NotVerifiedException, Failure {
        return standing(execute(operation));
    }

    /** What the log did with an operation that may be done twice: where no receipt comes another replica is asked. */
    public Outcome execute(Operation operation) throws NotVerifiedException {
        int replicas = pin().addresses().size();
        for (int asked = 1; ; asked++) {
            try {
                return told(client.submit(operation)).outcome();
            } catch (NotVerifiedException e) {
                if (asked >= replicas || !mayGoOn(e)) {
                    throw e;
                }
                tellRefused(e.attempts());
            }
        }
    }

    /** Whether it was this replica's fault alone. */
    private static boolean mayGoOn(NotVerifiedException refused) {
        Refusal last = refused.attempts().getLast().refusal();
        return !(last instanceof Refusal.Forked
                || last instanceof Refusal.NotEstablished
                || last instanceof Refusal.NotKept);
    }

    private static Outcome.Change standing(Outcome outcome) throws Failure {
        return switch (outcome) {
            case Outcome.Change change -> change;
            case Outcome.Failed(long _, var error) ->
                throw new Failure("the cluster refused it: " + Sentences.of(error));
            case Outcome.Put _, Outcome.Deleted _, Outcome.Ranged _, Outcome.Txn _ -> throw foreign(outcome);
            case Outcome.Compacted _,
                    Outcome.SessionOpened _,
                    LeaseOutcome _,
                    Outcome.AuthChanged _,
                    Outcome.Upkept _ -> throw foreign(outcome);
        };
    }

    private static Failure foreign(Outcome outcome) {
        return new Failure("the receipt is of another kind of operation: " + outcome);
    }

    /** The keys that lived in a span at a revision, in order, none left out. */
    public List<KeyStamp> keys(KeySpan span, long revision) throws NotVerifiedException {
        return told(client.listKeys(span, 0, revision, Freshness.ANY));
    }

    /** As {@link Snapshot#list}, and once the keys and values make {@code maxBytes} there are more than it returns. */
    public Page page(KeySpan span, long maxBytes, long revision) throws NotVerifiedException {
        return told(client.listUpTo(span, 0, maxBytes, revision, Freshness.ANY));
    }

    /** The way to a replica for what cannot be proven. */
    public Unproven unproven() {
        return client.unproven();
    }

    /** All that happens to the ledger's records of a span from now on. */
    Watch watchRecords(KeySpan span, long after) {
        return client.watchRecords(span, after);
    }

    private <T> T told(Verified<T> answer) {
        tellRefused(answer.refused());
        return answer.value();
    }

    /** Several threads may have something to tell. */
    private synchronized void tellRefused(List<Attempt> refused) {
        Provenance.tellRefused(err, refused.stream().filter(toldOf::add).toList());
        err.flush();
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
        public Optional<KeyValue> first(KeySpan span) throws NotVerifiedException {
            return told(client.list(span, 1, revision, Freshness.ANY)).records().stream()
                    .findFirst();
        }

        @Override
        public List<KeyValue> list(KeySpan span) throws NotVerifiedException {
            return told(client.list(span, 0, revision, Freshness.ANY)).records();
        }

        @Override
        public Optional<KeyValue> getRecord(Bytes key) throws NotVerifiedException {
            return told(client.getRecord(key, revision, Freshness.ANY));
        }

        @Override
        public List<KeyValue> listRecords(KeySpan span) throws NotVerifiedException {
            return told(client.listRecords(span, 0, revision, Freshness.ANY)).records();
        }
    }
}
