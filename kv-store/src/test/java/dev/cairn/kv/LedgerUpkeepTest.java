package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.change.Change;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Right;
import dev.cairn.kv.model.Alarm;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.UpkeepOperation;
import dev.cairn.protocol.model.Digest;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What gateways may do to the store as a whole, and that none of it holds back what people sign. */
class LedgerUpkeepTest extends LedgerFixture {
    private static final Alarm CORRUPT = new Alarm(0, Alarm.Kind.CORRUPT);
    private static final UpkeepOperation RAISE = new UpkeepOperation.RaiseAlarm(CORRUPT);

    private void reopen(long quotaBytes, Right... rights) {
        machine.close();
        Governance founded = founding();
        EnumSet<Right> given = EnumSet.noneOf(Right.class);
        given.addAll(List.of(rights));
        Governance governance = new Governance(
                founded.registry(), founded.guards(), founded.recovery(), given, founded.keepRevisions());
        machine = KvStateMachine.open(directory, CHAIN, governance, Limits.DEFAULT.with(128, quotaBytes));
    }

    private KvError error(Operation operation) {
        return ((Outcome.Failed) run(operation)).error();
    }

    @Test
    void withoutTheRightNothingIsRaised() {
        assertThat(error(RAISE)).isEqualTo(KvError.GUARDED);
        assertThat(error(new Operation.Unique(Digest.ZERO, RAISE))).isEqualTo(KvError.GUARDED);
        assertThat(error(new UpkeepOperation.DisarmAlarm(CORRUPT))).isEqualTo(KvError.GUARDED);
        assertThat(error(new UpkeepOperation.RaiseRevision(100))).isEqualTo(KvError.GUARDED);
        assertThat(new Unsigned(machine.committed().governance()).reason(RAISE))
                .hasValueSatisfying(reason -> assertThat(reason).contains("`cairn admin --gateways-may alarm`"));
        assertThat(new Unsigned(machine.committed().governance()).reason(new UpkeepOperation.RaiseRevision(100)))
                .hasValueSatisfying(reason -> assertThat(reason).contains("--gateways-may import"));
    }

    @Test
    void eachRightIsItsOwn() {
        reopen(0, Right.COMPACT, Right.ALARM);
        assertThat(error(new UpkeepOperation.RaiseRevision(100))).isEqualTo(KvError.GUARDED);
        assertThat(run(RAISE)).isInstanceOf(Outcome.Upkept.class);
        assertThat(run(new UpkeepOperation.DisarmAlarm(CORRUPT))).isEqualTo(new Outcome.Upkept(1, true));
    }

    @Test
    void whoeverFillsTheStoreHoldsNoSignedChangeBack() {
        reopen(1000);
        assertThat(error(put("open/a", "x".repeat(2000)))).isEqualTo(KvError.NO_SPACE);
        assertThat(error(put("open/b", "1"))).isEqualTo(KvError.NO_SPACE);
        requireSignedChangeIsExecuted();
        assertThat(run(new UpkeepOperation.DisarmAlarm(Alarm.FULL)))
                .as("anybody may take it back, and gains nothing by that")
                .isEqualTo(new Outcome.Upkept(machine.committed().revision(), true));
    }

    @Test
    void whoeverRaisesAnAlarmHoldsNoSignedChangeBack() {
        reopen(0, Right.ALARM);
        run(RAISE);
        run(new UpkeepOperation.RaiseAlarm(Alarm.FULL));
        assertThat(error(put("open/a", "1"))).isEqualTo(KvError.CORRUPT);
        requireSignedChangeIsExecuted();
    }

    private void requireSignedChangeIsExecuted() {
        Change change = change("alice", List.of(), putOf("prod/limit", "9"));
        run(submit(change, "alice", "9"));
        assertThat(standing(run(approve(change, "bob")))).isEqualTo(ChangeStanding.EXECUTED);
    }

    @Test
    void importingTakesNoRevisionThatIsKept() {
        reopen(0, Right.IMPORT);
        Governance governance = machine.committed().governance();
        machine.close();
        machine = KvStateMachine.open(
                directory,
                CHAIN,
                new Governance(
                        governance.registry(),
                        governance.guards(),
                        governance.recovery(),
                        governance.gatewayRights(),
                        10),
                Limits.DEFAULT);
        assertThat(run(put("open/a", "1"))).isInstanceOf(Outcome.Put.class);
        assertThat(error(new UpkeepOperation.RaiseRevision(100))).isEqualTo(KvError.KEPT_REVISION);
    }

    /** The auditor takes what gateways may, too; {@link LedgerFixture} audits each block. */
    @Test
    void aSignedChangeOfAnOlderStateIsToldThatTheStateIsGone() {
        reopen(0, Right.IMPORT);
        Change change = change("alice", List.of(), putOf("prod/limit", "9"));
        run(new UpkeepOperation.RaiseRevision(1000));
        assertThat(standing(run(submit(change, "alice", "9")))).isEqualTo(ChangeStanding.REFUSED);
        requireSignedChangeIsExecuted();
        assertThat(machine.committed().revision()).isGreaterThan(1000);
    }
}
