package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.client.Attempt;
import dev.cairn.client.CairnClient;
import dev.cairn.client.Changes;
import dev.cairn.client.FileHeadStore;
import dev.cairn.client.ForkEvidence;
import dev.cairn.client.Freshness;
import dev.cairn.client.HeadStore;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Page;
import dev.cairn.client.Receipt;
import dev.cairn.client.Refusal;
import dev.cairn.client.SavedHead;
import dev.cairn.client.Verified;
import dev.cairn.client.Watch;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A verifying client and the services of one honest replica. */
class VerifiedReadsTest {
    private static final Freshness NEW = Freshness.LINEARIZABLE;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private ServedStore served;

    @SuppressWarnings("NullAway.Init")
    private CairnClient client;

    @BeforeEach
    void serve() throws Exception {
        served = new ServedStore(directory.resolve("state"));
        client = VerifyingClients.of(served.chain, served.channel);
    }

    @AfterEach
    void stop() {
        client.close();
        served.close();
    }

    private static Bytes key(String text) {
        return Bytes.utf8(text);
    }

    private Receipt put(String key, String value) throws NotVerifiedException {
        return client.submit(new Operation.Put(key(key), Bytes.utf8(value), 0, false, false, false))
                .value();
    }

    private static String text(Verified<Optional<KeyValue>> found) {
        return found.value().map(record -> record.value().toUtf8()).orElse("nothing");
    }

    @Test
    void aValueAndItsAbsenceAreProven() throws Exception {
        assertThat(text(client.get(key("greeting"), NEW))).isEqualTo("nothing");
        put("greeting", "hello");
        Verified<Optional<KeyValue>> found = client.get(key("greeting"), NEW);
        assertThat(text(found)).isEqualTo("hello");
        assertThat(found.head().certificate()).isPresent();
        assertThat(found.refused()).isEmpty();
        assertThat(text(client.get(key("greetings"), NEW))).isEqualTo("nothing");
    }

    @Test
    void aWriteComesWithTheReceiptOfItsExecution() throws Exception {
        Receipt receipt = put("a", "1");
        assertThat(receipt.outcome()).isInstanceOf(Outcome.Put.class);
        assertThat(receipt.outcome().revision()).isEqualTo(2);
        assertThat(put("a", "2").block().height()).isGreaterThan(receipt.block().height());
    }

    @Test
    void olderRevisionsAreProvenToo() throws Exception {
        put("a", "1");
        put("a", "2");
        assertThat(text(client.getAt(key("a"), 2, NEW))).isEqualTo("1");
        assertThat(text(client.getAt(key("a"), 1, NEW))).isEqualTo("nothing");
    }

    @Test
    void aPrefixIsListedWholeAndPageByPage() throws Exception {
        List<String> keys = List.of("p/1", "p/2", "p/3", "p/4", "p/5");
        put("o", "before");
        for (String key : keys) {
            put(key, "value of " + key);
        }
        put("q", "behind");
        KeySpan span = KeySpan.prefix(key("p/"));
        assertThat(names(client.list(span, 0, 0, NEW).value())).isEqualTo(keys);

        List<String> seen = new ArrayList<>();
        Page page = client.list(span, 2, 0, NEW).value();
        seen.addAll(names(page));
        while (page.more()) {
            put("p/11", "later than the first page");
            Bytes next = KeySpan.successor(page.records().getLast().key());
            page = client.list(new KeySpan(next, span.until()), 2, page.revision(), NEW)
                    .value();
            seen.addAll(names(page));
        }
        assertThat(seen).isEqualTo(keys);
    }

    private static List<String> names(Page page) {
        return page.records().stream().map(record -> record.key().toUtf8()).toList();
    }

    @Test
    void aWatchTellsEveryChangeOfItsSpanOnce() throws Exception {
        put("w/0", "before");
        try (Watch watch = client.watch(KeySpan.prefix(key("w/")), 0)) {
            assertThat(watch.next().events()).isEmpty();
            put("w/1", "one");
            put("x", "elsewhere");
            put("w/1", "two");
            client.submit(new Operation.DeleteRange(key("w/0"), Bytes.EMPTY, false));
            List<String> told = new ArrayList<>();
            while (told.size() < 3) {
                for (KeyEvent event : watch.next().events()) {
                    told.add(event.change().key().toUtf8()
                            + (event.isPut()
                                    ? "="
                                            + event.change()
                                                    .value()
                                                    .resident()
                                                    .orElseThrow()
                                                    .toUtf8()
                                    : " deleted"));
                }
            }
            assertThat(told).containsExactly("w/1=one", "w/1=two", "w/0 deleted");
        }
    }

    @Test
    void aQuietWatchIsToldThatNothingHappened() throws Exception {
        try (Watch watch = client.watch(KeySpan.single(key("quiet")), 1)) {
            put("loud", "1");
            Changes changes = watch.next();
            assertThat(changes.events()).isEmpty();
            assertThat(changes.through()).isEqualTo(2);
        }
    }

    @Test
    void anOldHeadWillNotDoBeforeOneWasProvenToBeNew() throws Exception {
        put("a", "1");
        assertThatThrownBy(() -> client.get(key("a"), Freshness.ANY))
                .isInstanceOfSatisfying(
                        NotVerifiedException.class,
                        e -> assertThat(e.attempts().getFirst().refusal()).isInstanceOf(Refusal.NotEstablished.class));
        assertThat(text(client.get(key("a"), NEW))).isEqualTo("1");
        assertThat(text(client.get(key("a"), Freshness.ANY))).isEqualTo("1");
        assertThat(text(client.get(key("a"), Freshness.within(Duration.ofSeconds(30)))))
                .isEqualTo("1");
    }

    @Test
    void aBlockIsProvenWithItsRequests() throws Exception {
        put("a", "1");
        Receipt receipt = put("b", "2");
        put("c", "3");
        Block block = client.block(receipt.block().height(), NEW).value();
        assertThat(block.header()).isEqualTo(receipt.block());
        assertThat(block.requests().getFirst().id()).isEqualTo(receipt.request());
    }

    /** A later run might go back behind it. */
    @Test
    void whatCannotBeKeptIsNotReturned() throws Exception {
        HeadStore full = new HeadStore() {
            @Override
            public Optional<SavedHead> load() {
                return Optional.empty();
            }

            @Override
            public void save(SavedHead head) throws IOException {
                throw new IOException("no space is left");
            }

            @Override
            public void keep(ForkEvidence evidence) {}
        };
        try (CairnClient forgetful = VerifyingClients.of(served.chain, full, served.channel, served.channel)) {
            assertThatThrownBy(() -> forgetful.head(NEW))
                    .isInstanceOfSatisfying(
                            NotVerifiedException.class,
                            e -> assertThat(e.attempts())
                                    .extracting(Attempt::refusal)
                                    .containsExactly(new Refusal.NotKept("no space is left")));
        }
    }

    @Test
    void theHeadOutlivesTheClient() throws Exception {
        FileHeadStore heads = new FileHeadStore(directory.resolve("pinned").resolve("head"));
        try (CairnClient first = VerifyingClients.of(served.chain, heads, served.channel)) {
            put("a", "1");
            first.head(NEW);
        }
        try (CairnClient second = VerifyingClients.of(served.chain, heads, served.channel)) {
            assertThat(second.newestKnown().height())
                    .isEqualTo(served.chain.head().height());
            assertThat(text(second.get(key("a"), Freshness.ANY))).isEqualTo("1");
        }
    }
}
