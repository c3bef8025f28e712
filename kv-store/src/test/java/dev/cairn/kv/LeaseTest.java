package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.change.WriteText;
import dev.cairn.kv.model.Compare;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Leases, edge by edge. Every block of these tests is audited too. */
class LeaseTest extends LeaseFixture {

    // Grants.

    @Test
    void aGrantMakesALeaseAndNoRevision() {
        assertThat(grant(7, 10)).isEqualTo(new LeaseOutcome.Granted(1, 7, 10));
        assertThat(leases().find(7)).contains(new Lease(7, 10, 10_000));
        assertThat(grant(-7, 10)).isEqualTo(new LeaseOutcome.Granted(1, -7, 10));
        assertThat(grant(Long.MIN_VALUE, 10)).isInstanceOf(LeaseOutcome.Granted.class);
        assertThat(leases().byExpiry()).containsExactlyInAnyOrder(7L, -7L, Long.MIN_VALUE);
    }

    @Test
    void aShortTimeIsRaisedAndALongOneRefused() {
        for (long asked : List.of(Long.MIN_VALUE, -1L, 0L, 1L, 2L)) {
            assertThat(grant(100 + asked, asked)).isEqualTo(new LeaseOutcome.Granted(1, 100 + asked, 2));
        }
        assertThat(grant(1, 9_000_000_000L)).isEqualTo(new LeaseOutcome.Granted(1, 1, 9_000_000_000L));
        assertThat(grant(2, 9_000_000_001L)).isEqualTo(failed(KvError.LEASE_TTL_TOO_LARGE));
        assertThat(grant(2, Long.MAX_VALUE)).isEqualTo(failed(KvError.LEASE_TTL_TOO_LARGE));
        assertThat(leases().find(2)).isEmpty();
    }

    @Test
    void anIdIsGivenOnceAtATime() {
        grant(7, 10);
        assertThat(grant(7, 20)).isEqualTo(failed(KvError.LEASE_EXISTS));
        assertThat(leases().find(7)).contains(new Lease(7, 10, 10_000));
        run(new LeaseOperation.Revoke(7));
        assertThat(grant(7, 20)).isInstanceOf(LeaseOutcome.Granted.class);
        assertThat(grant(0, 10)).isEqualTo(failed(KvError.MALFORMED));
    }

    // Keys.

    @Test
    void aPutMovesItsKeyFromLeaseToLease() {
        grant(1, 10);
        grant(2, 10);
        run(put("a", 1));
        assertThat(keysOf(1)).containsExactly("a");
        run(put("a", 2));
        assertThat(keysOf(1)).isEmpty();
        assertThat(keysOf(2)).containsExactly("a");
        run(new Operation.Put(Bytes.utf8("a"), Bytes.utf8("w"), 0, false, false, true));
        assertThat(keysOf(2)).as("kept by ignore_lease").containsExactly("a");
        run(put("a", 0));
        assertThat(keysOf(2)).as("detached").isEmpty();
        run(put("a", 2));
        run(delete("a"));
        assertThat(keysOf(2)).as("deleted").isEmpty();
    }

    @Test
    void aLeaseThatDoesNotLiveTakesNoKey() {
        assertThat(run(put("a", 9))).isEqualTo(failed(KvError.LEASE_NOT_FOUND));
        Operation.Put absent = new Operation.Put(Bytes.utf8("a"), Bytes.EMPTY, 9, false, true, false);
        assertThat(run(absent)).as("asked before whether the key is there").isEqualTo(failed(KvError.LEASE_NOT_FOUND));
        grant(9, 10);
        assertThat(run(absent)).isEqualTo(failed(KvError.KEY_NOT_FOUND));
        assertThat(visible()).isEmpty();
    }

    @Test
    void aTransactionIsAllOrNothingAndItsOtherBranchIsNotAskedForItsLease() {
        grant(1, 10);
        assertThat(run(txn(List.of(put("a", 1), put("b", 9)), List.of()))).isEqualTo(failed(KvError.LEASE_NOT_FOUND));
        assertThat(keysOf(1)).isEmpty();
        assertThat(run(txn(List.of(put("a", 1)), List.of(put("b", 9))))).isInstanceOf(Outcome.Txn.class);
        assertThat(keysOf(1)).containsExactly("a");
        String tooNested = firstThatIsNestedTooDeep();
        assertThat(run(txn(List.of(put("c", 1), put(tooNested, 1)), List.of())))
                .isEqualTo(failed(KvError.KEY_TOO_NESTED));
        assertThat(keysOf(1)).as("undone").contains("a").doesNotContain("c");
        assertThat(run(put(tooNested, 0))).as("without a lease").isInstanceOf(Outcome.Put.class);
    }

    private String firstThatIsNestedTooDeep() {
        List<Operation> puts = new ArrayList<>();
        IntStream.range(1, 500).forEach(length -> puts.add(put("n".repeat(length), 1)));
        int fit = (int) run(puts).stream().filter(Outcome.Put.class::isInstance).count();
        assertThat(fit).isBetween(300, 498);
        return "n".repeat(fit + 1);
    }

    private static Operation.Txn txn(List<Operation> success, List<Operation> failure) {
        return new Operation.Txn(List.of(), success, failure);
    }

    @Test
    void aCompareSeesTheLease() {
        grant(5, 10);
        run(put("a", 5));
        assertThat(holds("a", Compare.Result.EQUAL, 5)).isTrue();
        assertThat(holds("a", Compare.Result.GREATER, 5)).isFalse();
        assertThat(holds("absent", Compare.Result.EQUAL, 0)).isTrue();
    }

    private boolean holds(String key, Compare.Result result, long lease) {
        Compare compare = new Compare(result, Compare.Target.LEASE, Bytes.utf8(key), Bytes.EMPTY, lease, Bytes.EMPTY);
        return ((Outcome.Txn) run(new Operation.Txn(List.of(compare), List.of(), List.of()))).succeeded();
    }

    // Ends.

    @Test
    void aRevocationDeletesTheKeysInTheirOrderAndInOneRevision() {
        grant(1, 10);
        List.of("c", "a", "b").forEach(key -> run(put(key, 1)));
        long revision = machine.committed().revision();
        KvState state = execute(request(List.of(new LeaseOperation.Revoke(1))));
        assertThat(deleted(state.changes()))
                .containsExactly("a@" + (revision + 1), "b@" + (revision + 1), "c@" + (revision + 1));
        commit(state);
        assertThat(visible()).isEmpty();
        assertThat(leases().count()).isZero();
        assertThat(run(new LeaseOperation.Revoke(1))).isEqualTo(failed(KvError.LEASE_NOT_FOUND));
    }

    @Test
    void anEndWithoutKeysMakesNoRevision() {
        grant(1, 10);
        assertThat(run(new LeaseOperation.Revoke(1))).isEqualTo(new LeaseOutcome.Revoked(1));
        grant(2, 2);
        passSeconds(2);
        assertThat(leases().count()).isZero();
        assertThat(machine.committed().revision()).isEqualTo(1);
    }

    @Test
    void eachLeaseThatRunsOutHasARevisionOfItsOwn() {
        grant(2, 5);
        grant(1, 5);
        run(List.of(put("x", 2), put("b", 1), put("a", 1)));
        passSeconds(4);
        assertThat(visible()).hasSize(3);
        long revision = machine.committed().revision();
        assertThat(deleted(pass(1000)))
                .containsExactly("a@" + (revision + 1), "b@" + (revision + 1), "x@" + (revision + 2));
        assertThat(machine.committed().revision()).isEqualTo(revision + 2);
    }

    @Test
    void nothingEndsEarly() {
        move(999);
        grant(1, 2);
        run(put("a", 1));
        pass(1000);
        pass(999);
        assertThat(leases().find(1)).contains(new Lease(1, 2, 1));
        assertThat(deleted(pass(1))).hasSize(1);
    }

    @Test
    void anOutageIsASecond() {
        grant(1, 5);
        run(put("a", 1));
        pass(3_600_000);
        assertThat(leases().find(1)).contains(new Lease(1, 5, 4_000));
        passSeconds(3);
        assertThat(visible()).containsKey("a");
        passSeconds(1);
        assertThat(visible()).isEmpty();
    }

    @Test
    void theClockStandsStillWithoutLeasesAndItsRecordGoes() {
        grant(1, 10);
        passSeconds(3);
        run(new LeaseOperation.Revoke(1));
        assertThat(machine.waitsForTime(machine.committed())).isFalse();
        Digest root = machine.committed().roots().stateRoot();
        pass(10_000);
        assertThat(machine.committed().roots().stateRoot()).isEqualTo(root);
        grant(1, 10);
        assertThat(leases().find(1)).contains(new Lease(1, 10, 10_000));
        assertThat(machine.waitsForTime(machine.committed())).isTrue();
    }

    @Test
    void ofVeryManyThatAreOverSomeEndInTheNextBlock() {
        int many = LeaseExecution.MAX_ENDED_PER_BLOCK + 1;
        run(IntStream.rangeClosed(1, many)
                .<Operation>mapToObj(id -> new LeaseOperation.Grant(id, 2))
                .toList());
        pass(1000);
        pass(1000);
        assertThat(leases().count()).isEqualTo(1);
        assertThat(leases().find(many)).contains(new Lease(many, 2, 0));
        pass(1);
        assertThat(leases().count()).isZero();
    }

    @Test
    void aLeaseWithVeryManyKeysEndsWholeAndTheNextOneInTheNextBlock() {
        int many = LeaseExecution.MAX_KEYS_PER_BLOCK + 1;
        grant(1, 5);
        grant(2, 5);
        List<Operation> puts = new ArrayList<>();
        IntStream.range(0, many).forEach(i -> puts.add(put("key-" + i, 1)));
        puts.add(put("z", 2));
        run(puts);
        passSeconds(4);
        List<KeyEvent> first = pass(1000);
        assertThat(first).hasSize(many);
        assertThat(first.stream().map(event -> event.change().modRevision()).distinct())
                .hasSize(1);
        assertThat(pass(1)).hasSize(1);
    }

    // Keeping alive.

    @Test
    void keepingAliveGivesTheWholeTimeAgain() {
        grant(1, 5);
        grant(2, 8);
        passSeconds(3);
        assertThat(run(keepAlive(1L, 99L, 2L))).isEqualTo(new LeaseOutcome.KeptAlive(1, List.of(5L, 0L, 8L)));
        assertThat(leases().find(1)).contains(new Lease(1, 5, 5_000));
        assertThat(leases().byExpiry()).containsExactly(1L, 2L);
        assertThat(run(keepAlive())).isEqualTo(new LeaseOutcome.KeptAlive(1, List.of()));
    }

    @Test
    void whatIsKeptAliveInTheBlockThatWouldEndItLivesOn() {
        grant(1, 2);
        run(put("a", 1));
        pass(1000);
        move(1000);
        assertThat(run(keepAlive(1L))).isEqualTo(new LeaseOutcome.KeptAlive(2, List.of(2L)));
        assertThat(leases().find(1)).contains(new Lease(1, 2, 2_000));
        pass(1000);
        pass(1000);
        assertThat(run(keepAlive(1L))).as("too late").isEqualTo(new LeaseOutcome.KeptAlive(3, List.of(0L)));
    }

    @Test
    void tooManyAtOnceAreRefused() {
        List<Long> ids = new ArrayList<>();
        IntStream.rangeClosed(0, LeaseOperation.KeepAlive.MAX_IDS).forEach(id -> ids.add((long) id));
        assertThat(run(new LeaseOperation.KeepAlive(ids))).isEqualTo(failed(KvError.TOO_MANY_OPS));
    }

    @Test
    void noneOfItStandsInATransaction() {
        List<LeaseOperation> all = List.of(new LeaseOperation.Grant(1, 2), new LeaseOperation.Revoke(1), keepAlive(1L));
        for (LeaseOperation operation : all) {
            assertThat(run(new Operation.Txn(List.of(), List.of(operation), List.of())))
                    .isEqualTo(failed(KvError.MALFORMED));
            assertThat(run(signed(operation))).isEqualTo(failed(KvError.MALFORMED));
        }
        assertThat(run(new Operation.Unique(Digest.ZERO, new LeaseOperation.Grant(1, 2))))
                .isInstanceOf(LeaseOutcome.Granted.class);
    }

    // Restarts.

    @Test
    void aRestartChangesNothing() {
        grant(1, 5);
        run(put("a", 1));
        passSeconds(3);
        Digest root = machine.committed().roots().stateRoot();
        reopen();
        assertThat(machine.committed().roots().stateRoot()).isEqualTo(root);
        assertThat(leases().find(1)).contains(new Lease(1, 5, 2_000));
        assertThat(keysOf(1)).containsExactly("a");
        passSeconds(1);
        assertThat(visible()).hasSize(1);
        passSeconds(1);
        assertThat(visible()).isEmpty();
    }

    // Guards.

    private Operation.SignedWrite signed(Operation operation) {
        long micros = nowSeconds * 1_000_000 + sequence;
        Bytes text = WriteText.of(CHAIN, micros, operation).text();
        return new Operation.SignedWrite(micros, operation, key("alice").sign(WriteText.NAMESPACE, text));
    }

    @Test
    void noLeaseIsAttachedWhereAGuardDecides() {
        grant(1, 10);
        assertThat(run(put("prod/a", 1))).isEqualTo(failed(KvError.GUARDED));
        assertThat(run(signed(put("prod/a", 1)))).isEqualTo(failed(KvError.LEASE_ON_GUARDED));
        assertThat(run(signed(txn(List.of(), List.of(put("prod/a", 1)))))).isEqualTo(failed(KvError.LEASE_ON_GUARDED));
        assertThat(run(signed(put("prod/a", 0)))).isInstanceOf(Outcome.Put.class);
        assertThat(run(signed(put("a", 1)))).as("an open key").isInstanceOf(Outcome.Put.class);
        assertThat(keysOf(1)).containsExactly("a");
    }

    @Test
    void aKeyThatCameUnderAGuardOutlivesItsLeaseAndIsAttachedToNothing() {
        grant(1, 5);
        grant(2, 100);
        run(List.of(put("g/a", 1), put("o", 1), put("g/b", 2)));
        guardLater(true);
        passSeconds(5);
        assertThat(visible()).containsOnlyKeys("g/a", "g/b");
        run(new LeaseOperation.Revoke(2));
        assertThat(visible()).containsOnlyKeys("g/a", "g/b");
        assertThat(leases().count()).isZero();

        grant(1, 5);
        assertThat(keysOf(1)).as("another lease of that id").isEmpty();
        run(signed(new Operation.Put(Bytes.utf8("g/a"), Bytes.utf8("w"), 0, false, false, true)));
        guardLater(false);
        run(new LeaseOperation.Revoke(1));
        assertThat(visible()).containsEntry("g/a", "w");
        assertThat(holds("g/a", Compare.Result.EQUAL, 0)).isTrue();
    }

    @Test
    void aKeyIsAttachedAgainToALeaseOfTheSameId() {
        grant(1, 5);
        run(put("g/a", 1));
        guardLater(true);
        run(new LeaseOperation.Revoke(1));
        guardLater(false);
        grant(1, 5);
        run(new Operation.Put(Bytes.utf8("g/a"), Bytes.utf8("w"), 1, false, false, false));
        assertThat(keysOf(1)).containsExactly("g/a");
        run(new LeaseOperation.Revoke(1));
        assertThat(visible()).isEmpty();
    }
}
