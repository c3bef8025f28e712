package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.Compare;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.kv.model.Space;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ExecutionTest extends ExecutionFixture {
    // Requests.

    @Test
    void aRequestThatIsProposedAgainChangesNothing() {
        Request request = request(List.of(put("a", "1")));
        commit(execute(request));
        KvState again = execute(request);
        assertThat(again.results()).containsExactly(new RequestOutcome.Refused(KvError.DUPLICATE_REQUEST));
        assertThat(again.changes()).isEmpty();
        assertThat(again.revision()).isEqualTo(2);
        assertThat(again.roots().firstRevision()).isEqualTo(3);
    }

    @Test
    void anOlderRequestIsStillExecutedAfterANewerOne() {
        Request older = request(List.of(put("a", "1")));
        Request newer = request(List.of(put("b", "1")));
        commit(execute(newer));
        assertThat(execute(older).results().getFirst()).isInstanceOf(RequestOutcome.Executed.class);
    }

    @Test
    void aRequestBelowTheWindowIsNotExecutedAgain() {
        Request old = request(List.of(put("a", "1")));
        sequence += Sessions.WINDOW;
        commit(execute(request(List.of(put("b", "1")))));
        assertThat(execute(old).results()).containsExactly(new RequestOutcome.Refused(KvError.DUPLICATE_REQUEST));
    }

    @Test
    void nothingExecutesWithoutASession() {
        Request stranger = new Request(
                new RequestId(new ClientId(0), 8, 0),
                OperationCodec.encode(List.of(put("a", "1"))),
                new Signature(Bytes.EMPTY));
        assertThat(execute(stranger).results()).containsExactly(new RequestOutcome.Refused(KvError.NO_SESSION));
    }

    @Test
    void theSessionUsedLongestAgoGoesFirst() {
        for (long session = 100; session < 100 + Limits.DEFAULT.sessionsPerClient(); session++) {
            commit(execute(opening(session, machine.committed().height().value())));
        }
        assertThat(execute(request(List.of(put("a", "1")))).results())
                .containsExactly(new RequestOutcome.Refused(KvError.NO_SESSION));
    }

    @Test
    void aSessionThatWasPushedOutIsNotOpenedAgainByItsOldRequests() {
        Request opening = opening(99, 0);
        Request put = new Request(
                new RequestId(new ClientId(0), 99, 1),
                OperationCodec.encode(List.of(put("a", "old"))),
                new Signature(Bytes.EMPTY));
        commit(execute(opening, put));
        for (long session = 100; session < 100 + Limits.DEFAULT.sessionsPerClient(); session++) {
            commit(execute(opening(session, machine.committed().height().value())));
        }
        assertThat(execute(opening, put).results())
                .containsOnly(new RequestOutcome.Refused(KvError.NO_SESSION))
                .hasSize(2);
        Request anew = opening(200, machine.committed().height().value());
        assertThat(execute(anew).results()).hasOnlyElementsOfType(RequestOutcome.Executed.class);
    }

    /** It could be opened again when it has been pushed out. */
    @Test
    void aSessionIsNotOpenedFromTheFuture() {
        Request opening = opening(99, machine.committed().height().value() + 1);
        assertThat(execute(opening).results()).containsExactly(new RequestOutcome.Refused(KvError.NO_SESSION));
    }

    private static Request opening(long session, long seenHeight) {
        return new Request(
                new RequestId(new ClientId(0), session, 0),
                OperationCodec.encode(List.of(new Operation.OpenSession(seenHeight))),
                new Signature(Bytes.EMPTY));
    }

    @Property(tries = 50)
    void noBytesMakeExecutionThrow(@ForAll List<byte[]> garbage) {
        for (byte[] bytes : garbage) {
            Request request = new Request(
                    new RequestId(new ClientId(0), 7, sequence++), Bytes.copyOf(bytes), new Signature(Bytes.EMPTY));
            assertThat(execute(request).results()).hasSize(1);
        }
    }

    @Test
    void aNonceChangesNothingButTheRequest() {
        List<Operation> operations = List.of(
                put("a", "1"),
                new Operation.DeleteRange(Bytes.utf8("b"), Bytes.EMPTY, true),
                new Operation.Txn(List.of(), List.of(put("b", "2"), put("c", "3")), List.of()),
                get(Bytes.utf8("a"), Bytes.EMPTY, 0),
                new Operation.Compact(2, true),
                new Operation.Put(Bytes.EMPTY, Bytes.EMPTY, 0, false, false, false));
        Request plain = request(operations);
        List<Operation> withNonces = operations.stream()
                .<Operation>map(operation -> new Operation.Unique(new Digest(1, 2, 3, 4), operation))
                .toList();
        Request unique = new Request(plain.id(), OperationCodec.encode(withNonces), plain.signature());
        assertThat(unique.digest(CHAIN)).isNotEqualTo(plain.digest(CHAIN));
        assertThat(execute(unique).roots()).isEqualTo(execute(plain).roots());
    }

    @Test
    void whatIsUniqueStandsAlone() {
        Operation unique = new Operation.Unique(new Digest(1, 2, 3, 4), put("a", "1"));
        for (Operation operation : List.of(
                new Operation.Unique(new Digest(5, 6, 7, 8), unique),
                new Operation.Unique(new Digest(5, 6, 7, 8), new Operation.OpenSession(0)),
                new Operation.Txn(List.of(), List.of(unique), List.of()))) {
            assertThat(run(operation))
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.error()).isEqualTo(KvError.MALFORMED));
        }
    }

    // Transactions.

    @Test
    void aTxnThatFailsHalfwayLeavesNothingBehind() {
        run(put("a", "1"));
        Digest root = machine.committed().roots().stateRoot();
        KvState state = execute(request(List.of(new Operation.Txn(
                List.of(), List.of(put("b", "2"), get(Bytes.utf8("a"), Bytes.EMPTY, 99)), List.of()))));
        Outcome outcome = ((RequestOutcome.Executed) state.results().getFirst())
                .outcomes()
                .getFirst();
        assertThat(outcome).isEqualTo(new Outcome.Failed(2, KvError.FUTURE_REVISION));
        assertThat(state.changes()).isEmpty();
        assertThat(state.tree().get(Space.CLIENTS.treeKey(Bytes.utf8("b")))).isEmpty();
        assertThat(root).isNotNull();
    }

    @Test
    void conditionsSeeTheStateBeforeAndReadsInsideSeeEarlierWrites() {
        run(put("a", "1"));
        Compare absent =
                new Compare(Compare.Result.EQUAL, Compare.Target.VERSION, Bytes.utf8("b"), Bytes.EMPTY, 0, Bytes.EMPTY);
        Operation.Txn nested = new Operation.Txn(List.of(absent), List.of(put("c", "3")), List.of());
        Outcome.Txn txn = (Outcome.Txn) run(new Operation.Txn(
                List.of(absent),
                List.of(put("b", "2"), nested, Operation.Range.all(Bytes.utf8("b"), Bytes.utf8("d"))),
                List.of()));
        assertThat(txn.succeeded()).isTrue();
        assertThat(((Outcome.Txn) txn.responses().get(1)).succeeded()).isTrue();
        assertThat(((Outcome.Ranged) txn.responses().get(2)).count()).isEqualTo(2);
        assertThat(txn.revision()).isEqualTo(3);
    }

    @Test
    void aValueComparisonWithAnAbsentKeyNeverHolds() {
        for (Compare.Result result : Compare.Result.values()) {
            Compare compare =
                    new Compare(result, Compare.Target.VALUE, Bytes.utf8("no"), Bytes.EMPTY, 0, Bytes.utf8("x"));
            assertThat(((Outcome.Txn) run(new Operation.Txn(List.of(compare), List.of(), List.of()))).succeeded())
                    .as(result.name())
                    .isFalse();
        }
    }

    @Test
    void aKeyMayBePutOnceInATxn() {
        Operation.Txn twice = new Operation.Txn(List.of(), List.of(put("a", "1"), put("a", "2")), List.of());
        assertThat(run(twice)).isEqualTo(new Outcome.Failed(1, KvError.DUPLICATE_KEY));
        Operation.Txn branches = new Operation.Txn(List.of(), List.of(put("a", "1")), List.of(put("a", "2")));
        Operation.Txn nested = new Operation.Txn(List.of(), List.of(branches), List.of());
        assertThat(run(nested)).isInstanceOf(Outcome.Txn.class);
    }

    @Test
    void aFullStoreRefusesPutsAndIsFreedByDeletingAndCompacting() {
        machine.close();
        Limits small = new Limits(200_000, 64L << 20, 128, 20_000, 16);
        machine = KvStateMachine.open(directory, CHAIN, Governance.OPEN, small);
        int stored = 0;
        while (run(put("key " + stored, "value")) instanceof Outcome.Put) {
            stored++;
        }
        assertThat(stored).isBetween(20, 40);
        long revision = machine.committed().revision();
        assertThat(run(put("one more", "1"))).isEqualTo(new Outcome.Failed(revision, KvError.NO_SPACE));
        assertThat(run(new Operation.Txn(List.of(), List.of(put("one more", "1")), List.of())))
                .isEqualTo(new Outcome.Failed(revision, KvError.NO_SPACE));
        assertThat(machine.committed().revision()).isEqualTo(revision);
        Outcome deleted = run(new Operation.DeleteRange(Bytes.utf8("key 1"), Bytes.utf8("key 2"), false));
        assertThat(deleted).isInstanceOf(Outcome.Deleted.class);
        assertThat(run(put("one more", "1")))
                .as("tombstones stay until they are compacted")
                .isInstanceOf(Outcome.Failed.class);
        // A compaction keeps the tombstones of its own revision, so there must be a later one.
        run(new Operation.DeleteRange(Bytes.utf8("key 2"), Bytes.EMPTY, false));
        run(new Operation.Compact(machine.committed().revision(), false));
        assertThat(run(put("one more", "1"))).isInstanceOf(Outcome.Put.class);
    }

    @Test
    void aPutThatKeepsALargeValueStoresItAgain() {
        Bytes key = Bytes.utf8("large");
        run(new Operation.Put(key, Bytes.utf8("v".repeat(5000)), 0, false, false, false));
        run(new Operation.Put(key, Bytes.EMPTY, 0, false, true, false));
        KeyVersion newest = machine.committed()
                .tree()
                .get(Space.CLIENTS.treeKey(key))
                .orElseThrow()
                .head();
        assertThat(newest.version()).isEqualTo(2);
        assertThat(machine.load(newest).orElseThrow().value().size()).isEqualTo(5000);
    }

    @Test
    void aSpeculativeStateLeavesItsParentAsItWas() {
        run(put("a", "1"));
        KvState before = machine.committed();
        KvState left = execute(request(List.of(put("a", "left"))));
        KvState right = execute(request(List.of(put("a", "right"))));
        assertThat(before.tree().rootHash()).isEqualTo(before.roots().stateRoot());
        assertThat(left.roots().stateRoot()).isNotEqualTo(right.roots().stateRoot());
    }
}
