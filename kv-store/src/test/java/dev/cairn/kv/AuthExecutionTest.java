package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.auth.AuthLimits;
import dev.cairn.kv.auth.AuthStatus;
import dev.cairn.kv.auth.AuthView;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Right;
import dev.cairn.kv.model.AuthOperation;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.Permission;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Users, roles and permissions in the log. */
class AuthExecutionTest extends ExecutionFixture {
    private static final Bytes ROOT = Bytes.utf8("root");
    private static final Bytes ANN = Bytes.utf8("ann");
    private static final Bytes ROLE = Bytes.utf8("role");

    @Test
    void whoeverMayNotIsToldNoMoreThanInEtcd() {
        enable();
        failed(put("a", "1"), KvError.USER_EMPTY);
        failed(onBehalf(ANN, put("b", "1")), KvError.PERMISSION_DENIED);
        failed(onBehalf(Bytes.utf8("nobody"), put("a", "1")), KvError.PERMISSION_DENIED);
        failed(new Operation.OnBehalf(ANN, revision() - 1, put("a", "1")), KvError.AUTH_OLD_REVISION);
        failed(onBehalf(ANN, new Operation.Compact(1, false)), KvError.PERMISSION_DENIED);
        failed(onBehalf(ANN, new AuthOperation.RoleAdd(ANN)), KvError.PERMISSION_DENIED);
        failed(onBehalf(Bytes.utf8("nobody"), new AuthOperation.Disable()), KvError.USER_NOT_FOUND);
        failed(new AuthOperation.Disable(), KvError.USER_EMPTY);
        assertThat(run(onBehalf(ANN, put("a", "1")))).isInstanceOf(Outcome.Put.class);
        assertThat(run(onBehalf(ROOT, put("b", "1")))).isInstanceOf(Outcome.Put.class);
    }

    @Test
    void theWholeOfARequestIsLookedAt() {
        enable();
        Operation.Put other = put("b", "1");
        Operation.Put own = new Operation.Put(Bytes.utf8("a"), Bytes.EMPTY, 0, false, false, false);
        Operation nested = txn(List.of(), List.of(txn(List.of(other), List.of())));
        failed(onBehalf(ANN, txn(List.of(own), List.of(other))), KvError.PERMISSION_DENIED);
        failed(onBehalf(ANN, nested), KvError.PERMISSION_DENIED);
        failed(new Operation.Unique(Digest.ZERO, other), KvError.USER_EMPTY);
        failed(new Operation.Unique(Digest.ZERO, onBehalf(ANN, other)), KvError.PERMISSION_DENIED);
        assertThat(run(onBehalf(ANN, txn(List.of(own), List.of())))).isInstanceOf(Outcome.Txn.class);
        assertThat(run(new Operation.Unique(Digest.ZERO, onBehalf(ANN, own)))).isInstanceOf(Outcome.Put.class);
    }

    @Test
    void whatWasReplacedIsReadToo() {
        done(new AuthOperation.UserAdd(ANN, Bytes.EMPTY, true));
        done(new AuthOperation.RoleAdd(ROLE));
        done(new AuthOperation.UserGrantRole(ANN, ROLE));
        done(new AuthOperation.RoleGrantPermission(
                ROLE, new Permission(Permission.Type.WRITE, Bytes.utf8("a"), Bytes.EMPTY)));
        enableWithRoot();
        failed(onBehalf(ANN, put("a", "1")), KvError.PERMISSION_DENIED);
        Operation.Put blind = new Operation.Put(Bytes.utf8("a"), Bytes.EMPTY, 0, false, false, false);
        assertThat(run(onBehalf(ANN, blind))).isInstanceOf(Outcome.Put.class);
        failed(onBehalf(ANN, new Operation.DeleteRange(Bytes.utf8("a"), Bytes.EMPTY, true)), KvError.PERMISSION_DENIED);
    }

    @Test
    void theNextOperationOfARequestFindsWhatTheOneBeforeChanged() {
        enable();
        long before = revision();
        List<Outcome> outcomes = run(List.of(
                new Operation.OnBehalf(ANN, before, put("a", "1")),
                new Operation.OnBehalf(ROOT, before, new AuthOperation.UserRevokeRole(ANN, ROLE)),
                new Operation.OnBehalf(ANN, before, put("a", "2")),
                new Operation.OnBehalf(ANN, before + 1, put("a", "2"))));
        assertThat(outcomes.get(0)).isInstanceOf(Outcome.Put.class);
        assertThat(outcomes.get(1)).isInstanceOf(Outcome.AuthChanged.class);
        assertThat(outcomes.get(2)).isEqualTo(new Outcome.Failed(2, KvError.AUTH_OLD_REVISION));
        assertThat(outcomes.get(3)).isEqualTo(new Outcome.Failed(2, KvError.PERMISSION_DENIED));
    }

    @Test
    void aLeaseIsTheirsWhoMayWriteAllItsKeys() {
        enable();
        failed(new LeaseOperation.Grant(7, 60), KvError.USER_EMPTY);
        assertThat(run(onBehalf(ANN, new LeaseOperation.Grant(7, 60)))).isInstanceOf(LeaseOutcome.Granted.class);
        assertThat(run(onBehalf(ANN, leased("a")))).isInstanceOf(Outcome.Put.class);
        assertThat(run(onBehalf(ROOT, leased("b")))).isInstanceOf(Outcome.Put.class);
        failed(onBehalf(ANN, leased("a")), KvError.PERMISSION_DENIED);
        failed(onBehalf(ANN, txn(List.of(), List.of(leased("a")))), KvError.PERMISSION_DENIED);
        failed(onBehalf(ANN, new LeaseOperation.Revoke(7)), KvError.PERMISSION_DENIED);
        failed(new LeaseOperation.Revoke(7), KvError.USER_EMPTY);
        failed(onBehalf(ANN, new LeaseOperation.KeepAlive(List.of(7L))), KvError.MALFORMED);
        Operation.Put unleased = new Operation.Put(Bytes.utf8("b"), Bytes.EMPTY, 0, false, false, false);
        assertThat(run(onBehalf(ROOT, unleased))).isInstanceOf(Outcome.Put.class);
        assertThat(run(onBehalf(ANN, leased("a")))).isInstanceOf(Outcome.Put.class);
        assertThat(run(onBehalf(ANN, new LeaseOperation.Revoke(7)))).isInstanceOf(LeaseOutcome.Revoked.class);
    }

    private static Operation.Put leased(String key) {
        return new Operation.Put(Bytes.utf8(key), Bytes.EMPTY, 7, false, false, false);
    }

    @Test
    void changesOfUsersAndRolesMakeNoRevisionOfTheStore() {
        assertThat(run(new AuthOperation.RoleAdd(ROLE))).isEqualTo(new Outcome.AuthChanged(1));
        assertThat(machine.committed().revision()).isEqualTo(1);
        assertThat(view().status()).isEqualTo(new AuthStatus(false, 2, 1));
    }

    @Test
    void rootStaysRootWhilePermissionsAreNeeded() {
        failed(new AuthOperation.Enable(), KvError.ROOT_USER_MISSING);
        done(new AuthOperation.UserAdd(ROOT, Bytes.utf8("hash"), false));
        failed(new AuthOperation.Enable(), KvError.ROOT_ROLE_MISSING);
        done(new AuthOperation.UserGrantRole(ROOT, ROOT));
        long revision = revision();
        done(new AuthOperation.Enable());
        assertThat(revision()).isEqualTo(revision);
        done(onBehalf(ROOT, new AuthOperation.Enable()));
        failed(onBehalf(ROOT, new AuthOperation.UserDelete(ROOT)), KvError.INVALID_AUTH_MANAGEMENT);
        failed(onBehalf(ROOT, new AuthOperation.UserRevokeRole(ROOT, ROOT)), KvError.INVALID_AUTH_MANAGEMENT);
        failed(onBehalf(ROOT, new AuthOperation.RoleDelete(ROOT)), KvError.INVALID_AUTH_MANAGEMENT);
        done(onBehalf(ROOT, new AuthOperation.Disable()));
        assertThat(view().status()).isEqualTo(new AuthStatus(false, revision + 1, revision + 1));
        done(new AuthOperation.Disable());
        done(new AuthOperation.UserDelete(ROOT));
    }

    @Test
    void aRoleThatGoesIsTakenFromEverybody() {
        enable();
        done(onBehalf(ROOT, new AuthOperation.RoleDelete(ROLE)));
        assertThat(view().rolesOf(ANN)).isEmpty();
        failed(onBehalf(ANN, put("a", "1")), KvError.PERMISSION_DENIED);
        done(onBehalf(ROOT, new AuthOperation.RoleAdd(ROLE)));
        assertThat(view().permissionsOf(ROLE)).isEmpty();
        assertThat(view().holdersOf(ROLE)).isEmpty();
    }

    @Test
    void nothingIsDoneWithoutTheRight() {
        Governance strict = new Governance(
                Governance.OPEN.registry(),
                Governance.OPEN.guards(),
                Governance.OPEN.recovery(),
                EnumSet.complementOf(EnumSet.of(Right.AUTH)),
                0);
        Operation asked = new Operation.OnBehalf(ROOT, 1, new AuthOperation.RoleAdd(ROLE));
        assertThat(new Unsigned(strict).refusal(asked)).contains(KvError.GUARDED);
        assertThat(new Unsigned(strict).reason(asked))
                .as("here nobody signs")
                .contains(
                        "users and roles do not change here: gateways have no right to; nobody can give it any more, because"
                                + " this cluster was founded without people who sign; found one with `cairn init --gateways-may auth`");
        assertThat(new Unsigned(Governance.OPEN).refusal(asked)).isEmpty();
    }

    @Test
    void boundsHold() {
        Bytes long_ = Bytes.wrap(new byte[AuthLimits.NAME_BYTES + 1]);
        failed(new AuthOperation.UserAdd(long_, Bytes.EMPTY, true), KvError.AUTH_LIMIT);
        failed(new AuthOperation.RoleAdd(long_), KvError.AUTH_LIMIT);
        failed(
                new AuthOperation.UserAdd(ANN, Bytes.wrap(new byte[AuthLimits.HASH_BYTES + 1]), false),
                KvError.AUTH_LIMIT);
        done(new AuthOperation.RoleAdd(ROLE));
        for (int i = 0; i < AuthLimits.PERMISSIONS_PER_ROLE; i++) {
            done(grant("k" + i));
        }
        failed(grant("one more"), KvError.AUTH_LIMIT);
        done(grant("k7"));
        assertThat(view().permissionsOf(ROLE)).hasSize(AuthLimits.PERMISSIONS_PER_ROLE);
    }

    @Test
    void whatHasNoPlaceInAnotherOperationIsRefused() {
        Operation.Put put = put("a", "1");
        Operation.OnBehalf onBehalf = new Operation.OnBehalf(ANN, 1, put);
        failed(new Operation.OnBehalf(ANN, 1, onBehalf), KvError.MALFORMED);
        failed(new Operation.OnBehalf(ANN, 1, new Operation.Unique(Digest.ZERO, put)), KvError.MALFORMED);
        failed(new Operation.OnBehalf(ANN, 1, new Operation.SignedWrite(1, put, Bytes.EMPTY)), KvError.MALFORMED);
        failed(txn(List.of(onBehalf), List.of()), KvError.MALFORMED);
        failed(txn(List.of(new AuthOperation.Enable()), List.of()), KvError.MALFORMED);
        failed(new Operation.SignedWrite(1, new AuthOperation.Enable(), Bytes.EMPTY), KvError.MALFORMED);
    }

    @Test
    void theStateIsTheSameWhetherOneBlockMadeItOrMany() {
        List<Operation> changes = List.of(
                new AuthOperation.UserAdd(ROOT, Bytes.utf8("hash"), false),
                new AuthOperation.UserGrantRole(ROOT, ROOT),
                new AuthOperation.Enable(),
                new Operation.OnBehalf(ROOT, 3, put("a", "1")));
        KvState parent = machine.committed();
        KvState once = machine.execute(parent, new Proposal(parent.height().next(), 1, List.of(request(changes))));
        assertThat(OperationCodec.decode(OperationCodec.encode(changes))).contains(changes);
        assertThat(once.auth().status()).isEqualTo(new AuthStatus(true, 3, 1));
        assertThat(parent.auth().status()).isEqualTo(AuthStatus.INITIAL);
    }

    private AuthOperation grant(String key) {
        return new AuthOperation.RoleGrantPermission(
                ROLE, new Permission(Permission.Type.READ, Bytes.utf8(key), Bytes.EMPTY));
    }

    /** Ann may read and write the key a, root everything. */
    private void enable() {
        done(new AuthOperation.UserAdd(ANN, Bytes.utf8("hash"), false));
        done(new AuthOperation.RoleAdd(ROLE));
        done(new AuthOperation.RoleGrantPermission(
                ROLE, new Permission(Permission.Type.READWRITE, Bytes.utf8("a"), Bytes.EMPTY)));
        done(new AuthOperation.UserGrantRole(ANN, ROLE));
        enableWithRoot();
    }

    private void enableWithRoot() {
        done(new AuthOperation.UserAdd(ROOT, Bytes.utf8("hash"), false));
        done(new AuthOperation.UserGrantRole(ROOT, ROOT));
        done(new AuthOperation.Enable());
    }

    private Operation onBehalf(Bytes user, Operation operation) {
        return new Operation.OnBehalf(user, revision(), operation);
    }

    private static Operation.Txn txn(List<Operation> success, List<Operation> failure) {
        return new Operation.Txn(List.of(), success, failure);
    }

    private AuthView view() {
        return machine.committed().auth();
    }

    private long revision() {
        return view().status().revision();
    }

    private void done(Operation operation) {
        assertThat(run(operation)).isInstanceOf(Outcome.AuthChanged.class);
    }

    private void failed(Operation operation, KvError error) {
        assertThat(run(operation))
                .isEqualTo(new Outcome.Failed(machine.committed().revision(), error));
    }
}
