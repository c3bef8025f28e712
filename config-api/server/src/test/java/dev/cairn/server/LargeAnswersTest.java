package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cairn.client.CairnClient;
import dev.cairn.client.Changes;
import dev.cairn.client.ClientSettings;
import dev.cairn.client.Freshness;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Page;
import dev.cairn.client.Pin;
import dev.cairn.client.Watch;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.Bytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is larger than a message comes in several. The client is as it is delivered, with its limit of 16 MiB. */
class LargeAnswersTest {
    private static final Freshness NEW = Freshness.LINEARIZABLE;
    private static final KeySpan MANY = KeySpan.prefix(Bytes.utf8("many/"));
    private static final int MANY_KEYS = 9 * 1024;
    private static final KeySpan LARGE = KeySpan.prefix(Bytes.utf8("large/"));

    /** MiB, and how many keys. */
    private static final int COUNT = 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private ServedStore served;

    @SuppressWarnings("NullAway.Init")
    private CairnClient client;

    private final List<String> keys =
            IntStream.range(0, COUNT).mapToObj(i -> "large/%02d".formatted(i)).toList();

    private long before;
    private long after;

    @BeforeEach
    void serve() throws Exception {
        served = new ServedStore(directory.resolve("state"));
        client = CairnClient.connect(ClientSettings.of(Pin.of(served.chain.document()))
                .withEndpoints(List.of(new HostPort("127.0.0.1", served.port()))));
        before = client.head(NEW).head().revision();
        Bytes value = Bytes.wrap(new byte[1 << 20]);
        for (String key : keys) {
            client.submit(new Operation.Put(Bytes.utf8(key), value, 0, false, false, false));
        }
        after = client.head(NEW).head().revision();
    }

    @AfterEach
    void stop() {
        client.close();
        served.close();
    }

    private static List<String> names(Page page) {
        return page.records().stream().map(KeyValue::key).map(Bytes::toUtf8).toList();
    }

    @Test
    void aWatchThatIsFarBehindCatchesUp() throws Exception {
        List<String> told = new ArrayList<>();
        int messages = 0;
        try (Watch watch = client.watch(LARGE, before)) {
            while (watch.through() < after) {
                watch.next()
                        .events()
                        .forEach(event -> told.add(event.change().key().toUtf8()));
                messages++;
            }
        }
        assertThat(told).isEqualTo(keys);
        assertThat(messages).isGreaterThan(1);
    }

    /** So many keys, and so long, that no message holds their names. */
    private void putMany() throws Exception {
        String longName = "x".repeat(1500);
        List<Operation> puts = new ArrayList<>();
        for (int i = 0; i < MANY_KEYS; i++) {
            Bytes key = Bytes.utf8("many/%05d/%s".formatted(i, longName));
            puts.add(new Operation.Put(key, Bytes.EMPTY, 0, false, false, false));
        }
        for (int i = 0; i < MANY_KEYS; i += 128) {
            client.submit(new Operation.Txn(List.of(), puts.subList(i, i + 128), List.of()));
        }
    }

    @Test
    void aWatchComesPastOneRevisionThatIsTooLarge() throws Exception {
        putMany();
        long last = client.head(NEW).head().revision();
        client.submit(new Operation.DeleteRange(MANY.from(), MANY.until().orElseThrow(), false));
        client.submit(new Operation.Put(Bytes.utf8("many/more"), Bytes.EMPTY, 0, false, false, false));
        List<KeyEvent> told = new ArrayList<>();
        try (Watch watch = client.watch(MANY, last)) {
            Changes deleted = watch.next();
            assertThat(deleted.through()).isEqualTo(last + 1);
            told.addAll(deleted.events());
            assertThat(watch.next().events()).hasSize(1);
            assertThat(watch.refused()).isEmpty();
        }
        assertThat(told).hasSize(MANY_KEYS);
        assertThat(told.stream().map(event -> event.change().sub()).toList()).isSorted();
    }

    /** Nobody can ask for less of a receipt; what matters is that no second replica is asked to do it again. */
    @Test
    void aReceiptThatIsTooLargeIsNoReasonToDoItAgain() throws Exception {
        putMany();
        long last = client.head(NEW).head().revision();
        HostPort once = new HostPort("127.0.0.1", served.port());
        HostPort again = new HostPort("localhost", served.port());
        try (CairnClient two = CairnClient.connect(
                ClientSettings.of(Pin.of(served.chain.document())).withEndpoints(List.of(once, again)))) {
            Operation everything =
                    new Operation.DeleteRange(MANY.from(), MANY.until().orElseThrow(), true);
            NotVerifiedException refused =
                    catchThrowableOfType(NotVerifiedException.class, () -> two.submit(everything));
            assertThat(refused.attempts()).hasSize(1);
            assertThat(refused).hasMessageContaining("the operation was executed");
        }
        assertThat(client.head(NEW).head().revision()).isEqualTo(last + 1);
    }

    @Test
    void aLargePrefixIsListedWhole() throws Exception {
        Page all = client.list(LARGE, 0, 0, NEW).value();
        assertThat(names(all)).isEqualTo(keys);
        assertThat(all.more()).isFalse();
        assertThat(all.revision()).isEqualTo(after);
    }

    @Test
    void aLimitHoldsAcrossAnswers() throws Exception {
        Page page = client.list(LARGE, COUNT - 1, 0, NEW).value();
        assertThat(names(page)).isEqualTo(keys.subList(0, COUNT - 1));
        assertThat(page.more()).isTrue();
    }

    @Test
    void anOlderRevisionIsListedWholeToo() throws Exception {
        client.submit(new Operation.DeleteRange(Bytes.utf8("large/07"), Bytes.EMPTY, false));
        Page old = client.list(LARGE, 0, after, NEW).value();
        assertThat(names(old)).isEqualTo(keys);
        assertThat(old.more()).isFalse();
    }
}
