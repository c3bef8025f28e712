package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.change.Precondition;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LedgerTest extends LedgerFixture {
    private Change raise() {
        return change("alice", List.of(), putOf("prod/limit", "9"));
    }

    private void refuses(Operation operation) {
        long revision = machine.committed().revision();

        assertThat(run(operation)).isEqualTo(new Outcome.Failed(revision, KvError.GUARDED));
        assertThat(visible()).isEmpty();
    }

    private static Operation.Txn txn(List<Operation> success, List<Operation> failure) {
        return new Operation.Txn(List.of(), success, failure);
    }

    // Writes that nobody has signed.

    @Test
    void noWriteWithoutSignaturesReachesAGuardedKeyOnAnyPath() {
        Operation guarded = put("prod/a", "1");
        Operation open = put("open/a", "1");
        refuses(guarded);
        refuses(put("elsewhere", "1"));
        refuses(new Operation.DeleteRange(Bytes.utf8("prod/a"), Bytes.EMPTY, false));
        refuses(new Operation.DeleteRange(Bytes.utf8("open/"), Bytes.utf8("prod0"), false));
        refuses(new Operation.DeleteRange(Bytes.utf8("open/"), Bytes.wrap(new byte[] {0}), false));
        refuses(txn(List.of(open, guarded), List.of()));
        refuses(txn(List.of(open), List.of(guarded)));
        refuses(txn(List.of(open, txn(List.of(), List.of(guarded))), List.of()));
        refuses(new Operation.Unique(new Digest(1, 2, 3, 4), guarded));
        refuses(new Operation.Compact(1, false));
    }

    @Test
    void openPrefixesAreWrittenAsBefore() {
        assertThat(run(put("open/a", "1"))).isInstanceOf(Outcome.Put.class);
        assertThat(run(txn(List.of(put("open/b", "2")), List.of()))).isInstanceOf(Outcome.Txn.class);
        assertThat(run(new Operation.DeleteRange(Bytes.utf8("open/"), Bytes.utf8("open0"), false)))
                .isInstanceOf(Outcome.Deleted.class);
    }

    // The way of a change.

    @Test
    void theSecondPersonsApprovalExecutesItAndItsRecordSaysWhoAgreed() throws Exception {
        Change change = raise();

        Outcome submitted = run(submit(change, "alice", "9"));
        assertThat(standing(submitted)).isEqualTo(ChangeStanding.PENDING);
        assertThat(detail(submitted)).contains("1 more of 2", "bob, carol");
        assertThat(visible()).isEmpty();

        Outcome approved = run(approve(change, "bob"));
        assertThat(standing(approved)).isEqualTo(ChangeStanding.EXECUTED);
        assertThat(visible()).isEqualTo(Map.of("prod/limit", "9"));

        ChangeRecord record =
                ChangeRecord.decode(record(LedgerKeys.settled(change.digest())).orElseThrow());
        assertThat(record.signatures()).hasSize(2);
        assertThat(record.text()).isEqualTo(change.text());
        assertThat(record.revision()).isEqualTo(approved.revision());
        assertThat(record(LedgerKeys.logged(approved.revision())))
                .contains(Bytes.wrap(change.digest().toArray()));
        assertThat(record(LedgerKeys.pending(change.digest()))).isEmpty();
        assertThat(record(LedgerKeys.value(change.digest(), 0))).isEmpty();
    }

    @Test
    void whoeverSubmitsItAgainGetsTheSameAnswerAndNothingHappensTwice() {
        Change change = raise();
        List<Outcome> outcomes = runTogether(
                submit(change, "alice", "9"),
                approve(change, "bob"),
                submit(change, "alice", "9"),
                approve(change, "carol"));

        assertThat(outcomes.stream().map(LedgerFixture::standing).toList())
                .containsExactly(
                        ChangeStanding.PENDING,
                        ChangeStanding.EXECUTED,
                        ChangeStanding.EXECUTED,
                        ChangeStanding.EXECUTED);
        long revision = machine.committed().revision();
        nowSeconds += 2 * LIFETIME;
        assertThat(standing(run(submit(change, "alice", "9")))).isEqualTo(ChangeStanding.EXECUTED);
        assertThat(machine.committed().revision()).isEqualTo(revision);
    }

    @Test
    void aConflictNamesTheKeyAndBothRevisionsAndIsFinal() {
        run(put("open/x", "1"));
        long seen = machine.committed().revision();
        Change change = change(
                "alice", List.of(new Precondition.LastWrittenAt(Bytes.utf8("open/x"), seen)), putOf("prod/limit", "9"));
        run(submit(change, "alice", "9"));
        run(put("open/x", "2"));
        long found = machine.committed().revision();

        Outcome outcome = run(approve(change, "bob"));

        assertThat(standing(outcome)).isEqualTo(ChangeStanding.CONFLICTED);
        assertThat(detail(outcome)).contains("open/x", "revision " + seen, "revision " + found);
        assertThat(visible()).doesNotContainKey("prod/limit");
        assertThat(standing(run(approve(change, "carol")))).isEqualTo(ChangeStanding.CONFLICTED);
        assertThat(standing(run(submit(change, "alice", "9")))).isEqualTo(ChangeStanding.CONFLICTED);
    }

    @Test
    void whatItsAuthorWithdrewNeverComesBack() {
        Change change = raise();
        run(submit(change, "alice", "9"));

        assertThat(standing(run(withdraw(change, "alice")))).isEqualTo(ChangeStanding.WITHDRAWN);
        assertThat(standing(run(approve(change, "bob")))).isEqualTo(ChangeStanding.WITHDRAWN);
        assertThat(standing(run(submit(change, "alice", "9")))).isEqualTo(ChangeStanding.WITHDRAWN);
        assertThat(visible()).isEmpty();
    }

    @Test
    void whoWithdrewCannotApproveAgainAndOthersCan() {
        Change change = change("alice", List.of(), putOf("vault/a", "9"));
        run(submit(change, "alice", "9"));
        run(approve(change, "bob"));
        assertThat(standing(run(withdraw(change, "bob")))).isEqualTo(ChangeStanding.PENDING);

        Outcome again = run(approve(change, "bob"));
        assertThat(standing(again)).isEqualTo(ChangeStanding.REFUSED);
        assertThat(detail(again)).contains("bob has withdrawn");
        Outcome carols = run(approve(change, "carol"));
        assertThat(standing(carols)).isEqualTo(ChangeStanding.PENDING);
        assertThat(visible()).isEmpty();
    }

    @Test
    void whoWithdrewWhileTheGuardWasOutOfReachHasWithdrawn() {
        Change change = change("alice", List.of(), putOf("vault/a", "9"));
        run(submit(change, "alice", "9"));
        run(approve(change, "bob"));
        governedBy(governance(Set.of("carol")));
        Outcome bobs = run(withdraw(change, "bob"));
        assertThat(standing(bobs)).isEqualTo(ChangeStanding.PENDING);
        assertThat(detail(bobs)).contains("only 1 people");
        governedBy(governance());

        assertThat(standing(run(approve(change, "carol")))).isEqualTo(ChangeStanding.PENDING);
        assertThat(visible()).isEmpty();
    }

    private void governedBy(Governance governance) {
        machine.close();
        machine = KvStateMachine.open(directory, CHAIN, governance, Limits.DEFAULT);
    }

    @Test
    void theAuthorDoesNotCountWhereTheGuardSaysSoAndNobodyCountsTwice() {
        Change change = change("alice", List.of(), putOf("vault/a", "9"));
        run(submit(change, "alice", "9"));

        assertThat(standing(run(approve(change, "bob")))).isEqualTo(ChangeStanding.PENDING);
        assertThat(standing(run(approve(change, "bob")))).isEqualTo(ChangeStanding.PENDING);
        assertThat(standing(run(approve(change, "alice")))).isEqualTo(ChangeStanding.PENDING);
        assertThat(standing(run(approve(change, "carol")))).isEqualTo(ChangeStanding.EXECUTED);
    }

    @Test
    void anExpiredChangeIsRefusedAndThenForgotten() {
        Change change = raise();
        run(submit(change, "alice", "9"));
        nowSeconds += LIFETIME;

        KvState state = execute(request(List.of(approve(change, "bob"))));
        commit(state);

        assertThat(record(LedgerKeys.pending(change.digest()))).isEmpty();
        assertThat(record(LedgerKeys.value(change.digest(), 0))).isEmpty();
        Outcome again = run(submit(change, "alice", "9"));
        assertThat(standing(again)).isEqualTo(ChangeStanding.REFUSED);
        assertThat(detail(again)).contains("expired");
        assertThat(visible()).isEmpty();
    }

    @Test
    void whoeverFillsTheStoreWithoutSignaturesBlocksNoChange() {
        machine.close();
        machine = KvStateMachine.open(directory, CHAIN, governance(), new Limits(200_000, 64L << 20, 128, 40_000, 16));
        Outcome last;
        do {
            last = run(put("open/" + sequence, "x".repeat(100)));
        } while (last instanceof Outcome.Put);
        assertThat(last).isInstanceOf(Outcome.Failed.class);
        assertThat(((Outcome.Failed) last).error()).isEqualTo(KvError.NO_SPACE);

        Change change = raise();
        run(submit(change, "alice", "9"));
        assertThat(standing(run(approve(change, "bob")))).isEqualTo(ChangeStanding.EXECUTED);
    }

    @Test
    void nothingOfAChangeThatTheStoreHasNoRoomForIsDone() {
        Change change = change("alice", List.of(), putOf("prod/a", "1"), putOf("prod/b", "2"));
        run(submit(change, "alice", "1", "2"));
        machine.close();
        long weight = machine.committed().tree().weightBytes();
        machine = KvStateMachine.open(
                directory, CHAIN, governance(), new Limits(200_000, 64L << 20, 128, weight + 1, 16));

        fails(KvError.NO_SPACE, approve(change, "bob"));

        assertThat(visible()).isEmpty();
        assertThat(record(LedgerKeys.pending(change.digest()))).isPresent();
    }

    // Bad input: each refused for its own reason, and no state is changed.

    private void refusesWith(String words, Operation operation) {
        long revision = machine.committed().revision();
        Outcome outcome = run(operation);
        assertThat(standing(outcome)).isEqualTo(ChangeStanding.REFUSED);
        assertThat(detail(outcome)).contains(words);
        assertThat(machine.committed().revision()).isEqualTo(revision);
    }

    private void fails(KvError error, Operation operation) {
        long revision = machine.committed().revision();
        assertThat(run(operation)).isEqualTo(new Outcome.Failed(revision, error));
        assertThat(machine.committed().revision()).isEqualTo(revision);
    }

    @Test
    void badChangesAreRefusedEachForItsReason() {
        Change good = raise();
        Change foreign = new Change(
                new Digest(9, 9, 9, 9),
                1,
                nowSeconds,
                nowSeconds + 60,
                good.author(),
                "Replayed",
                List.of(),
                good.operations());
        refusesWith("is for chain", submit(foreign, "alice", "9"));
        refusesWith("is above the store's", submit(at(good, 99, nowSeconds, nowSeconds + 60), "alice", "9"));
        refusesWith("not valid before", submit(at(good, 1, nowSeconds + 1, nowSeconds + 60), "alice", "9"));
        refusesWith("expired", submit(at(good, 1, nowSeconds - 60, nowSeconds), "alice", "9"));
        refusesWith("lets a change be valid for", submit(at(good, 1, nowSeconds, nowSeconds + 601), "alice", "9"));
        refusesWith("nobody is registered", submit(good, "stranger", "9"));
        refusesWith("who is alice", submit(good, "bob", "9"));
        fails(KvError.INVALID_CHANGE, submit(good, "alice", "8"));
        fails(KvError.INVALID_CHANGE, submit(good, "alice", "9", "9"));
        Bytes none = Bytes.utf8("x");
        fails(
                KvError.INVALID_CHANGE,
                new Operation.SubmitChange(none, List.of(), key("alice").sign("change@cairn.dev", none)));
        fails(KvError.BAD_SIGNATURE, new Operation.SubmitChange(none, List.of(), Bytes.EMPTY));
        fails(
                KvError.BAD_SIGNATURE,
                new Operation.SubmitChange(
                        good.text(), List.of(Bytes.utf8("9")), key("alice").sign("git", good.text())));
        fails(KvError.UNKNOWN_CHANGE, approve(good, "bob"));
        Change conflicting = change(
                "alice",
                List.of(new Precondition.LastWrittenAt(Bytes.utf8("prod/limit"), 1)),
                putOf("prod/limit", "9"));
        refusesWith("prod/limit", submit(conflicting, "alice", "9"));
    }

    private static Change at(Change change, long base, long from, long expires) {
        return new Change(
                change.chain(), base, from, expires, change.author(), "Timed", List.of(), change.operations());
    }

    @Test
    void badApprovalsAreRefusedEachForItsReason() {
        Change change = raise();
        run(submit(change, "alice", "9"));
        Bytes text = new Endorsement(Endorsement.Kind.APPROVAL, CHAIN, change.digest()).text();

        refusesWith("nobody is registered", approve(change, "stranger"));
        fails(
                KvError.BAD_SIGNATURE,
                new Operation.EndorseChange(text, key("bob").sign("change@cairn.dev", text)));
        fails(KvError.BAD_SIGNATURE, new Operation.EndorseChange(text, Bytes.utf8("none")));
        fails(
                KvError.BAD_SIGNATURE,
                new Operation.EndorseChange(text, key("bob").withFlags(0).sign("approve@cairn.dev", text)));
        fails(KvError.UNKNOWN_CHANGE, endorse(Endorsement.Kind.APPROVAL, new Digest(1, 1, 1, 1), "bob"));
        assertThat(visible()).isEmpty();
    }

    @Test
    void anAuthorMayHaveSoManyWaitingAndNoMore() {
        for (int i = 0; i < PendingChanges.MAX_BY_AUTHOR; i++) {
            assertThat(standing(run(submit(raise(), "alice", "9")))).isEqualTo(ChangeStanding.PENDING);
        }
        fails(KvError.TOO_MANY_CHANGES, submit(raise(), "alice", "9"));
        Change bobs = change("bob", List.of(), putOf("prod/limit", "9"));
        assertThat(standing(run(submit(bobs, "bob", "9")))).isEqualTo(ChangeStanding.PENDING);
    }

    @Test
    void andSoManyBytes() {
        String large = "x".repeat(6 << 20);
        for (int i = 0; i < 2; i++) {
            Change change = change("alice", List.of(), putOf("prod/" + i, large));
            assertThat(standing(run(submit(change, "alice", large)))).isEqualTo(ChangeStanding.PENDING);
        }
        fails(KvError.TOO_MANY_CHANGES, submit(change("alice", List.of(), putOf("prod/2", large)), "alice", large));
        assertThat(standing(run(submit(raise(), "alice", "9")))).isEqualTo(ChangeStanding.PENDING);
    }

    @Test
    void approvalsOfKeysThatWereRevokedSinceDoNotCount() throws Exception {
        Change change = change("alice", List.of(), putOf("vault/a", "9"));
        run(submit(change, "alice", "9"));
        run(approve(change, "bob"));
        governedBy(governance(Set.of("bob")));

        Outcome carols = run(approve(change, "carol"));

        assertThat(standing(carols)).isEqualTo(ChangeStanding.REFUSED);
        assertThat(detail(carols)).contains("bob is revoked");
        assertThat(visible()).isEmpty();
    }

    @Test
    void aDeleteRangeIsDecidedOnByEveryGuardThatItTouches() {
        run(submit(change("alice", List.of(), putOf("prod/a", "1")), "alice", "1"));
        Change both =
                change("alice", List.of(), new ChangeOperation.DeleteRange(Bytes.utf8("prod/"), Bytes.utf8("vault0")));
        run(submit(both, "alice"));

        Outcome bobs = run(approve(both, "bob"));

        assertThat(standing(bobs)).isEqualTo(ChangeStanding.PENDING);
        assertThat(detail(bobs)).contains("vault/").doesNotContain("prod/");
    }
}
