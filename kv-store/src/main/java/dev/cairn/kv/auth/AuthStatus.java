package dev.cairn.kv.auth;

import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;

/**
 * Where users and roles stand.
 *
 * @param enabled whether operations need a user's permission
 * @param revision one more with each change of users and roles; 1 in a new store
 * @param tokensSince tokens that were given out at an earlier revision are void
 */
public record AuthStatus(boolean enabled, long revision, long tokensSince) {
    /** In a store where nobody has changed anything of it. */
    public static final AuthStatus INITIAL = new AuthStatus(false, 1, 1);

    private static final int BYTES = 17;

    public AuthStatus changed() {
        return new AuthStatus(enabled, revision + 1, tokensSince);
    }

    /** As in etcd it changes no revision. */
    public AuthStatus whenEnabled() {
        return new AuthStatus(true, revision, tokensSince);
    }

    public AuthStatus whenDisabled() {
        return new AuthStatus(false, revision + 1, revision + 1);
    }

    public Bytes encode() {
        return Bytes.wrap(new ByteWriter(BYTES)
                .putByte(enabled ? 1 : 0)
                .putLong(revision)
                .putLong(tokensSince)
                .toArray());
    }

    static AuthStatus decode(Bytes record) {
        byte[] bytes = record.shared();
        if (bytes.length != BYTES) {
            throw new IllegalStateException("the record of where users and roles stand has " + BYTES + " bytes");
        }
        return new AuthStatus(bytes[0] != 0, BigEndian.getLong(bytes, 1), BigEndian.getLong(bytes, 9));
    }
}
