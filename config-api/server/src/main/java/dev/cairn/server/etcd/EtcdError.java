package dev.cairn.server.etcd;

import dev.cairn.kv.model.KvError;
import dev.cairn.server.gateway.Refusal;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Locale;
import java.util.Optional;

/**
 * The failures an etcd client knows. Clients compare the description, byte for byte, and decide by it whether to retry;
 * so where etcd has a text, no other may reach them. A few failures etcd does not have.
 */
public enum EtcdError {
    EMPTY_KEY(Status.Code.INVALID_ARGUMENT, "etcdserver: key is not provided"),
    KEY_NOT_FOUND(Status.Code.INVALID_ARGUMENT, "etcdserver: key not found"),
    VALUE_PROVIDED(Status.Code.INVALID_ARGUMENT, "etcdserver: value is provided"),
    LEASE_PROVIDED(Status.Code.INVALID_ARGUMENT, "etcdserver: lease is provided"),
    TOO_MANY_OPS(Status.Code.INVALID_ARGUMENT, "etcdserver: too many operations in txn request"),
    DUPLICATE_KEY(Status.Code.INVALID_ARGUMENT, "etcdserver: duplicate key given in txn request"),
    INVALID_SORT_OPTION(Status.Code.INVALID_ARGUMENT, "etcdserver: invalid sort option"),
    REQUEST_TOO_LARGE(Status.Code.INVALID_ARGUMENT, "etcdserver: request is too large"),
    INVALID_COMPARE(Status.Code.INVALID_ARGUMENT, "etcdserver: invalid compare option"),
    KEY_TOO_NESTED(Status.Code.INVALID_ARGUMENT, "etcdserver: key is a continuation of too many other keys"),
    MALFORMED(Status.Code.INVALID_ARGUMENT, "etcdserver: malformed request"),
    TOO_COSTLY(Status.Code.RESOURCE_EXHAUSTED, "etcdserver: request visits too many keys or moves too many bytes"),
    COMPACTED(Status.Code.OUT_OF_RANGE, "etcdserver: mvcc: required revision has been compacted"),
    FUTURE_REVISION(Status.Code.OUT_OF_RANGE, "etcdserver: mvcc: required revision is a future revision"),
    LEASE_TTL_TOO_LARGE(Status.Code.OUT_OF_RANGE, "etcdserver: too large lease TTL"),
    NO_SPACE(Status.Code.RESOURCE_EXHAUSTED, "etcdserver: mvcc: database space exceeded"),
    TOO_MANY_REQUESTS(Status.Code.RESOURCE_EXHAUSTED, "etcdserver: too many requests"),
    LEASE_NOT_FOUND(Status.Code.NOT_FOUND, "etcdserver: requested lease not found"),
    BAD_MEMBER_URLS(Status.Code.INVALID_ARGUMENT, "etcdserver: given member URLs are invalid"),
    PEER_URL_EXISTS(Status.Code.FAILED_PRECONDITION, "etcdserver: Peer URLs already exists"),
    NOT_A_LEARNER(Status.Code.FAILED_PRECONDITION, "etcdserver: can only promote a learner member"),
    FIXED_MEMBERS(
            Status.Code.UNIMPLEMENTED,
            "etcdserver: the members are those of the genesis document, and cannot be changed yet"),
    MEMBER_NOT_FOUND(Status.Code.NOT_FOUND, "etcdserver: member not found"),
    LEASE_EXISTS(Status.Code.FAILED_PRECONDITION, "etcdserver: lease already exists"),
    USER_EMPTY(Status.Code.INVALID_ARGUMENT, "etcdserver: user name is empty"),
    ROLE_EMPTY(Status.Code.INVALID_ARGUMENT, "etcdserver: role name is empty"),
    AUTH_FAILED(Status.Code.INVALID_ARGUMENT, "etcdserver: authentication failed, invalid user ID or password"),
    PERMISSION_NOT_GIVEN(Status.Code.INVALID_ARGUMENT, "etcdserver: permission not given"),
    INVALID_AUTH_MANAGEMENT(Status.Code.INVALID_ARGUMENT, "etcdserver: invalid auth management"),
    AUTH_OLD_REVISION(Status.Code.INVALID_ARGUMENT, "etcdserver: revision of auth store is old"),
    ROOT_USER_MISSING(Status.Code.FAILED_PRECONDITION, "etcdserver: root user does not exist"),
    ROOT_ROLE_MISSING(Status.Code.FAILED_PRECONDITION, "etcdserver: root user does not have root role"),
    USER_EXISTS(Status.Code.FAILED_PRECONDITION, "etcdserver: user name already exists"),
    USER_NOT_FOUND(Status.Code.FAILED_PRECONDITION, "etcdserver: user name not found"),
    ROLE_EXISTS(Status.Code.FAILED_PRECONDITION, "etcdserver: role name already exists"),
    ROLE_NOT_FOUND(Status.Code.FAILED_PRECONDITION, "etcdserver: role name not found"),
    ROLE_NOT_GRANTED(Status.Code.FAILED_PRECONDITION, "etcdserver: role is not granted to the user"),
    PERMISSION_NOT_GRANTED(Status.Code.FAILED_PRECONDITION, "etcdserver: permission is not granted to the role"),
    INVALID_AUTH_TOKEN(Status.Code.UNAUTHENTICATED, "etcdserver: invalid auth token"),
    /** Not etcd's own sentence for it, but its library's: clients see it as unknown. */
    PASSWORD_TOO_LONG(Status.Code.UNKNOWN, "bcrypt: password length exceeds 72 bytes"),
    NO_PASSWORD_USER(Status.Code.UNKNOWN, "auth: authentication failed, password was given for no password user"),
    AUTH_LIMIT(
            Status.Code.RESOURCE_EXHAUSTED,
            "etcdserver: too many users, roles or permissions, or a name or range among them is too long"),
    AUTH_NOT_ENABLED(Status.Code.FAILED_PRECONDITION, "etcdserver: authentication is not enabled"),
    NOT_LEADER(Status.Code.FAILED_PRECONDITION, "etcdserver: not leader"),
    BAD_TRANSFEREE(Status.Code.FAILED_PRECONDITION, "etcdserver: bad leader transferee"),
    UNHEALTHY(Status.Code.UNAVAILABLE, "etcdserver: unhealthy cluster"),
    /** It is none of etcd's named errors: clients see it as unknown. */
    TRANSFER_TIMEOUT(Status.Code.UNKNOWN, "etcdserver: request timed out, leader transfer took too long"),
    WRONG_DOWNGRADE_FORMAT(Status.Code.INVALID_ARGUMENT, "etcdserver: wrong downgrade target version format"),
    INVALID_DOWNGRADE(Status.Code.INVALID_ARGUMENT, "etcdserver: invalid downgrade target version"),
    PERMISSION_DENIED(Status.Code.PERMISSION_DENIED, "etcdserver: permission denied"),
    GUARDED(
            Status.Code.PERMISSION_DENIED,
            "etcdserver: the key is guarded: it changes by a signed change alone; see cairn guard explain"),
    INVALID_CHANGE(Status.Code.INVALID_ARGUMENT, "etcdserver: no signed change in its one spelling"),
    BAD_SIGNATURE(Status.Code.INVALID_ARGUMENT, "etcdserver: the signature is none of this text"),
    UNKNOWN_CHANGE(Status.Code.NOT_FOUND, "etcdserver: no such change waits"),
    TOO_MANY_CHANGES(Status.Code.RESOURCE_EXHAUSTED, "etcdserver: too many changes wait"),
    KEPT_REVISION(
            Status.Code.PERMISSION_DENIED,
            "etcdserver: the newest revisions are kept, and this is one of them; see keep-revisions in cairn guard list"),
    SIGNER_REFUSED(
            Status.Code.PERMISSION_DENIED,
            "etcdserver: the key that signed the write is nobody's in this cluster, or does not count now; see cairn people"),
    WRITE_OUT_OF_TIME(
            Status.Code.FAILED_PRECONDITION,
            "etcdserver: the write was signed more than five minutes from the cluster's time; set this machine's clock right"),
    WRITE_SUPERSEDED(
            Status.Code.ABORTED,
            "etcdserver: a later write of the same signer was taken in; this one was done before that, or never will be"),
    LEASE_ON_GUARDED(
            Status.Code.PERMISSION_DENIED,
            "etcdserver: the key is guarded, so no lease is attached to it: whoever revoked the lease would delete the key"
                    + " without a signature; write it without one"),
    NO_LEADER(Status.Code.UNAVAILABLE, "etcdserver: no leader"),
    STOPPED(Status.Code.UNAVAILABLE, "etcdserver: server stopped"),
    QUARANTINED(
            Status.Code.UNAVAILABLE,
            "etcdserver: this replica's state is wrong or missing and is being replaced by a copy from the others"),
    TIMEOUT(Status.Code.UNAVAILABLE, "etcdserver: request timed out"),
    CORRUPT(Status.Code.DATA_LOSS, "etcdserver: corrupt cluster"),
    TOO_MANY_ALARMS(Status.Code.RESOURCE_EXHAUSTED, "etcdserver: too many alarms are raised; disarm some"),
    WATCH_CANCELED(Status.Code.CANCELLED, "etcdserver: watch canceled"),
    REQUEST_CANCELED(Status.Code.CANCELLED, "etcdserver: request canceled");

    private final Status.Code code;
    private final String description;

    EtcdError(Status.Code code, String description) {
        this.code = code;
        this.description = description;
    }

    public static EtcdError of(KvError error) {
        return switch (error) {
            case KEY_NOT_PROVIDED -> EMPTY_KEY;
            case KEY_NOT_FOUND -> KEY_NOT_FOUND;
            case VALUE_PROVIDED -> VALUE_PROVIDED;
            case LEASE_PROVIDED -> LEASE_PROVIDED;
            case LEASE_NOT_FOUND -> LEASE_NOT_FOUND;
            case TOO_MANY_OPS -> TOO_MANY_OPS;
            case DUPLICATE_KEY -> DUPLICATE_KEY;
            case COMPACTED -> COMPACTED;
            case FUTURE_REVISION -> FUTURE_REVISION;
            case TOO_COSTLY -> TOO_COSTLY;
            case KEY_TOO_NESTED -> KEY_TOO_NESTED;
            case NO_SPACE -> NO_SPACE;
            case MALFORMED -> MALFORMED;
            case USER_EMPTY -> USER_EMPTY;
            case ROLE_EMPTY -> ROLE_EMPTY;
            case ROOT_USER_MISSING -> ROOT_USER_MISSING;
            case ROOT_ROLE_MISSING -> ROOT_ROLE_MISSING;
            case USER_EXISTS -> USER_EXISTS;
            case USER_NOT_FOUND -> USER_NOT_FOUND;
            case ROLE_EXISTS -> ROLE_EXISTS;
            case ROLE_NOT_FOUND -> ROLE_NOT_FOUND;
            case ROLE_NOT_GRANTED -> ROLE_NOT_GRANTED;
            case PERMISSION_NOT_GRANTED -> PERMISSION_NOT_GRANTED;
            case INVALID_AUTH_MANAGEMENT -> INVALID_AUTH_MANAGEMENT;
            case AUTH_OLD_REVISION -> AUTH_OLD_REVISION;
            case PERMISSION_DENIED -> PERMISSION_DENIED;
            case AUTH_LIMIT -> AUTH_LIMIT;
            case GUARDED -> GUARDED;
            case INVALID_CHANGE -> INVALID_CHANGE;
            case BAD_SIGNATURE -> BAD_SIGNATURE;
            case UNKNOWN_CHANGE -> UNKNOWN_CHANGE;
            case TOO_MANY_CHANGES -> TOO_MANY_CHANGES;
            case KEPT_REVISION -> KEPT_REVISION;
            case SIGNER_REFUSED -> SIGNER_REFUSED;
            case WRITE_OUT_OF_TIME -> WRITE_OUT_OF_TIME;
            case WRITE_SUPERSEDED -> WRITE_SUPERSEDED;
            case LEASE_EXISTS -> LEASE_EXISTS;
            case LEASE_TTL_TOO_LARGE -> LEASE_TTL_TOO_LARGE;
            case LEASE_ON_GUARDED -> LEASE_ON_GUARDED;
            case CORRUPT -> CORRUPT;
            case TOO_MANY_ALARMS -> TOO_MANY_ALARMS;
            // Executed before, in a block this process has not seen: its result is not known here.
            case DUPLICATE_REQUEST, NO_SESSION -> TIMEOUT;
        };
    }

    public static EtcdError of(Refusal refusal) {
        return switch (refusal) {
            case TOO_MANY_REQUESTS -> TOO_MANY_REQUESTS;
            case TIMED_OUT -> TIMEOUT;
            case STOPPED -> STOPPED;
            case QUARANTINED -> QUARANTINED;
        };
    }

    /** {@link #GUARDED}, told with the guard's name where it is known. */
    static Status guarded(Optional<String> why) {
        return why.map(reason -> GUARDED.code.toStatus().withDescription("etcdserver: " + reason))
                .orElseGet(GUARDED::status);
    }

    public Status status() {
        return code.toStatus().withDescription(description);
    }

    public String description() {
        return description;
    }

    /** As etcd's library for Go prints it, which is what stands in a watch's cancel_reason. */
    String asGoWritesIt() {
        StringBuilder name = new StringBuilder();
        for (String word : code.name().split("_", -1)) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return "rpc error: code = " + name + " desc = " + description;
    }

    public StatusRuntimeException exception() {
        return status().asRuntimeException();
    }
}
