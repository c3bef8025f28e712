package dev.cairn.kv.auth;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Permission;
import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;

/**
 * The tree keys of what is kept of users and roles. Names stand in them as digests, so that nobody's choice of names makes the
 * tree deep. Every grant has two records, so that neither user nor role is searched for when the other goes.
 */
public final class AuthKeys {
    /** That of system records, which keeps them out of clients' reach. */
    private static final int FIRST_BYTE = 0x00;

    public static final Bytes STATUS = prefix("auth/status");

    private static final Bytes USER = prefix("auth/user/");
    private static final Bytes ROLE = prefix("auth/role/");
    private static final Bytes GRANT = prefix("auth/grant/");
    private static final Bytes HOLDER = prefix("auth/holder/");
    private static final Bytes PERMISSION = prefix("auth/permission/");

    static final KeySpan ALL_USERS = KeySpan.prefix(USER);
    static final KeySpan ALL_ROLES = KeySpan.prefix(ROLE);

    private AuthKeys() {}

    public static Bytes user(Bytes name) {
        return key(USER, digest(name));
    }

    public static Bytes role(Bytes name) {
        return key(ROLE, digest(name));
    }

    /** That the user holds the role; the record is the role's name. */
    public static Bytes grant(Bytes user, Bytes role) {
        return key(GRANT, digest(user), digest(role));
    }

    static KeySpan grantsOf(Bytes user) {
        return KeySpan.prefix(key(GRANT, digest(user)));
    }

    /** The same; the record is the user's name. */
    public static Bytes holder(Bytes role, Bytes user) {
        return key(HOLDER, digest(role), digest(user));
    }

    static KeySpan holdersOf(Bytes role) {
        return KeySpan.prefix(key(HOLDER, digest(role)));
    }

    /** The record is the permission's type, one byte. */
    public static Bytes permission(Bytes role, Bytes key, Bytes rangeEnd) {
        byte[] range = new ByteWriter(8 + key.size() + rangeEnd.size())
                .putBytes(key)
                .putRaw(rangeEnd.shared())
                .toArray();
        Bytes head = key(PERMISSION, digest(role), Hashing.sha256(range));
        return Bytes.wrap(new ByteWriter(head.size() + range.length)
                .putRaw(head.shared())
                .putRaw(range)
                .toArray());
    }

    static KeySpan permissionsOf(Bytes role) {
        return KeySpan.prefix(key(PERMISSION, digest(role)));
    }

    /** The permission of a record below {@link #permission}. */
    static Permission permission(Bytes key, Bytes record) {
        int at = PERMISSION.size() + 2 * Digest.BYTES;
        int keyAt = at + Integer.BYTES;
        int endAt = keyAt + BigEndian.getInt(key.shared(), at);
        return new Permission(
                Permission.Type.ofNumber(record.at(0)), key.slice(keyAt, endAt), key.slice(endAt, key.size()));
    }

    private static Digest digest(Bytes name) {
        return Hashing.sha256(name.shared());
    }

    private static Bytes key(Bytes prefix, Digest... digests) {
        ByteWriter out = new ByteWriter(prefix.size() + digests.length * Digest.BYTES).putRaw(prefix.shared());
        for (Digest digest : digests) {
            out.putDigest(digest);
        }
        return Bytes.wrap(out.toArray());
    }

    private static Bytes prefix(String text) {
        return Bytes.wrap(new ByteWriter(24)
                .putByte(FIRST_BYTE)
                .putRaw(Bytes.utf8(text).shared())
                .toArray());
    }
}
