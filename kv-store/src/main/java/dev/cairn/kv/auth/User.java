package dev.cairn.kv.auth;

import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;

/**
 * A user, without the roles.
 *
 * @param noPassword whether no password ever lets this user in
 * @param passwordRevision of users and roles, when the password was last set: tokens of an earlier password are void
 * @param passwordHash bcrypt's, in its text form; what is none fits no password
 */
public record User(Bytes name, boolean noPassword, long passwordRevision, Bytes passwordHash) {
    private static final int NAME = 1 + Long.BYTES;

    /** At most 512 bytes, so that it stays in memory: see {@link AuthLimits}. */
    public Bytes encode() {
        return Bytes.wrap(new ByteWriter(NAME + 8 + name.size() + passwordHash.size())
                .putByte(noPassword ? 1 : 0)
                .putLong(passwordRevision)
                .putBytes(name)
                .putRaw(passwordHash.shared())
                .toArray());
    }

    static User decode(Bytes record) {
        byte[] bytes = record.shared();
        int nameAt = NAME + Integer.BYTES;
        int hashAt = nameAt + BigEndian.getInt(bytes, NAME);
        return new User(
                record.slice(nameAt, hashAt),
                bytes[0] != 0,
                BigEndian.getLong(bytes, 1),
                record.slice(hashAt, record.size()));
    }
}
