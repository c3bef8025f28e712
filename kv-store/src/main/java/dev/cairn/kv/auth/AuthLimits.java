package dev.cairn.kv.auth;

/** How much there may be of users and roles. etcd has no such bounds; what is replicated everywhere needs them. */
public final class AuthLimits {
    public static final int USERS = 10_000;
    public static final int ROLES = 1_000;
    public static final int ROLES_PER_USER = 64;
    public static final int PERMISSIONS_PER_ROLE = 256;
    public static final int NAME_BYTES = 256;

    /** bcrypt's text has 60. */
    public static final int HASH_BYTES = 128;

    /** Of a permission's key, and of its range_end. */
    public static final int KEY_BYTES = 1024;

    private AuthLimits() {}
}
