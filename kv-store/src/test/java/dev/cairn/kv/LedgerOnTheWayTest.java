package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.Space;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Request;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Changes on their way into the store: values that come later, gateways that hold back, what is verified ahead. */
class LedgerOnTheWayTest extends LedgerFixture {
    private Change twoKeys() {
        return change("alice", List.of(), putOf("prod/a", "first"), putOf("prod/b", "second"));
    }

    private static Operation stage(Change change, int first, String... values) {
        return new Operation.StageValues(
                change.digest(), first, Stream.of(values).map(Bytes::utf8).toList());
    }

    // Values.

    @Test
    void valuesMayComeOneByOneAndTheLastOneExecutesTheChange() {
        Change change = twoKeys();
        run(submit(change, "alice"));
        Outcome approved = run(approve(change, "carol"));
        assertThat(standing(approved)).isEqualTo(ChangeStanding.PENDING);
        assertThat(detail(approved)).contains("2 values", "prod/a");

        Outcome half = run(stage(change, 0, "first"));
        assertThat(standing(half)).isEqualTo(ChangeStanding.PENDING);
        assertThat(detail(half)).contains("1 values", "prod/b");
        assertThat(run(stage(change, 0, "first"))).as("once more").isEqualTo(half);
        assertThat(visible()).isEmpty();

        assertThat(standing(run(stage(change, 1, "second")))).isEqualTo(ChangeStanding.EXECUTED);
        assertThat(visible()).isEqualTo(Map.of("prod/a", "first", "prod/b", "second"));
        assertThat(record(LedgerKeys.value(change.digest(), 0))).isEmpty();
        assertThat(standing(run(stage(change, 1, "second")))).isEqualTo(ChangeStanding.EXECUTED);
    }

    @Test
    void theFirstValuesMayComeWithTheChangeAndSignaturesLast() {
        Change change = twoKeys();
        assertThat(detail(run(submit(change, "alice", "first")))).contains("1 values", "prod/b", "1 more of 2");
        assertThat(detail(run(stage(change, 1, "second")))).doesNotContain("values");
        assertThat(standing(run(approve(change, "carol")))).isEqualTo(ChangeStanding.EXECUTED);
        assertThat(visible()).isEqualTo(Map.of("prod/a", "first", "prod/b", "second"));
    }

    @Test
    void aValueThatTheTextDoesNotNameIsRefusedAndChangesNothing() {
        Change change = twoKeys();
        run(submit(change, "alice"));
        long revision = machine.committed().revision();
        Outcome.Failed invalid = new Outcome.Failed(revision, KvError.INVALID_CHANGE);

        assertThat(run(stage(change, 0, "second"))).isEqualTo(invalid);
        assertThat(run(stage(change, 0, "first", "first"))).isEqualTo(invalid);
        assertThat(run(stage(change, 0, "first", "second", "third"))).isEqualTo(invalid);
        assertThat(run(stage(change, 2, "first"))).isEqualTo(invalid);
        assertThat(run(stage(change, -1, "first"))).isEqualTo(invalid);
        assertThat(run(stage(change, Integer.MAX_VALUE, "first", "second"))).isEqualTo(invalid);
        assertThat(run(stage(twoKeys(), 0, "first"))).isEqualTo(new Outcome.Failed(revision, KvError.UNKNOWN_CHANGE));
        assertThat(record(LedgerKeys.value(change.digest(), 0))).isEmpty();
        assertThat(machine.committed().revision()).isEqualTo(revision);
    }

    @Test
    void severalValuesMayComeTogetherInOneRevision() {
        Change change = twoKeys();
        run(submit(change, "alice"));
        long revision = machine.committed().revision();

        assertThat(detail(run(stage(change, 0, "first", "second")))).doesNotContain("values");
        assertThat(machine.committed().revision()).isEqualTo(revision + 1);
        assertThat(standing(run(approve(change, "carol")))).isEqualTo(ChangeStanding.EXECUTED);
        assertThat(visible()).isEqualTo(Map.of("prod/a", "first", "prod/b", "second"));
    }

    @Test
    void ofSeveralValuesThoseThatAreThereAreNotWrittenAgain() {
        Change change = twoKeys();
        run(submit(change, "alice", "first"));
        long before = writtenAt(LedgerKeys.value(change.digest(), 0));

        run(stage(change, 0, "first", "second"));
        assertThat(writtenAt(LedgerKeys.value(change.digest(), 0))).isEqualTo(before);
        long revision = machine.committed().revision();
        assertThat(writtenAt(LedgerKeys.value(change.digest(), 1))).isEqualTo(revision);
        run(stage(change, 0, "first", "second"));
        assertThat(machine.committed().revision()).isEqualTo(revision);
    }

    @Test
    void whatBringsNoValueIsNoOperation() {
        Operation one = stage(twoKeys(), 1, "");
        assertThat(OperationCodec.decode(OperationCodec.encode(List.of(one)))).contains(List.of(one));
        byte[] none = OperationCodec.encode(List.of(one)).toArray();
        int countAt = none.length - 2 * Integer.BYTES; // behind it stands the length of the one value
        none[countAt + Integer.BYTES - 1] = 0;
        assertThat(OperationCodec.decode(Bytes.wrap(Arrays.copyOf(none, countAt + Integer.BYTES))))
                .isEmpty();
    }

    private long writtenAt(Bytes record) {
        return machine.committed()
                .tree()
                .get(Space.LEDGER.treeKey(record))
                .orElseThrow()
                .head()
                .modRevision();
    }

    @Test
    void theRoomForAllValuesIsTakenWhenTheChangeIs() {
        Change large = change(
                "alice",
                List.of(),
                put(Bytes.utf8("prod/a"), Bytes.wrap(new byte[(int) PendingChanges.MAX_BYTES_BY_AUTHOR])));
        assertThat(run(submit(large, "alice")))
                .isEqualTo(new Outcome.Failed(machine.committed().revision(), KvError.TOO_MANY_CHANGES));
    }

    // Gateways that hold back.

    @Test
    void whatWasHeldBackCanBeWithdrawnAndIsNeverBroughtIn() {
        Change change = twoKeys();
        Operation withdrawal = withdrawUnseen(change, "alice");

        assertThat(standing(run(withdrawal))).isEqualTo(ChangeStanding.WITHDRAWN);
        assertThat(standing(run(submit(change, "alice", "first", "second")))).isEqualTo(ChangeStanding.WITHDRAWN);
        assertThat(standing(run(approve(change, "carol")))).isEqualTo(ChangeStanding.WITHDRAWN);
        assertThat(standing(run(withdrawal))).isEqualTo(ChangeStanding.WITHDRAWN);
        assertThat(visible()).isEmpty();
    }

    @Test
    void onlyItsAuthorWithdrawsWhatNobodyHasSeen() {
        Change change = twoKeys();

        Outcome refused = run(withdrawUnseen(change, "bob"));
        assertThat(standing(refused)).isEqualTo(ChangeStanding.REFUSED);
        assertThat(detail(refused)).contains("bob", "alice");
        assertThat(standing(run(submit(change, "alice", "first", "second")))).isEqualTo(ChangeStanding.PENDING);
        assertThat(standing(run(withdrawUnseen(change, "alice"))))
                .as("one that waits, the same way")
                .isEqualTo(ChangeStanding.WITHDRAWN);
    }

    private static Operation withdrawUnseen(Change change, String signer) {
        Bytes text = new Endorsement(Endorsement.Kind.WITHDRAWAL, CHAIN, change.digest()).text();
        return new Operation.SubmitChange(change.text(), List.of(), key(signer).sign("withdraw@cairn.dev", text));
    }

    // Ahead of execution.

    @Test
    void whatWasPreparedIsNotVerifiedAgain() {
        Change change = twoKeys();
        Request submission = request(List.of(submit(change, "alice", "first", "second")));
        Request unique = request(List.of(new Operation.Unique(new Digest(9, 9, 9, 9), approve(change, "carol"))));
        machine.prepare(submission);
        machine.prepare(unique);
        assertThat(machine.signaturesVerified()).isEqualTo(2);

        commit(execute(submission, unique));

        assertThat(visible()).hasSize(2);
        assertThat(machine.signaturesVerified()).isEqualTo(2);
    }

    @Test
    void aSignatureThatDoesNotHoldIsPaidForOnceToo() {
        Change change = twoKeys();
        Operation forged = new Operation.SubmitChange(
                change.text(),
                List.of(Bytes.utf8("first"), Bytes.utf8("second")),
                key("alice").sign("change@cairn.dev", Bytes.utf8("another text")));
        machine.prepare(request(List.of(forged)));
        for (int i = 0; i < 5; i++) {
            assertThat(run(forged))
                    .isEqualTo(new Outcome.Failed(machine.committed().revision(), KvError.BAD_SIGNATURE));
        }
        assertThat(machine.signaturesVerified()).isEqualTo(1);
        assertThat(machine.signaturesRefused()).isEqualTo(1);
        assertThat(machine.fault(forged))
                .hasValueSatisfying(why -> assertThat(why).contains("signature"));
    }

    @Test
    void nothingIsReadOfWhatNobodyRegisteredHasSigned() {
        Change change = twoKeys();
        Operation strangers = submit(change, "stranger", "first", "second");
        Operation nobodys = new Operation.SubmitChange(change.text(), List.of(), Bytes.utf8("nothing"));
        Operation approval = approve(change, "stranger");
        for (Operation each : List.of(strangers, nobodys, approval)) {
            machine.prepare(request(List.of(each)));
        }

        assertThat(detail(run(strangers))).contains("nobody is registered with the key");
        assertThat(run(nobodys))
                .isEqualTo(new Outcome.Failed(machine.committed().revision(), KvError.BAD_SIGNATURE));
        run(approval);
        assertThat(machine.fault(strangers)).isEmpty();
        assertThat(machine.fault(nobodys)).isPresent();
        assertThat(machine.signaturesVerified()).isZero();
        assertThat(machine.textsRead()).isZero();
    }

    @Test
    void aSignedTextThatIsNoChangeIsReadOnce() {
        Bytes text = Bytes.utf8("cairn-change-1\nnonsense\n");
        Operation nonsense =
                new Operation.SubmitChange(text, List.of(), key("alice").sign("change@cairn.dev", text));
        machine.prepare(request(List.of(nonsense)));
        for (int i = 0; i < 3; i++) {
            assertThat(run(nonsense))
                    .isEqualTo(new Outcome.Failed(machine.committed().revision(), KvError.INVALID_CHANGE));
        }
        assertThat(machine.fault(nonsense)).isPresent();
        assertThat(machine.textsRead()).isEqualTo(1);
    }

    @Test
    void aSignatureOrAValueMoreDoesNotWriteTheTextAgain() {
        Change change =
                change("alice", List.of(), putOf("prod/a" + "k".repeat(4000), "first"), putOf("prod/b", "second"));
        run(submit(change, "alice"));
        assertThat(record(LedgerKeys.text(change.digest()))).contains(change.text());
        KvState valued = execute(request(List.of(stage(change, 0, "first"))));
        commit(valued);
        KvState approved = execute(request(List.of(approve(change, "carol"))));
        commit(approved);

        assertThat(bytesWritten(valued)).isLessThan(100);
        assertThat(bytesWritten(approved)).isLessThan(2000);
        assertThat(machine.textsRead()).isEqualTo(1);
        assertThat(standing(run(stage(change, 1, "second")))).isEqualTo(ChangeStanding.EXECUTED);
        assertThat(record(LedgerKeys.text(change.digest()))).isEmpty();
    }

    private static long bytesWritten(KvState state) {
        return state.changes().stream()
                .mapToLong(event -> event.change().value().length())
                .sum();
    }

    /** Whether a replica has read the text before or not, as one that has just started. */
    @Test
    void aTextThatIsForgottenIsReadAgain() {
        Change change = twoKeys();
        run(submit(change, "alice", "first", "second"));
        machine.close();
        machine = KvStateMachine.open(directory, CHAIN, founding(), Limits.DEFAULT);

        assertThat(standing(run(approve(change, "carol")))).isEqualTo(ChangeStanding.EXECUTED);
        assertThat(machine.textsRead()).isEqualTo(1);
    }

    /** A primary may send so many ahead, and hold back the block that comes before them. */
    @Test
    void whatIsInBlocksThatWaitIsVerifiedOnce() {
        Bytes ofAnotherText = key("alice").sign("approve@cairn.dev", Bytes.utf8("another text"));
        int ahead = Parameters.DEFAULT.horizon() * Parameters.MAX_BLOCK_REQUESTS;
        IntStream.range(0, ahead).forEach(i -> machine.prepare(forged(i, ofAnotherText)));
        assertThat(machine.signaturesRefused()).isEqualTo(ahead);

        IntStream.range(0, 1000).forEach(i -> machine.prepare(forged(i, ofAnotherText)));
        assertThat(machine.signaturesVerified()).isEqualTo(ahead);
    }

    private Request forged(int number, Bytes signature) {
        Bytes text = new Endorsement(Endorsement.Kind.APPROVAL, CHAIN, new Digest(number, 1, 1, 1)).text();
        return request(List.of(new Operation.EndorseChange(text, signature)));
    }

    @Test
    void nothingSignedHidesBehindAnotherOperation() {
        Change change = twoKeys();
        List<Outcome> outcomes = run(List.of(put("open/a", "1"), submit(change, "alice", "first", "second")));

        assertThat(outcomes.getFirst()).isInstanceOf(Outcome.Put.class);
        assertThat(outcomes.getLast())
                .isEqualTo(new Outcome.Failed(machine.committed().revision(), KvError.MALFORMED));
        assertThat(record(LedgerKeys.pending(change.digest()))).isEmpty();
        assertThat(machine.signaturesVerified()).isZero();
    }

    // What an etcd client is told.

    @Test
    void aRefusalNamesTheGuardAndWhoSigns() {
        Unsigned unsigned = new Unsigned(governance());
        assertThat(unsigned.reason(put("prod/a", "1")))
                .hasValueSatisfying(why -> assertThat(why).contains("prod/a", "\"prod/\"", "2 of alice, bob, carol"));
        assertThat(unsigned.reason(new Operation.DeleteRange(Bytes.utf8("open/"), Bytes.utf8("q"), false)))
                .hasValueSatisfying(why -> assertThat(why).contains("range", "registry"));
        assertThat(unsigned.reason(new Operation.Txn(List.of(), List.of(), List.of(put("vault/a", "1")))))
                .hasValueSatisfying(why -> assertThat(why).contains("\"vault/\""));
        assertThat(unsigned.reason(new Operation.Compact(1, false)))
                .hasValueSatisfying(why -> assertThat(why).contains("compact"));
        assertThat(unsigned.reason(put("open/a", "1"))).isEmpty();
    }
}
