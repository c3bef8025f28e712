package dev.cairn.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Histories that are known to be bad, and a few that only look so. Each begins with the truth and tells one lie. */
class HistoryTest {
    private static final Outcome UNKNOWN = new Outcome.Unknown();

    private final TrueStore store = new TrueStore();
    private final List<Call> calls = new ArrayList<>();
    private long now;

    /** A call that overlaps with no other. */
    private Call does(Operation operation) {
        long invoked = now++;
        return add(invoked, operation, store.execute(operation, now++));
    }

    private Call add(long invokedNanos, Operation operation, Outcome outcome) {
        Call call = new Call(calls.size(), invokedNanos, operation, outcome);
        calls.add(call);
        return call;
    }

    private Call lost(Operation operation) {
        return add(now++, operation, UNKNOWN);
    }

    /** What a call would be answered by now, told to whoever calls later. */
    private Call repeats(Call earlier) {
        Call again = repeated(earlier);
        calls.add(again);
        return again;
    }

    private Call repeated(Call earlier) {
        Outcome.Answered old = answered(earlier);
        long invoked = now++;
        return new Call(
                calls.size(), invoked, earlier.operation(), new Outcome.Answered(now++, old.revision(), old.answer()));
    }

    private Call reads(String key, Map<String, Entry> found) {
        long invoked = now++;
        return add(
                invoked,
                new Operation.Get(key),
                new Outcome.Answered(now++, store.revision(), new Outcome.Found(new TreeMap<>(found))));
    }

    private static Outcome.Answered answered(Call call) {
        return (Outcome.Answered) call.outcome();
    }

    private static Operation put(String key, String value) {
        return new Operation.Put(key, value);
    }

    private static Operation get(String key) {
        return new Operation.Get(key);
    }

    private static Operation txn(Operation.Guard guard, Map<String, String> puts) {
        return new Operation.Txn(List.of(guard), new TreeMap<>(puts));
    }

    private Entry entry(String key) {
        return store.entry(key).orElseThrow();
    }

    private void assertSearchRefuses() {
        assertThatThrownBy(() -> Linearizability.check(calls)).isInstanceOf(HistoryViolation.class);
    }

    private void assertRevisionsRefuse(String why) {
        assertRevisionsRefuse(why, store.watched("", 1));
    }

    private void assertRevisionsRefuse(String why, WatchStream... watches) {
        assertThatThrownBy(() -> RevisionOrder.check(new History(calls, List.of(watches))))
                .isInstanceOf(HistoryViolation.class)
                .hasMessageContaining(why);
    }

    private void assertSerializableRefused(String why, Call read) {
        assertThatThrownBy(() -> new History(calls, List.of(read), List.of(store.watched("", 1))).check())
                .isInstanceOf(HistoryViolation.class)
                .hasMessageContaining(why);
    }

    private void assertAccepted(Call... serializable) {
        assertThatCode(() -> new History(calls, List.of(serializable), List.of(store.watched("", 1))).check())
                .doesNotThrowAnyException();
    }

    @Test
    void aStaleRead() {
        does(put("a", "1"));
        Call old = does(get("a"));
        does(put("a", "2"));
        repeats(old);
        assertSearchRefuses();
        assertRevisionsRefuse("was known before it began");
    }

    @Test
    void aSerializableReadMayBeStaleButNotUntrueAndNotAheadOfALaterCall() {
        does(put("a", "1"));
        Call old = does(get("a"));
        does(put("a", "2"));
        Call fresh = does(get("a"));
        assertAccepted(repeated(old));
        assertSerializableRefused("untrue", new Call(90, 0, get("b"), old.outcome()));
        Outcome.Answered early =
                new Outcome.Answered(0, store.revision(), answered(fresh).answer());
        assertSerializableRefused("was known before it began", new Call(91, 0, get("a"), early));
    }

    @Test
    void aStaleReadThatClaimsToBeFresh() {
        does(put("a", "1"));
        Entry old = entry("a");
        does(put("a", "2"));
        reads("a", Map.of("a", old));
        assertSearchRefuses();
        assertRevisionsRefuse("untrue");
    }

    @Test
    void aLostUpdate() {
        does(put("a", "1"));
        long invoked = now++;
        add(
                invoked,
                put("a", "2"),
                new Outcome.Answered(now++, store.revision() + 1, new Outcome.PutDone(store.entry("a"))));
        does(get("a"));
        assertSearchRefuses();
        assertRevisionsRefuse("no watcher saw every revision");
    }

    @Test
    void anAcknowledgedPutThatTheLogDoesNotHave() {
        Call done = does(put("a", "1"));
        does(put("a", "2"));
        add(
                now++,
                put("b", "3"),
                new Outcome.Answered(
                        now++, answered(done).revision(), answered(done).answer()));
        assertRevisionsRefuse("the log does not have at revision");
    }

    @Test
    void putsInAnotherOrderThanTheyWereMade() {
        Outcome.Answered second = store.execute(put("a", "2"), 3);
        Outcome.Answered first = store.execute(put("b", "1"), 1);
        add(0, put("b", "1"), first);
        add(2, put("a", "2"), second);
        now = 4;
        assertRevisionsRefuse("was known before it began");
    }

    @Test
    void readsThatGoBack() {
        does(put("a", "1"));
        Entry old = entry("a");
        lost(put("a", "2"));
        store.execute(put("a", "2"), now);
        reads("a", Map.of("a", entry("a")));
        reads("a", Map.of("a", old));
        assertSearchRefuses();
        assertRevisionsRefuse("untrue");
    }

    @Test
    void aPutThatWasDoneTwiceByARetry() {
        lost(put("a", "1"));
        store.execute(put("a", "1"), now);
        does(get("a"));
        does(put("a", "2"));
        does(get("a"));
        store.execute(put("a", "1"), now);
        does(get("a"));
        assertSearchRefuses();
        assertRevisionsRefuse("was done twice");
    }

    @Test
    void aValueThatNobodyWrote() {
        does(put("a", "1"));
        store.execute(put("a", "invented"), now);
        does(get("a"));
        assertSearchRefuses();
        assertRevisionsRefuse("which nobody wrote");
    }

    @Test
    void aValueReadBeforeItsPutBegan() {
        store.execute(put("a", "1"), now);
        does(get("a"));
        lost(put("a", "1"));
        assertSearchRefuses();
        assertRevisionsRefuse("was known before it began");
    }

    @Test
    void aTransactionHalfApplied() {
        long invoked = now++;
        store.execute(put("a", "1"), now);
        add(
                invoked,
                txn(new Operation.Guard("a", Optional.empty()), Map.of("a", "1", "b", "2")),
                new Outcome.Answered(now++, store.revision(), new Outcome.TxnDone(true)));
        does(new Operation.Range(""));
        assertSearchRefuses();
        assertRevisionsRefuse("revision 2 has {a=1}, but call");
    }

    @Test
    void aTransactionWhoseGuardDidNotHold() {
        does(put("a", "1"));
        long invoked = now++;
        store.execute(put("a", "2"), now);
        add(
                invoked,
                txn(new Operation.Guard("a", Optional.empty()), Map.of("a", "2")),
                new Outcome.Answered(now++, store.revision(), new Outcome.TxnDone(true)));
        assertSearchRefuses();
        assertRevisionsRefuse("the guards did not hold");
    }

    @Test
    void aTransactionThatFailedThoughItsGuardHeld() {
        does(put("a", "1"));
        long invoked = now++;
        add(
                invoked,
                txn(new Operation.Guard("a", Optional.of("1")), Map.of("a", "2")),
                new Outcome.Answered(now++, store.revision(), new Outcome.TxnDone(false)));
        assertSearchRefuses();
        assertRevisionsRefuse("untrue");
    }

    @Test
    void aRangeThatSeesTheLaterPutAndNotTheEarlier() {
        does(put("p/a", "1"));
        does(put("p/b", "2"));
        long invoked = now++;
        add(
                invoked,
                new Operation.Range("p/"),
                new Outcome.Answered(
                        now++, store.revision(), new Outcome.Found(new TreeMap<>(Map.of("p/b", entry("p/b"))))));
        assertSearchRefuses();
        assertRevisionsRefuse("untrue");
    }

    @Test
    void aKeyDeletedTwice() {
        does(put("a", "1"));
        Call once = does(new Operation.Delete("a"));
        repeats(once);
        assertSearchRefuses();
        assertRevisionsRefuse("the log does not have");
    }

    @Test
    void aDeletionThatNobodyAskedFor() {
        does(put("a", "1"));
        store.execute(new Operation.Delete("a"), now);
        does(get("a"));
        assertSearchRefuses();
        assertRevisionsRefuse("no call explains");
    }

    @Test
    void aDeletionBeforeTheOnlyCallThatExplainsItBegan() {
        does(put("a", "1"));
        store.execute(new Operation.Delete("a"), now);
        does(get("a"));
        lost(new Operation.Delete("a"));
        assertSearchRefuses();
        assertRevisionsRefuse("no call explains");
    }

    @Test
    void twoWritesUnderOneRevision() {
        Call one = does(put("a", "1"));
        add(now++, put("b", "2"), answered(one));
        assertRevisionsRefuse("the log does not have");
    }

    @Test
    void aPreviousValueThatWasNone() {
        does(put("a", "1"));
        long invoked = now++;
        store.execute(put("a", "2"), now);
        add(
                invoked,
                put("a", "2"),
                new Outcome.Answered(now++, store.revision(), new Outcome.PutDone(Optional.empty())));
        assertSearchRefuses();
        assertRevisionsRefuse("untrue");
    }

    @Test
    void aWatchWithAGapADuplicateAnInventionOrADisorder() {
        for (String value : List.of("1", "2", "3", "4")) {
            does(put("a", value));
        }
        WatchStream truth = store.watched("", 1);
        assertWatchRefused(truth, changes -> changes.remove(1));
        assertWatchRefused(truth, changes -> changes.add(1, changes.get(1)));
        assertWatchRefused(truth, changes -> changes.add(changes.set(1, changes.get(2))));
        assertWatchRefused(truth, changes -> changes.removeLast());
        assertWatchRefused(truth, changes -> {
            Change last = changes.removeLast();
            changes.add(new Change(last.revision(), "b", last.now(), last.previous()));
        });
        assertWatchRefused(truth, changes -> {
            Change last = changes.removeLast();
            changes.add(new Change(last.revision(), last.key(), last.now(), Optional.empty()));
        });
    }

    private interface Lie {
        void tell(List<Change> changes);
    }

    private void assertWatchRefused(WatchStream truth, Lie lie) {
        List<Change> changes = new ArrayList<>(truth.changes());
        lie.tell(changes);
        WatchStream lying = new WatchStream("liar", "", truth.fromRevision(), truth.toRevision(), changes);
        assertRevisionsRefuse("liar", truth, lying);
        assertThatThrownBy(() -> RevisionOrder.check(new History(calls, List.of(lying))))
                .isInstanceOf(HistoryViolation.class);
    }

    @Test
    void versionsThatDoNotCount() {
        does(put("a", "1"));
        Entry right = entry("a");
        reads("a", Map.of("a", new Entry("1", right.createRevision(), right.modRevision(), 2)));
        assertRevisionsRefuse("untrue");
    }

    @Test
    void aPutWithoutAnswerMayHappenMuchLater() {
        lost(put("a", "late"));
        does(put("a", "1"));
        does(get("a"));
        does(new Operation.Delete("a"));
        store.execute(put("a", "late"), now);
        does(get("a"));
        assertAccepted();
    }

    @Test
    void aPutWithoutAnswerMayNeverHappenAndADeletionMay() {
        does(put("a", "1"));
        lost(put("a", "never"));
        lost(new Operation.Delete("a"));
        does(get("a"));
        store.execute(new Operation.Delete("a"), now);
        does(get("a"));
        assertAccepted();
    }

    @Test
    void callsThatOverlapMayStandInAnyOrder() {
        Outcome.Answered second = store.execute(put("a", "2"), 3);
        Outcome.Answered first = store.execute(put("a", "1"), 2);
        add(0, put("a", "1"), first);
        add(1, put("a", "2"), second);
        now = 4;
        does(get("a"));
        assertAccepted();
    }

    @Test
    @Timeout(30)
    void tenThousandCallsAreJudgedInSeconds() throws HistoryViolation {
        History history = RandomHistory.of(7, 12, 8, 12_000);
        assertThat(history.calls()).hasSizeGreaterThanOrEqualTo(12_000);
        long start = System.nanoTime();
        history.check();
        long lost = history.calls().stream()
                .filter(call -> call.outcome() instanceof Outcome.Unknown)
                .count();
        System.out.printf(
                "12,000 calls of 12 clients on 8 groups of keys, %d of them without an answer: judged in %d ms%n",
                lost, (System.nanoTime() - start) / 1_000_000);
    }
}
