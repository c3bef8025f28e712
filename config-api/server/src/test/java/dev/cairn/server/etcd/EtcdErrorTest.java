package dev.cairn.server.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.model.KvError;
import dev.cairn.server.gateway.Refusal;
import io.grpc.Status.Code;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Clients compare these byte for byte; the table is etcd's. */
class EtcdErrorTest {
    /** Failures that etcd does not know. */
    private static final Set<EtcdError> OURS = EnumSet.of(
            EtcdError.INVALID_COMPARE,
            EtcdError.KEY_TOO_NESTED,
            EtcdError.MALFORMED,
            EtcdError.TOO_COSTLY,
            EtcdError.GUARDED,
            EtcdError.INVALID_CHANGE,
            EtcdError.BAD_SIGNATURE,
            EtcdError.UNKNOWN_CHANGE,
            EtcdError.TOO_MANY_CHANGES,
            EtcdError.KEPT_REVISION,
            EtcdError.SIGNER_REFUSED,
            EtcdError.WRITE_OUT_OF_TIME,
            EtcdError.WRITE_SUPERSEDED,
            EtcdError.LEASE_ON_GUARDED,
            EtcdError.QUARANTINED,
            EtcdError.AUTH_LIMIT,
            EtcdError.FIXED_MEMBERS,
            EtcdError.TOO_MANY_ALARMS,
            // etcd's too, but without its prefix.
            EtcdError.PASSWORD_TOO_LONG,
            EtcdError.NO_PASSWORD_USER);

    @Test
    void saysWhatEtcdSays() {
        check(EtcdError.EMPTY_KEY, Code.INVALID_ARGUMENT, "etcdserver: key is not provided");
        check(EtcdError.KEY_NOT_FOUND, Code.INVALID_ARGUMENT, "etcdserver: key not found");
        check(EtcdError.VALUE_PROVIDED, Code.INVALID_ARGUMENT, "etcdserver: value is provided");
        check(EtcdError.LEASE_PROVIDED, Code.INVALID_ARGUMENT, "etcdserver: lease is provided");
        check(EtcdError.TOO_MANY_OPS, Code.INVALID_ARGUMENT, "etcdserver: too many operations in txn request");
        check(EtcdError.DUPLICATE_KEY, Code.INVALID_ARGUMENT, "etcdserver: duplicate key given in txn request");
        check(EtcdError.INVALID_SORT_OPTION, Code.INVALID_ARGUMENT, "etcdserver: invalid sort option");
        check(EtcdError.REQUEST_TOO_LARGE, Code.INVALID_ARGUMENT, "etcdserver: request is too large");
        check(EtcdError.BAD_MEMBER_URLS, Code.INVALID_ARGUMENT, "etcdserver: given member URLs are invalid");
        check(EtcdError.PEER_URL_EXISTS, Code.FAILED_PRECONDITION, "etcdserver: Peer URLs already exists");
        check(EtcdError.NOT_A_LEARNER, Code.FAILED_PRECONDITION, "etcdserver: can only promote a learner member");
        check(EtcdError.BAD_TRANSFEREE, Code.FAILED_PRECONDITION, "etcdserver: bad leader transferee");
        check(EtcdError.UNHEALTHY, Code.UNAVAILABLE, "etcdserver: unhealthy cluster");
        check(EtcdError.TRANSFER_TIMEOUT, Code.UNKNOWN, "etcdserver: request timed out, leader transfer took too long");
        check(
                EtcdError.WRONG_DOWNGRADE_FORMAT,
                Code.INVALID_ARGUMENT,
                "etcdserver: wrong downgrade target version format");
        check(EtcdError.INVALID_DOWNGRADE, Code.INVALID_ARGUMENT, "etcdserver: invalid downgrade target version");
        check(EtcdError.COMPACTED, Code.OUT_OF_RANGE, "etcdserver: mvcc: required revision has been compacted");
        check(EtcdError.FUTURE_REVISION, Code.OUT_OF_RANGE, "etcdserver: mvcc: required revision is a future revision");
        check(EtcdError.LEASE_TTL_TOO_LARGE, Code.OUT_OF_RANGE, "etcdserver: too large lease TTL");
        check(EtcdError.NO_SPACE, Code.RESOURCE_EXHAUSTED, "etcdserver: mvcc: database space exceeded");
        check(EtcdError.TOO_MANY_REQUESTS, Code.RESOURCE_EXHAUSTED, "etcdserver: too many requests");
        check(EtcdError.LEASE_NOT_FOUND, Code.NOT_FOUND, "etcdserver: requested lease not found");
        check(EtcdError.MEMBER_NOT_FOUND, Code.NOT_FOUND, "etcdserver: member not found");
        check(EtcdError.LEASE_EXISTS, Code.FAILED_PRECONDITION, "etcdserver: lease already exists");
        check(EtcdError.AUTH_NOT_ENABLED, Code.FAILED_PRECONDITION, "etcdserver: authentication is not enabled");
        check(EtcdError.USER_EMPTY, Code.INVALID_ARGUMENT, "etcdserver: user name is empty");
        check(EtcdError.ROLE_EMPTY, Code.INVALID_ARGUMENT, "etcdserver: role name is empty");
        check(
                EtcdError.AUTH_FAILED,
                Code.INVALID_ARGUMENT,
                "etcdserver: authentication failed, invalid user ID or password");
        check(EtcdError.PERMISSION_NOT_GIVEN, Code.INVALID_ARGUMENT, "etcdserver: permission not given");
        check(EtcdError.INVALID_AUTH_MANAGEMENT, Code.INVALID_ARGUMENT, "etcdserver: invalid auth management");
        check(EtcdError.AUTH_OLD_REVISION, Code.INVALID_ARGUMENT, "etcdserver: revision of auth store is old");
        check(EtcdError.ROOT_USER_MISSING, Code.FAILED_PRECONDITION, "etcdserver: root user does not exist");
        check(EtcdError.ROOT_ROLE_MISSING, Code.FAILED_PRECONDITION, "etcdserver: root user does not have root role");
        check(EtcdError.USER_EXISTS, Code.FAILED_PRECONDITION, "etcdserver: user name already exists");
        check(EtcdError.USER_NOT_FOUND, Code.FAILED_PRECONDITION, "etcdserver: user name not found");
        check(EtcdError.ROLE_EXISTS, Code.FAILED_PRECONDITION, "etcdserver: role name already exists");
        check(EtcdError.ROLE_NOT_FOUND, Code.FAILED_PRECONDITION, "etcdserver: role name not found");
        check(EtcdError.ROLE_NOT_GRANTED, Code.FAILED_PRECONDITION, "etcdserver: role is not granted to the user");
        check(
                EtcdError.PERMISSION_NOT_GRANTED,
                Code.FAILED_PRECONDITION,
                "etcdserver: permission is not granted to the role");
        check(EtcdError.INVALID_AUTH_TOKEN, Code.UNAUTHENTICATED, "etcdserver: invalid auth token");
        check(EtcdError.NOT_LEADER, Code.FAILED_PRECONDITION, "etcdserver: not leader");
        check(EtcdError.PERMISSION_DENIED, Code.PERMISSION_DENIED, "etcdserver: permission denied");
        check(EtcdError.NO_LEADER, Code.UNAVAILABLE, "etcdserver: no leader");
        check(EtcdError.STOPPED, Code.UNAVAILABLE, "etcdserver: server stopped");
        check(EtcdError.TIMEOUT, Code.UNAVAILABLE, "etcdserver: request timed out");
        check(EtcdError.CORRUPT, Code.DATA_LOSS, "etcdserver: corrupt cluster");
        check(EtcdError.WATCH_CANCELED, Code.CANCELLED, "etcdserver: watch canceled");
        check(EtcdError.REQUEST_CANCELED, Code.CANCELLED, "etcdserver: request canceled");
        assertThat(checked).containsExactlyInAnyOrderElementsOf(EnumSet.complementOf(EnumSet.copyOf(OURS)));
    }

    @Test
    void everyFailureOfTheStoreHasAnAnswer() {
        for (KvError error : KvError.values()) {
            assertThat(EtcdError.of(error).description()).startsWith("etcdserver: ");
        }
        for (Refusal refusal : Refusal.values()) {
            assertThat(EtcdError.of(refusal).description()).startsWith("etcdserver: ");
        }
    }

    private final Set<EtcdError> checked = EnumSet.noneOf(EtcdError.class);

    private void check(EtcdError error, Code code, String description) {
        assertThat(checked.add(error)).isTrue();
        assertThat(error.status().getCode()).isEqualTo(code);
        assertThat(error.status().getDescription()).isEqualTo(description);
        assertThat(error.exception().getMessage()).isEqualTo(code + ": " + description);
    }
}
