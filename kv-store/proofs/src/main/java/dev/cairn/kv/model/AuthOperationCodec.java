package dev.cairn.kv.model;

import dev.cairn.protocol.model.ByteWriter;

/** The part of {@link OperationCodec} that is about users and roles: kinds {@value #FIRST} to {@value #LAST}. */
final class AuthOperationCodec {
    static final int FIRST = 31;
    static final int LAST = 41;

    private static final int ENABLE = FIRST;
    private static final int DISABLE = 32;
    private static final int USER_ADD = 33;
    private static final int USER_DELETE = 34;
    private static final int USER_CHANGE_PASSWORD = 35;
    private static final int USER_GRANT_ROLE = 36;
    private static final int USER_REVOKE_ROLE = 37;
    private static final int ROLE_ADD = 38;
    private static final int ROLE_DELETE = 39;
    private static final int ROLE_GRANT_PERMISSION = 40;
    private static final int ROLE_REVOKE_PERMISSION = LAST;

    private static final Permission.Type[] TYPES = Permission.Type.values();

    private AuthOperationCodec() {}

    static void write(ByteWriter out, AuthOperation operation) {
        switch (operation) {
            case AuthOperation.Enable _ -> out.putByte(ENABLE);
            case AuthOperation.Disable _ -> out.putByte(DISABLE);
            case AuthOperation.UserAdd add ->
                out.putByte(USER_ADD)
                        .putBytes(add.name())
                        .putBytes(add.passwordHash())
                        .putByte(add.noPassword() ? 1 : 0);
            case AuthOperation.UserDelete delete -> out.putByte(USER_DELETE).putBytes(delete.name());
            case AuthOperation.UserChangePassword change ->
                out.putByte(USER_CHANGE_PASSWORD).putBytes(change.name()).putBytes(change.passwordHash());
            case AuthOperation.UserGrantRole grant ->
                out.putByte(USER_GRANT_ROLE).putBytes(grant.user()).putBytes(grant.role());
            case AuthOperation.UserRevokeRole revoke ->
                out.putByte(USER_REVOKE_ROLE).putBytes(revoke.name()).putBytes(revoke.role());
            case AuthOperation.RoleAdd add -> out.putByte(ROLE_ADD).putBytes(add.name());
            case AuthOperation.RoleDelete delete -> out.putByte(ROLE_DELETE).putBytes(delete.name());
            case AuthOperation.RoleGrantPermission grant ->
                out.putByte(ROLE_GRANT_PERMISSION)
                        .putBytes(grant.role())
                        .putByte(grant.permission().type().number())
                        .putBytes(grant.permission().key())
                        .putBytes(grant.permission().rangeEnd());
            case AuthOperation.RoleRevokePermission revoke ->
                out.putByte(ROLE_REVOKE_PERMISSION)
                        .putBytes(revoke.role())
                        .putBytes(revoke.key())
                        .putBytes(revoke.rangeEnd());
        }
    }

    /** @param kind from {@link #FIRST} to {@link #LAST} */
    static AuthOperation next(int kind, OperationCodec.Reader in) {
        return switch (kind) {
            case ENABLE -> new AuthOperation.Enable();
            case DISABLE -> new AuthOperation.Disable();
            case USER_ADD -> new AuthOperation.UserAdd(in.nextBytes(), in.nextBytes(), in.nextFlags(1) != 0);
            case USER_DELETE -> new AuthOperation.UserDelete(in.nextBytes());
            case USER_CHANGE_PASSWORD -> new AuthOperation.UserChangePassword(in.nextBytes(), in.nextBytes());
            case USER_GRANT_ROLE -> new AuthOperation.UserGrantRole(in.nextBytes(), in.nextBytes());
            case USER_REVOKE_ROLE -> new AuthOperation.UserRevokeRole(in.nextBytes(), in.nextBytes());
            case ROLE_ADD -> new AuthOperation.RoleAdd(in.nextBytes());
            case ROLE_DELETE -> new AuthOperation.RoleDelete(in.nextBytes());
            case ROLE_GRANT_PERMISSION ->
                new AuthOperation.RoleGrantPermission(
                        in.nextBytes(), new Permission(in.nextOf(TYPES), in.nextBytes(), in.nextBytes()));
            case ROLE_REVOKE_PERMISSION ->
                new AuthOperation.RoleRevokePermission(in.nextBytes(), in.nextBytes(), in.nextBytes());
            default -> throw new IllegalArgumentException("no change of users and roles is of kind " + kind);
        };
    }
}
