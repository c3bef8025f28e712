package dev.cairn.kv.model;

import dev.cairn.protocol.model.Bytes;

/** Changes of etcd's users, roles and permissions, which say who may do what through a gateway. Names are UTF-8. */
public sealed interface AuthOperation extends Operation {

    /** From now on every operation needs a user's permission. The user root must hold the role root. */
    record Enable() implements AuthOperation {}

    /** From now on none does, and tokens given out so far are void. */
    record Disable() implements AuthOperation {}

    /**
     * Makes a user without roles.
     *
     * @param passwordHash bcrypt's, in its text form; empty for a user without password, whom a certificate names
     * @param noPassword whether no password ever lets this user in
     */
    record UserAdd(Bytes name, Bytes passwordHash, boolean noPassword) implements AuthOperation {}

    record UserDelete(Bytes name) implements AuthOperation {}

    /** The user's tokens are void from now on. */
    record UserChangePassword(Bytes name, Bytes passwordHash) implements AuthOperation {}

    record UserGrantRole(Bytes user, Bytes role) implements AuthOperation {}

    record UserRevokeRole(Bytes name, Bytes role) implements AuthOperation {}

    record RoleAdd(Bytes name) implements AuthOperation {}

    /** Takes it from everybody who holds it, too. */
    record RoleDelete(Bytes name) implements AuthOperation {}

    /** Takes the place of a permission on exactly the same range. */
    record RoleGrantPermission(Bytes role, Permission permission) implements AuthOperation {}

    record RoleRevokePermission(Bytes role, Bytes key, Bytes rangeEnd) implements AuthOperation {}
}
