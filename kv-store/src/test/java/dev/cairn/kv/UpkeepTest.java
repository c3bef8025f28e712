package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.Alarm;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.UpkeepOperation;
import dev.cairn.protocol.model.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Alarms, the quota that raises one, and the revision that another store's is taken over by. */
class UpkeepTest extends ExecutionFixture {
    private static final Alarm CORRUPT = new Alarm(7, Alarm.Kind.CORRUPT);

    private void reopen(long quotaBytes) {
        machine.close();
        machine = KvStateMachine.open(directory, CHAIN, Governance.OPEN, Limits.DEFAULT.with(128, quotaBytes));
    }

    private Outcome failed(KvError error) {
        return new Outcome.Failed(machine.committed().revision(), error);
    }

    // The quota.

    @Test
    void whatExceedsTheQuotaRaisesTheAlarmAndAllThatAddsFailsUntilItIsTakenBack() {
        reopen(2000);
        assertThat(run(put("a", "x".repeat(800)))).isInstanceOf(Outcome.Put.class);
        assertThat(machine.alarms()).isEmpty();
        assertThat(run(put("b", "x".repeat(800)))).isEqualTo(failed(KvError.NO_SPACE));
        assertThat(machine.alarms()).containsExactly(Alarm.FULL);

        assertThat(run(put("c", "1"))).as("it would fit").isEqualTo(failed(KvError.NO_SPACE));
        Operation.Txn adds = new Operation.Txn(List.of(), List.of(delete("a")), List.of(put("c", "1")));
        assertThat(run(adds)).as("whichever branch is taken").isEqualTo(failed(KvError.NO_SPACE));
        Operation.Txn nested = new Operation.Txn(List.of(), List.of(adds), List.of());
        assertThat(run(nested)).isEqualTo(failed(KvError.NO_SPACE));

        assertThat(run(new Operation.Txn(List.of(), List.of(delete("a")), List.of())))
                .isInstanceOf(Outcome.Txn.class);
        assertThat(run(new Operation.Compact(machine.committed().revision(), false)))
                .isInstanceOf(Outcome.Compacted.class);
        assertThat(run(put("c", "1"))).as("there is room, and the alarm").isEqualTo(failed(KvError.NO_SPACE));

        assertThat(run(new UpkeepOperation.DisarmAlarm(Alarm.FULL)))
                .isEqualTo(new Outcome.Upkept(machine.committed().revision(), true));
        assertThat(run(put("c", "1"))).isInstanceOf(Outcome.Put.class);
        assertThat(machine.alarms()).isEmpty();
    }

    @Test
    void theQuotaCountsWhatIsNotInMemoryToo() {
        reopen(5000);
        run(put("large", "x".repeat(4500)));
        long revision = machine.committed().revision();
        assertThat(run(put("b", "x".repeat(100)))).isEqualTo(new Outcome.Failed(revision, KvError.NO_SPACE));
    }

    @Test
    void alarmsAndWhatIsStoredOutliveARestart() {
        reopen(2000);
        run(put("a", "x".repeat(1000)));
        run(put("b", "x".repeat(1000)));
        long data = machine.committed().tree().dataBytes();
        reopen(2000);
        assertThat(machine.alarms()).containsExactly(Alarm.FULL);
        assertThat(machine.committed().tree().dataBytes()).isEqualTo(data);
    }

    // Alarms.

    @Test
    void anAlarmIsRaisedOnceAndTakenBackOnce() {
        assertThat(run(new UpkeepOperation.RaiseAlarm(CORRUPT))).isEqualTo(new Outcome.Upkept(1, true));
        assertThat(run(new UpkeepOperation.RaiseAlarm(CORRUPT))).isEqualTo(new Outcome.Upkept(1, false));
        assertThat(run(new UpkeepOperation.DisarmAlarm(Alarm.FULL))).isEqualTo(new Outcome.Upkept(1, false));
        assertThat(machine.alarms()).containsExactly(CORRUPT);
        assertThat(run(new UpkeepOperation.DisarmAlarm(CORRUPT))).isEqualTo(new Outcome.Upkept(1, true));
        assertThat(machine.alarms()).isEmpty();
    }

    @Test
    void whereTheStoreIsSaidToBeCorruptNoKeyIsWritten() {
        run(put("a", "1"));
        run(new UpkeepOperation.RaiseAlarm(CORRUPT));
        assertThat(run(put("a", "2"))).isEqualTo(failed(KvError.CORRUPT));
        assertThat(run(delete("a"))).isEqualTo(failed(KvError.CORRUPT));
        assertThat(run(new Operation.Txn(List.of(), List.of(), List.of(delete("a")))))
                .isEqualTo(failed(KvError.CORRUPT));
        assertThat(run(new Operation.Compact(2, false))).isEqualTo(failed(KvError.CORRUPT));
        assertThat(run(Operation.Range.all(Bytes.utf8("a"), Bytes.EMPTY))).isInstanceOf(Outcome.Ranged.class);
    }

    @Test
    void alarmsHaveABound() {
        for (int i = 0; i < Alarms.MAX; i++) {
            run(new UpkeepOperation.RaiseAlarm(new Alarm(i, Alarm.Kind.CORRUPT)));
        }
        assertThat(run(new UpkeepOperation.RaiseAlarm(new Alarm(99, Alarm.Kind.CORRUPT))))
                .isEqualTo(failed(KvError.TOO_MANY_ALARMS));
        assertThat(machine.alarms()).hasSize(Alarms.MAX);
    }

    // Another store's revisions.

    @Test
    void aRaisedRevisionIsTheStoresAndWhatIsBelowIsCompacted() {
        run(put("a", "1"));
        run(put("a", "2"));
        assertThat(run(new UpkeepOperation.RaiseRevision(1000))).isEqualTo(new Outcome.Upkept(1000, true));
        assertThat(machine.committed().compactRevision()).isEqualTo(1000);
        assertThat(machine.committed().roots().lastRevision()).isEqualTo(1000);
        assertThat(run(new UpkeepOperation.RaiseRevision(1000))).isEqualTo(new Outcome.Upkept(1000, false));
        assertThat(run(new UpkeepOperation.RaiseRevision(5))).isEqualTo(new Outcome.Upkept(1000, false));
        assertThat(machine.range(at(999))).isEqualTo(failed(KvError.COMPACTED));
        assertThat(((Outcome.Ranged) machine.range(at(1000)))
                        .versions()
                        .getFirst()
                        .modRevision())
                .isEqualTo(3);
        assertThat(run(put("a", "3")).revision()).isEqualTo(1001);
        assertThat(machine.history(_ -> true, 1000, Long.MAX_VALUE, 100)
                        .orElseThrow()
                        .changes())
                .hasSize(1);
        assertThat(machine.history(_ -> true, 3, Long.MAX_VALUE, 100)).isEmpty();
    }

    @Test
    void noRevisionIsRaisedSoFarThatNoneWouldBeLeft() {
        assertThat(run(new UpkeepOperation.RaiseRevision(Long.MAX_VALUE))).isEqualTo(failed(KvError.FUTURE_REVISION));
        assertThat(run(new UpkeepOperation.RaiseRevision(-1))).isEqualTo(new Outcome.Upkept(1, false));
    }

    private static Operation.Range at(long revision) {
        Operation.Range all = Operation.Range.all(Bytes.utf8("a"), Bytes.EMPTY);
        return new Operation.Range(
                all.key(), all.rangeEnd(), 0, revision, all.order(), all.target(), false, false, 0, 0, 0, 0);
    }

    private static Operation.DeleteRange delete(String key) {
        return new Operation.DeleteRange(Bytes.utf8(key), Bytes.EMPTY, false);
    }
}
