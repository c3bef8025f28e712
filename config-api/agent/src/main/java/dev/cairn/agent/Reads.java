package dev.cairn.agent;

import dev.cairn.agent.Told.Source;
import dev.cairn.agent.mirror.Copy;
import dev.cairn.agent.mirror.Mirrors;
import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Page;
import dev.cairn.client.Receipt;
import dev.cairn.client.SavedProof;
import dev.cairn.client.TrustedHead;
import dev.cairn.client.Verified;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.proof.Question;
import dev.cairn.protocol.model.Bytes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Verified reads. Without a limit of age they are linearizable; with one, the copy will do while it is young enough, and
 * otherwise what a replica can prove to be so. There is no other answer.
 */
public final class Reads {
    /** What one list may hold in memory. */
    static final long MAX_LIST_BYTES = 8 << 20;

    private final CairnClient client;
    private final Mirrors mirrors;
    private final Refusals refusals;

    public Reads(CairnClient client, Mirrors mirrors, Refusals refusals) {
        this.client = client;
        this.mirrors = mirrors;
        this.refusals = refusals;
    }

    /**
     * The value of a key, or that there is none.
     *
     * @param maxStale how old the answer may be; nothing means not at all
     */
    public Told<Optional<KeyValue>> get(Bytes key, Optional<Duration> maxStale) throws NotVerifiedException {
        Optional<Copy<Optional<KeyValue>>> copy = mirrors.get(key);
        if (copy.isPresent() && isYoung(copy.get(), maxStale)) {
            return told(copy.get());
        }
        Verified<Optional<KeyValue>> found = ask(() -> client.get(key, freshness(maxStale)));
        return new Told<>(found.value(), found.head(), found.head().revision(), source(maxStale));
    }

    /** A record of the ledger, which docs/changes.md describes. */
    public Told<Optional<KeyValue>> recordAt(Bytes key, long revision) throws NotVerifiedException {
        Verified<Optional<KeyValue>> found = ask(() -> client.getRecord(key, revision, Freshness.LINEARIZABLE));
        return new Told<>(found.value(), found.head(), revision, new Source.Past());
    }

    public Told<Optional<KeyValue>> getAt(Bytes key, long revision) throws NotVerifiedException {
        Verified<Optional<KeyValue>> found = ask(() -> client.getAt(key, revision, Freshness.LINEARIZABLE));
        return new Told<>(found.value(), found.head(), revision, new Source.Past());
    }

    /**
     * The keys of a span, in order. Where they are too many or too large for one answer there are more.
     *
     * @param limit 0 means no other than the agent's own
     */
    public Told<Page> list(KeySpan span, int limit, Optional<Duration> maxStale) throws NotVerifiedException {
        Optional<Copy<List<KeyValue>>> copy = mirrors.list(span);
        if (copy.isPresent() && isYoung(copy.get(), maxStale)) {
            List<KeyValue> all = copy.get().value();
            boolean more = limit > 0 && all.size() > limit;
            Page page = new Page(
                    more ? all.subList(0, limit) : all, more, copy.get().revision(), OptionalLong.of(all.size()));
            return new Told<>(
                    page,
                    copy.get().head(),
                    copy.get().revision(),
                    new Source.Copied(copy.get().age()));
        }
        Verified<Page> page = ask(() -> client.listUpTo(span, limit, MAX_LIST_BYTES, 0, freshness(maxStale)));
        return new Told<>(page.value(), page.head(), page.value().revision(), source(maxStale));
    }

    public Told<Page> listAt(KeySpan span, int limit, long revision) throws NotVerifiedException {
        Verified<Page> page = ask(() -> client.listUpTo(span, limit, MAX_LIST_BYTES, revision, Freshness.LINEARIZABLE));
        return new Told<>(page.value(), page.head(), revision, new Source.Past());
    }

    /** The newest head, by a quorum's word. */
    public TrustedHead head() throws NotVerifiedException {
        return ask(() -> client.head(Freshness.LINEARIZABLE)).head();
    }

    /** An answer with all that proves it, for a file. */
    public SavedProof prove(Question.OfKeys question) throws NotVerifiedException {
        return ask(() -> client.prove(question, Freshness.LINEARIZABLE)).value();
    }

    /** What the log did with an operation, by its receipt. */
    public Verified<Receipt> submit(Operation operation) throws NotVerifiedException {
        return ask(() -> client.submit(operation));
    }

    private interface Call<T> {
        Verified<T> make() throws NotVerifiedException;
    }

    private <T> Verified<T> ask(Call<T> call) throws NotVerifiedException {
        try {
            return refusals.noting(call.make());
        } catch (NotVerifiedException e) {
            refusals.saw(e.attempts());
            throw e;
        }
    }

    private static boolean isYoung(Copy<?> copy, Optional<Duration> maxStale) {
        return maxStale.filter(limit -> copy.age().compareTo(limit) <= 0).isPresent();
    }

    private static <T> Told<T> told(Copy<T> copy) {
        return new Told<>(copy.value(), copy.head(), copy.revision(), new Source.Copied(copy.age()));
    }

    private static Freshness freshness(Optional<Duration> maxStale) {
        return maxStale.map(Freshness::within).orElse(Freshness.LINEARIZABLE);
    }

    private static Source source(Optional<Duration> maxStale) {
        return maxStale.<Source>map(Source.AskedWithin::new).orElseGet(Source.Asked::new);
    }
}
