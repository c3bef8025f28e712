package dev.cairn.kv.model;

import java.util.Arrays;
import java.util.Optional;

/** Why an operation, or a whole request, was not executed. The server words them as etcd does. */
public enum KvError {
    /** An empty key. */
    KEY_NOT_PROVIDED(1),
    /** {@code ignore_value} or {@code ignore_lease} on a key that does not exist. */
    KEY_NOT_FOUND(2),
    VALUE_PROVIDED(3),
    LEASE_PROVIDED(4),
    LEASE_NOT_FOUND(5),
    TOO_MANY_OPS(6),
    DUPLICATE_KEY(7),
    /** The revision is below the compact revision. */
    COMPACTED(8),
    /** The revision is above the current one. */
    FUTURE_REVISION(9),
    /** The operation would visit or move more than its cap. */
    TOO_COSTLY(10),
    /** The key is nested too deep in other keys for the tree. */
    KEY_TOO_NESTED(11),
    /** The store holds as much as its replicas' memory may. */
    NO_SPACE(15),
    /** It would write where a signed change is needed. */
    GUARDED(16),
    /** The text of a change, an approval or a withdrawal is not in its one spelling, or its values are not those signed. */
    INVALID_CHANGE(17),
    /** The signature is none of this text and purpose that could count. */
    BAD_SIGNATURE(18),
    /** No such change waits. */
    UNKNOWN_CHANGE(19),
    /** More changes of this author wait than may, or more altogether. */
    TOO_MANY_CHANGES(20),
    /** The revision is among those that are kept. */
    KEPT_REVISION(21),
    /** Nobody holds the key that signed the write, or it does not count at the block's time. */
    SIGNER_REFUSED(22),
    /** The time of a signed write is too far from the block's. */
    WRITE_OUT_OF_TIME(23),
    /** A write of this time or a later one was taken in from the same key before. */
    WRITE_SUPERSEDED(24),
    LEASE_EXISTS(25),
    LEASE_TTL_TOO_LARGE(26),
    /** A signed write would attach a lease to a key that is not open. */
    LEASE_ON_GUARDED(27),
    /** An alarm says that the store is wrong. */
    CORRUPT(30),
    /** More alarms are raised than may be. */
    TOO_MANY_ALARMS(31),
    /** No user is named, and users need permissions here; or the user to be made has no name. */
    USER_EMPTY(35),
    ROLE_EMPTY(36),
    /** Permissions cannot be enabled without the user root. */
    ROOT_USER_MISSING(37),
    /** Nor without the role root in that user's hands. */
    ROOT_ROLE_MISSING(38),
    USER_EXISTS(39),
    USER_NOT_FOUND(40),
    ROLE_EXISTS(41),
    ROLE_NOT_FOUND(42),
    ROLE_NOT_GRANTED(43),
    PERMISSION_NOT_GRANTED(44),
    /** It would take from root what makes it root, or grant something on no key. */
    INVALID_AUTH_MANAGEMENT(45),
    /** The gateway knew older users and roles than there are. */
    AUTH_OLD_REVISION(46),
    PERMISSION_DENIED(47),
    /** A name, a hash or a range is too long, or there are too many users, roles, grants or permissions. */
    AUTH_LIMIT(48),
    /** The bytes are no list of operations. */
    MALFORMED(12),
    /** The request was executed before; nothing is done again. */
    DUPLICATE_REQUEST(13),
    /** The request's session is not open, or has been closed by newer ones. */
    NO_SESSION(14);

    private final int code;

    KvError(int code) {
        this.code = code;
    }

    /** The number in hashed results. It never changes its meaning. */
    public int code() {
        return code;
    }

    public static Optional<KvError> ofCode(int code) {
        return Arrays.stream(values()).filter(error -> error.code == code).findFirst();
    }
}
