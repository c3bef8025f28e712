package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.WriteText;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Guard;
import dev.cairn.kv.guard.GuardTable;
import dev.cairn.kv.guard.Lifetime;
import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.Registry;
import dev.cairn.kv.guard.Right;
import dev.cairn.kv.guard.Scope;
import dev.cairn.kv.model.AuthOperation;
import dev.cairn.kv.model.Compare;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.KeyKind;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.TestKey;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A node that may write below nodes/web1/ by its signature alone, and not below nodes/web2/. */
class SignedWritesTest extends LedgerFixture {
    private static final TestKey WEB1 = TestKey.of(KeyKind.ED25519, 11);
    private static final TestKey OLD = TestKey.of(KeyKind.ED25519, 12);
    private static final Bytes ROOT = Bytes.utf8("root");
    private static final String PULL = "nodes/web1/pull";

    @Override
    Governance founding() {
        Governance people = governance();
        List<Principal> all = new ArrayList<>(people.registry().principals());
        all.add(web1());
        List<Guard> guards = Stream.concat(
                        people.allGuards().stream().filter(guard -> guard.scope() instanceof Scope.OfPrefix),
                        Stream.of(onNode("web1"), onNode("web2")))
                .toList();
        return new Governance(
                new Registry(all),
                new GuardTable(people.guards().registryGuard(), guards, List.of(Bytes.utf8("open/"))),
                Optional.empty(),
                EnumSet.of(Right.AUTH),
                0);
    }

    private static Principal web1() {
        try {
            return new Principal(
                    new PrincipalName("web1"),
                    Principal.Kind.NODE,
                    new TreeSet<>(),
                    List.of(
                            new Principal.HeldKey(WEB1.publicKey(), Lifetime.ALWAYS),
                            new Principal.HeldKey(OLD.publicKey(), Lifetime.ALWAYS.revokedAt(START))),
                    Lifetime.ALWAYS);
        } catch (SshException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Guard onNode(String name) {
        return new Guard(
                new Scope.OfPrefix(Bytes.utf8("nodes/" + name + "/")),
                1,
                new TreeSet<>(List.of(new PrincipalName(name), new PrincipalName("alice"))),
                new TreeSet<>(),
                false,
                EnumSet.allOf(KeyKind.class),
                LIFETIME);
    }

    private long micros(int more) {
        return nowSeconds * 1_000_000 + more;
    }

    private static Operation.SignedWrite signed(long micros, Operation operation) {
        return signed(WEB1, micros, operation);
    }

    private static Operation.SignedWrite signed(TestKey key, long micros, Operation operation) {
        Bytes text = WriteText.of(CHAIN, micros, operation).text();
        return new Operation.SignedWrite(micros, operation, key.sign(WriteText.NAMESPACE, text));
    }

    private void refuses(KvError error, Operation write) {
        assertThat(run(write)).isEqualTo(new Outcome.Failed(machine.committed().revision(), error));
    }

    @Test
    void aNodeWritesWhereItsSignatureIsEnough() {
        assertThat(run(signed(micros(0), put(PULL, "ok")))).isInstanceOf(Outcome.Put.class);
        assertThat(run(signed(micros(1), put("open/a", "too")))).isInstanceOf(Outcome.Put.class);
        assertThat(visible()).containsEntry(PULL, "ok").containsEntry("open/a", "too");
    }

    @Test
    void andNowhereElse() {
        refuses(KvError.GUARDED, signed(micros(0), put("nodes/web2/pull", "x")));
        refuses(KvError.GUARDED, signed(micros(1), put("prod/limit", "x")));
        refuses(KvError.GUARDED, signed(micros(2), put("anything", "x")));
        refuses(
                KvError.GUARDED,
                signed(micros(3), new Operation.DeleteRange(Bytes.utf8("nodes/"), Bytes.utf8("nodes0"), false)));
        refuses(
                KvError.GUARDED,
                signed(micros(4), new Operation.Txn(List.of(), List.of(put(PULL, "x")), List.of(put("prod/x", "x")))));
        refuses(KvError.GUARDED, put(PULL, "without a signature"));
        assertThat(visible()).isEmpty();
    }

    /** A node is no user: what users need permission for its signature neither writes, nor reads, nor compares. */
    @Test
    void whereUsersNeedPermissionASignatureReachesWhatGuardsLeaveToIt() {
        run(put("open/secret", "s"));
        run(new AuthOperation.UserAdd(ROOT, Bytes.EMPTY, true));
        run(new AuthOperation.UserGrantRole(ROOT, ROOT));
        assertThat(run(new AuthOperation.Enable())).isInstanceOf(Outcome.AuthChanged.class);

        Operation.Range secret = Operation.Range.all(Bytes.utf8("open/secret"), Bytes.EMPTY);
        Operation.Range everything = Operation.Range.all(Bytes.utf8("nodes/web1/"), Bytes.wrap(new byte[1]));
        Compare guess =
                new Compare(Compare.Result.EQUAL, Compare.Target.VALUE, secret.key(), Bytes.EMPTY, 0, Bytes.utf8("s"));
        Operation.Txn nested = new Operation.Txn(List.of(guess), List.of(), List.of());
        refuses(KvError.PERMISSION_DENIED, signed(micros(0), put("open/a", "x")));
        refuses(KvError.PERMISSION_DENIED, signed(micros(1), new Operation.Txn(List.of(), List.of(), List.of(secret))));
        refuses(
                KvError.PERMISSION_DENIED,
                signed(micros(2), new Operation.Txn(List.of(), List.of(everything), List.of())));
        refuses(KvError.PERMISSION_DENIED, signed(micros(3), new Operation.Txn(List.of(), List.of(nested), List.of())));

        Operation.Range own = Operation.Range.all(Bytes.utf8(PULL), Bytes.EMPTY);
        assertThat(run(signed(micros(4), new Operation.Txn(List.of(), List.of(put(PULL, "ok"), own), List.of()))))
                .isInstanceOf(Outcome.Txn.class);
        assertThat(visible()).containsEntry(PULL, "ok").doesNotContainKey("open/a");
    }

    @Test
    void aThresholdOfTwoIsNotMetByOne() {
        refuses(KvError.GUARDED, signed(key("alice"), micros(0), put("prod/limit", "9")));
        assertThat(run(signed(key("alice"), micros(1), put(PULL, "by hand")))).isInstanceOf(Outcome.Put.class);
    }

    /** A gateway that captured it sends it again: it hears what its sender heard, and nothing is done. */
    @Test
    void whatIsSentAgainIsAnsweredAsItWasAndNotDone() {
        Operation.SignedWrite first = signed(micros(0), put(PULL, "first"));
        Outcome answer = run(first);
        run(new Operation.EndorseChange(Bytes.EMPTY, Bytes.EMPTY));
        assertThat(run(first)).isEqualTo(answer);
        assertThat(run(new Operation.Unique(new Digest(1, 1, 1, 1), first))).isEqualTo(answer);

        run(signed(micros(1), put(PULL, "second")));
        refuses(KvError.WRITE_SUPERSEDED, first);
        assertThat(visible()).containsEntry(PULL, "second");
    }

    @Test
    void theAnswerOfADeleteAndOfATransactionIsKept() {
        run(signed(micros(0), put(PULL, "x")));
        Operation.SignedWrite delete = signed(
                micros(1), new Operation.DeleteRange(Bytes.utf8("nodes/web1/"), Bytes.utf8("nodes/web10"), true));
        Outcome.Deleted deleted = (Outcome.Deleted) run(delete);
        assertThat(deleted.count()).isEqualTo(1);
        assertThat(run(delete)).isEqualTo(new Outcome.Deleted(deleted.revision(), 1, List.of()));

        Compare exists = new Compare(
                Compare.Result.GREATER, Compare.Target.VERSION, Bytes.utf8(PULL), Bytes.EMPTY, 0, Bytes.EMPTY);
        Operation.SignedWrite txn =
                signed(micros(2), new Operation.Txn(List.of(exists), List.of(), List.of(put(PULL, "again"))));
        Outcome.Txn done = (Outcome.Txn) run(txn);
        assertThat(done.succeeded()).isFalse();
        assertThat(run(txn)).isEqualTo(new Outcome.Txn(done.revision(), false, List.of()));
    }

    /** Else a gateway could keep it for the day on which it is allowed. */
    @Test
    void whatWasRefusedIsUsedUp() {
        Operation.SignedWrite denied = signed(micros(5), put("nodes/web2/pull", "x"));
        refuses(KvError.GUARDED, denied);
        refuses(KvError.WRITE_SUPERSEDED, signed(micros(4), put(PULL, "earlier")));
        refuses(KvError.WRITE_SUPERSEDED, signed(micros(5), put(PULL, "at the same time")));
        refuses(KvError.GUARDED, denied);
    }

    @Test
    void whatIsAlteredOrForgedIsRefused() {
        Operation.SignedWrite write = signed(micros(0), put(PULL, "x"));
        refuses(
                KvError.BAD_SIGNATURE,
                new Operation.SignedWrite(write.timeMicros(), put(PULL, "y"), write.signature()));
        refuses(
                KvError.BAD_SIGNATURE,
                new Operation.SignedWrite(write.timeMicros() + 1, write.operation(), write.signature()));
        refuses(
                KvError.BAD_SIGNATURE,
                new Operation.SignedWrite(write.timeMicros(), write.operation(), Bytes.utf8("none")));
        Bytes text = WriteText.of(CHAIN, write).text();
        refuses(
                KvError.BAD_SIGNATURE,
                new Operation.SignedWrite(write.timeMicros(), write.operation(), WEB1.sign("change@cairn.dev", text)));
        Bytes elsewhere = WriteText.of(new Digest(4, 4, 4, 4), write.timeMicros(), write.operation())
                .text();
        refuses(
                KvError.BAD_SIGNATURE,
                new Operation.SignedWrite(
                        write.timeMicros(), write.operation(), WEB1.sign(WriteText.NAMESPACE, elsewhere)));
        refuses(KvError.SIGNER_REFUSED, signed(key("stranger"), micros(0), put(PULL, "x")));
        assertThat(run(write)).isInstanceOf(Outcome.Put.class);
    }

    @Test
    void aRevokedKeyWritesNothing() {
        refuses(KvError.SIGNER_REFUSED, signed(OLD, micros(0), put(PULL, "x")));
        refuses(KvError.SIGNER_REFUSED, signed(OLD, micros(0), put("open/a", "x")));
    }

    @Test
    void aWriteIsTakenInWithinFiveMinutesOfItsTime() {
        long minutes = 300_000_000;
        refuses(KvError.WRITE_OUT_OF_TIME, signed(micros(0) - minutes - 1, put(PULL, "x")));
        refuses(KvError.WRITE_OUT_OF_TIME, signed(micros(0) + minutes + 1, put(PULL, "x")));
        refuses(KvError.WRITE_OUT_OF_TIME, signed(Long.MIN_VALUE, put(PULL, "x")));
        refuses(KvError.WRITE_OUT_OF_TIME, signed(Long.MAX_VALUE, put(PULL, "x")));
        assertThat(run(signed(micros(0) - minutes, put(PULL, "x")))).isInstanceOf(Outcome.Put.class);
        assertThat(run(signed(micros(0) + minutes, put(PULL, "x")))).isInstanceOf(Outcome.Put.class);
    }

    @Test
    void thousandsOfWritesLeaveOneRecord() {
        run(signed(micros(0), put(PULL, "x")));
        long records = machine.committed().tree().liveCount();
        for (int i = 1; i < 50; i++) {
            run(signed(micros(i), put(PULL, "x" + i)));
        }
        assertThat(machine.committed().tree().liveCount()).isEqualTo(records);
    }

    @Test
    void standsAloneAndHoldsNoOtherKindOfOperation() {
        Operation.SignedWrite write = signed(micros(0), put(PULL, "x"));
        assertThat(run(List.of(write, put("open/a", "x"))).getFirst())
                .isEqualTo(new Outcome.Failed(1, KvError.MALFORMED));
        for (Operation inner : List.of(
                get(Bytes.utf8(PULL), Bytes.EMPTY, 0),
                new Operation.Compact(1, false),
                new Operation.Unique(new Digest(1, 1, 1, 1), put(PULL, "x")),
                write)) {
            refuses(KvError.MALFORMED, signed(micros(1), inner));
        }
        assertThat(run(new Operation.Txn(List.of(), List.of(write), List.of()))).isInstanceOf(Outcome.Failed.class);
    }
}
