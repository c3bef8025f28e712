package dev.cairn.cli.changes;

import dev.cairn.kv.model.KvError;

/** Refusals of the log in words. */
final class Sentences {
    private Sentences() {}

    static String of(KvError error) {
        return switch (error) {
            case INVALID_CHANGE ->
                "the text is not in its one spelling, or the values are not those signed; check it with `cairn verify`";
            case BAD_SIGNATURE -> "the signature is none of this text that could count; check it with `cairn verify`";
            case UNKNOWN_CHANGE -> "no such change waits; see `cairn pending`";
            case TOO_MANY_CHANGES -> "too many changes wait already; withdraw some, or wait until they expire";
            case NO_SPACE -> "the store is full";
            case KEPT_REVISION -> "that revision is among those that are kept";
            case KEY_TOO_NESTED -> "a key begins with too many other keys, one in the next; choose another name for it";
            case TOO_COSTLY -> "it concerns more keys than one change may; make several of it";
            case COMPACTED -> "what it is about was compacted away";
            case KEY_NOT_PROVIDED,
                    KEY_NOT_FOUND,
                    VALUE_PROVIDED,
                    LEASE_PROVIDED,
                    LEASE_NOT_FOUND,
                    LEASE_EXISTS,
                    LEASE_TTL_TOO_LARGE,
                    LEASE_ON_GUARDED,
                    TOO_MANY_OPS,
                    DUPLICATE_KEY,
                    FUTURE_REVISION,
                    GUARDED,
                    SIGNER_REFUSED,
                    WRITE_OUT_OF_TIME,
                    WRITE_SUPERSEDED,
                    USER_EMPTY,
                    ROLE_EMPTY,
                    ROOT_USER_MISSING,
                    ROOT_ROLE_MISSING,
                    USER_EXISTS,
                    USER_NOT_FOUND,
                    ROLE_EXISTS,
                    ROLE_NOT_FOUND,
                    ROLE_NOT_GRANTED,
                    PERMISSION_NOT_GRANTED,
                    INVALID_AUTH_MANAGEMENT,
                    AUTH_OLD_REVISION,
                    PERMISSION_DENIED,
                    AUTH_LIMIT,
                    CORRUPT,
                    TOO_MANY_ALARMS,
                    MALFORMED,
                    DUPLICATE_REQUEST,
                    NO_SESSION ->
                "for a reason that no signed change should meet, " + error.name() + "; is this program of its version?";
        };
    }
}
