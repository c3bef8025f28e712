package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.auth.AuthStatus;
import dev.cairn.kv.auth.Authoriser;
import dev.cairn.kv.auth.Caller;
import dev.cairn.kv.auth.Permitted;
import dev.cairn.kv.auth.SpanSet;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Permission;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Whether a lease's keys are among a user's, and what it costs to find out. */
class LeaseAttachmentsTest {
    private static final long LEASE = 7;
    private static final Bytes ANN = Bytes.utf8("ann");

    private final TreeSet<Bytes> records = new TreeSet<>();
    private final LeaseAttachments attachments = new LeaseAttachments(this::first);
    private int lookups;

    private Optional<Bytes> first(KeySpan span) {
        lookups++;
        return Optional.ofNullable(records.ceiling(span.from())).filter(span::contains);
    }

    @Test
    void saysWhatVisitingEveryKeySays() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            records.clear();
            List<Bytes> keys = new ArrayList<>();
            for (int i = random.nextInt(6); i > 0; i--) {
                keys.add(key(random));
                records.add(LeaseKeys.attached(LEASE, keys.getLast()));
                records.add(LeaseKeys.attached(LEASE - 1, key(random)));
                records.add(LeaseKeys.attached(LEASE + 1, key(random)));
            }
            List<KeySpan> spans = new ArrayList<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                Optional<Bytes> until = random.nextInt(8) == 0 ? Optional.empty() : Optional.of(key(random));
                spans.add(new KeySpan(key(random), until));
            }
            boolean expected = keys.stream().allMatch(key -> spans.stream().anyMatch(span -> span.contains(key)));
            assertThat(attachments.areAllIn(SpanSet.of(spans), LEASE))
                    .as("seed %d round %d: %s in %s", seed, round, keys, spans)
                    .isEqualTo(expected);
        }
    }

    private static Bytes key(Random random) {
        byte[] key = new byte[1 + random.nextInt(2)];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (random.nextInt(5) * 0x33);
        }
        return Bytes.wrap(key);
    }

    @Test
    void manyKeysInFewSpansCostAsManyStepsAsThereAreSpans() {
        attach(10_000);
        assertThat(attachments.areAllIn(SpanSet.of(hundreds(100)), LEASE)).isTrue();
        assertThat(lookups).isEqualTo(101);
    }

    @Test
    void fewKeysInManySpansCostAsManyStepsAsThereAreKeys() {
        attach(3);
        assertThat(attachments.areAllIn(SpanSet.of(hundreds(10_000)), LEASE)).isTrue();
        assertThat(lookups).isLessThanOrEqualTo(4);
    }

    /** A transaction of many puts to one lease finds out once whether they may be attached to it. */
    @Test
    void oneOperationLooksAtALeaseOnce() {
        attach(10_000);
        Permitted permitted = Permitted.by(hundreds(100).stream()
                .map(span -> new Permission(
                        Permission.Type.READWRITE, span.from(), span.until().orElseThrow()))
                .toList());
        Authoriser authoriser = new Authoriser(new AuthStatus(true, 1, 1), _ -> Optional.of(permitted), attachments);
        Operation put = new Operation.Put(number(5), Bytes.EMPTY, LEASE, false, false, false);
        Operation.Txn nested = new Operation.Txn(List.of(), Collections.nCopies(64, put), List.of());
        Operation.Txn txn = new Operation.Txn(List.of(), Collections.nCopies(64, put), List.of(nested));
        assertThat(authoriser.refusal(Optional.of(new Caller(ANN, 1)), txn)).isEmpty();
        assertThat(lookups).isEqualTo(101);
    }

    /** Those of the first numbers that do not end with 99. */
    private void attach(int keys) {
        for (int i = 0; i < keys; i++) {
            if (i % 100 < 99) {
                records.add(LeaseKeys.attached(LEASE, number(i)));
            }
        }
    }

    /** Those of the first {@code spans} hundreds whose numbers do not end with 99: they do not touch. */
    private static List<KeySpan> hundreds(int spans) {
        List<KeySpan> all = new ArrayList<>();
        for (int i = 0; i < spans; i++) {
            all.add(new KeySpan(number(100 * i), Optional.of(number(100 * i + 99))));
        }
        return all;
    }

    private static Bytes number(int number) {
        return Bytes.utf8("%08d".formatted(number));
    }
}
