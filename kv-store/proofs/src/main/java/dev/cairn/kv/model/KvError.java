package dev.cairn.kv.model;

/** Why an operation, or a whole request, was not executed. The server words them as etcd does. */
public enum KvError {
    /** An empty key. */
    KEY_NOT_PROVIDED,
    /** {@code ignore_value} or {@code ignore_lease} on a key that does not exist. */
    KEY_NOT_FOUND,
    VALUE_PROVIDED,
    LEASE_PROVIDED,
    LEASE_NOT_FOUND,
    TOO_MANY_OPS,
    DUPLICATE_KEY,
    /** The revision is below the compact revision. */
    COMPACTED,
    /** The revision is above the current one. */
    FUTURE_REVISION,
    /** The operation would visit or move more than its cap. */
    TOO_COSTLY,
    /** The key is nested too deep in other keys for the tree. */
    KEY_TOO_NESTED,
    /** The store holds as much as its replicas' memory may. */
    NO_SPACE,
    /** The bytes are no list of operations. */
    MALFORMED,
    /** The request was executed before; nothing is done again. */
    DUPLICATE_REQUEST,
    /** The request's session is not open, or has been closed by newer ones. */
    NO_SESSION
}
