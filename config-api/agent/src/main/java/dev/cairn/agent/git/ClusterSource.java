package dev.cairn.agent.git;

import dev.cairn.agent.Refusals;
import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.client.KeyStamp;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Page;
import dev.cairn.client.TrustedHead;
import dev.cairn.client.Verified;
import dev.cairn.client.repo.RepositoryName;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A cluster of which no replica is trusted. */
public final class ClusterSource implements Source {
    /** Read on after each answer, which has some 4 MiB. */
    private static final long ONE_ANSWER = 1;

    private final CairnClient client;
    private final Refusals refusals;

    public ClusterSource(CairnClient client, Refusals refusals) {
        this.client = client;
        this.refusals = refusals;
    }

    @Override
    public State newest() throws NotVerifiedException {
        TrustedHead head = ask(() -> client.head(Freshness.LINEARIZABLE));
        return new State(head.revision(), head.header().roots().compactRevision());
    }

    // What was true at a revision stays true, so whichever head proves it will do.

    @Override
    public List<KeyStamp> keys(RepositoryName name, int limit, long revision) throws NotVerifiedException {
        return ask(() -> client.listKeys(name.span(), limit, revision, Freshness.ANY));
    }

    @Override
    public Optional<KeyValue> get(Bytes key, long revision) throws NotVerifiedException {
        return ask(() -> client.getAt(key, revision, Freshness.ANY));
    }

    @Override
    public void forEach(RepositoryName name, long revision, Sink sink) throws NotVerifiedException, IOException {
        boolean more = true;
        for (KeySpan rest = name.span(); more; ) {
            KeySpan asked = rest;
            Page page = ask(() -> client.listUpTo(asked, 0, ONE_ANSWER, revision, Freshness.ANY));
            for (KeyValue record : page.records()) {
                sink.take(record);
            }
            more = page.more();
            if (more) {
                rest = new KeySpan(KeySpan.successor(page.records().getLast().key()), rest.until());
            }
        }
    }

    @Override
    public Authorship authorship(long revision, long at) throws NotVerifiedException {
        GenesisFile founded = client.pin().document();
        Optional<KeyValue> logged = record(LedgerKeys.logged(revision), at);
        if (logged.isEmpty()) {
            return Authorship.unsigned(founded.cluster(), founded.created().getEpochSecond());
        }
        Digest digest = Digest.of(logged.get().value().shared());
        KeyValue settled = record(LedgerKeys.settled(digest), at)
                .orElseThrow(() -> new IllegalStateException("the log names " + digest + ", which is not kept"));
        try {
            ChangeRecord change = ChangeRecord.decode(settled.value());
            SignedText text = SignedText.parse(change.text());
            return new Authorship(
                    text.author().text(),
                    text.reason(),
                    change.settledSeconds(),
                    founded.cluster(),
                    Optional.of(digest));
        } catch (ChangeException e) {
            throw new IllegalStateException("a change that was executed cannot be read", e);
        }
    }

    private Optional<KeyValue> record(Bytes key, long at) throws NotVerifiedException {
        return ask(() -> client.getRecord(key, at, Freshness.ANY));
    }

    private interface Call<T> {
        Verified<T> make() throws NotVerifiedException;
    }

    private <T> T ask(Call<T> call) throws NotVerifiedException {
        try {
            return refusals.noting(call.make()).value();
        } catch (NotVerifiedException e) {
            refusals.saw(e.attempts());
            throw e;
        }
    }
}
