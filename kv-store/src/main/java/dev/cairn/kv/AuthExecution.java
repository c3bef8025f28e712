package dev.cairn.kv;

import static dev.cairn.kv.auth.AuthView.ROOT;

import dev.cairn.kv.auth.AuthKeys;
import dev.cairn.kv.auth.AuthLimits;
import dev.cairn.kv.auth.AuthStatus;
import dev.cairn.kv.auth.AuthView;
import dev.cairn.kv.auth.User;
import dev.cairn.kv.model.AuthOperation;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.Permission;
import dev.cairn.protocol.model.Bytes;
import java.util.Optional;
import java.util.function.Supplier;

/** Changes of users and roles, with etcd's conditions in etcd's order. Whether the caller may ask for them is asked before. */
final class AuthExecution {
    private final Draft draft;
    private final Permits permits;
    private final AuthView view;

    AuthExecution(Draft draft, Permits permits) {
        this.draft = draft;
        this.permits = permits;
        this.view = permits.view();
    }

    Outcome run(AuthOperation operation) {
        Optional<KvError> error = change(operation);
        permits.forget();
        return error.<Outcome>map(each -> new Outcome.Failed(draft.revision, each))
                .orElseGet(() -> new Outcome.AuthChanged(draft.revision));
    }

    private Optional<KvError> change(AuthOperation operation) {
        return switch (operation) {
            case AuthOperation.Enable _ -> enable();
            case AuthOperation.Disable _ -> disable();
            case AuthOperation.UserAdd add -> add(add);
            case AuthOperation.UserDelete delete -> delete(delete);
            case AuthOperation.UserChangePassword change -> changePassword(change);
            case AuthOperation.UserGrantRole grant -> grant(grant);
            case AuthOperation.UserRevokeRole revoke -> revoke(revoke);
            case AuthOperation.RoleAdd add -> add(add);
            case AuthOperation.RoleDelete delete -> delete(delete);
            case AuthOperation.RoleGrantPermission grant -> grant(grant);
            case AuthOperation.RoleRevokePermission revoke -> revoke(revoke);
        };
    }

    // Whether permissions are needed.

    private Optional<KvError> enable() {
        AuthStatus status = view.status();
        if (status.enabled()) {
            return Optional.empty();
        }
        if (view.user(ROOT).isEmpty()) {
            return Optional.of(KvError.ROOT_USER_MISSING);
        }
        if (!view.holds(ROOT, ROOT)) {
            return Optional.of(KvError.ROOT_ROLE_MISSING);
        }
        put(status.whenEnabled());
        return Optional.empty();
    }

    private Optional<KvError> disable() {
        AuthStatus status = view.status();
        if (status.enabled()) {
            put(status.whenDisabled());
        }
        return Optional.empty();
    }

    // Users.

    private Optional<KvError> add(AuthOperation.UserAdd add) {
        if (add.name().isEmpty()) {
            return Optional.of(KvError.USER_EMPTY);
        }
        if (view.user(add.name()).isPresent()) {
            return Optional.of(KvError.USER_EXISTS);
        }
        boolean isTooMuch = add.name().size() > AuthLimits.NAME_BYTES
                || add.passwordHash().size() > AuthLimits.HASH_BYTES
                || view.userCount() >= AuthLimits.USERS;
        return put(isTooMuch, AuthKeys.user(add.name()), () -> {
            Bytes hash = add.noPassword() ? Bytes.EMPTY : add.passwordHash();
            return new User(add.name(), add.noPassword(), nextRevision(), hash).encode();
        });
    }

    private Optional<KvError> delete(AuthOperation.UserDelete delete) {
        if (delete.name().equals(ROOT) && view.status().enabled()) {
            return Optional.of(KvError.INVALID_AUTH_MANAGEMENT);
        }
        if (view.user(delete.name()).isEmpty()) {
            return Optional.of(KvError.USER_NOT_FOUND);
        }
        view.rolesOf(delete.name()).forEach(role -> removeGrant(delete.name(), role));
        draft.removeSystem(AuthKeys.user(delete.name()));
        changed();
        return Optional.empty();
    }

    private Optional<KvError> changePassword(AuthOperation.UserChangePassword change) {
        Optional<User> user = view.user(change.name());
        if (user.isEmpty()) {
            return Optional.of(KvError.USER_NOT_FOUND);
        }
        if (change.passwordHash().size() > AuthLimits.HASH_BYTES) {
            return Optional.of(KvError.AUTH_LIMIT);
        }
        boolean noPassword = user.get().noPassword();
        Bytes hash = noPassword ? Bytes.EMPTY : change.passwordHash();
        draft.putSystem(
                AuthKeys.user(change.name()), new User(change.name(), noPassword, nextRevision(), hash).encode());
        changed();
        return Optional.empty();
    }

    private Optional<KvError> grant(AuthOperation.UserGrantRole grant) {
        if (view.user(grant.user()).isEmpty()) {
            return Optional.of(KvError.USER_NOT_FOUND);
        }
        if (!grant.role().equals(ROOT) && !view.hasRole(grant.role())) {
            return Optional.of(KvError.ROLE_NOT_FOUND);
        }
        if (view.holds(grant.user(), grant.role())) {
            return Optional.empty();
        }
        if (view.roleCountOf(grant.user()) >= AuthLimits.ROLES_PER_USER) {
            return Optional.of(KvError.AUTH_LIMIT);
        }
        return put(false, AuthKeys.grant(grant.user(), grant.role()), () -> {
            draft.putSystem(AuthKeys.holder(grant.role(), grant.user()), grant.user());
            return grant.role();
        });
    }

    private Optional<KvError> revoke(AuthOperation.UserRevokeRole revoke) {
        boolean isRoots = revoke.name().equals(ROOT) && revoke.role().equals(ROOT);
        if (isRoots && view.status().enabled()) {
            return Optional.of(KvError.INVALID_AUTH_MANAGEMENT);
        }
        if (view.user(revoke.name()).isEmpty()) {
            return Optional.of(KvError.USER_NOT_FOUND);
        }
        if (!view.holds(revoke.name(), revoke.role())) {
            return Optional.of(KvError.ROLE_NOT_GRANTED);
        }
        removeGrant(revoke.name(), revoke.role());
        changed();
        return Optional.empty();
    }

    private void removeGrant(Bytes user, Bytes role) {
        draft.removeSystem(AuthKeys.grant(user, role));
        draft.removeSystem(AuthKeys.holder(role, user));
    }

    // Roles.

    private Optional<KvError> add(AuthOperation.RoleAdd add) {
        if (add.name().isEmpty()) {
            return Optional.of(KvError.ROLE_EMPTY);
        }
        if (view.hasRole(add.name())) {
            return Optional.of(KvError.ROLE_EXISTS);
        }
        boolean isTooMuch = add.name().size() > AuthLimits.NAME_BYTES || view.roleCount() >= AuthLimits.ROLES;
        return put(isTooMuch, AuthKeys.role(add.name()), add::name);
    }

    private Optional<KvError> delete(AuthOperation.RoleDelete delete) {
        if (delete.name().equals(ROOT) && view.status().enabled()) {
            return Optional.of(KvError.INVALID_AUTH_MANAGEMENT);
        }
        if (!view.hasRole(delete.name())) {
            return Optional.of(KvError.ROLE_NOT_FOUND);
        }
        view.holdersOf(delete.name()).forEach(user -> removeGrant(user, delete.name()));
        for (Permission permission : view.permissionsOf(delete.name())) {
            draft.removeSystem(AuthKeys.permission(delete.name(), permission.key(), permission.rangeEnd()));
        }
        draft.removeSystem(AuthKeys.role(delete.name()));
        changed();
        return Optional.empty();
    }

    private Optional<KvError> grant(AuthOperation.RoleGrantPermission grant) {
        Permission permission = grant.permission();
        if (!permission.isOnKeys()) {
            return Optional.of(KvError.INVALID_AUTH_MANAGEMENT);
        }
        if (!view.hasRole(grant.role())) {
            return Optional.of(KvError.ROLE_NOT_FOUND);
        }
        boolean isNew = !view.hasPermission(grant.role(), permission.key(), permission.rangeEnd());
        boolean isTooMuch = permission.key().size() > AuthLimits.KEY_BYTES
                || permission.rangeEnd().size() > AuthLimits.KEY_BYTES
                || (isNew && view.permissionCountOf(grant.role()) >= AuthLimits.PERMISSIONS_PER_ROLE);
        return put(
                isTooMuch,
                AuthKeys.permission(grant.role(), permission.key(), permission.rangeEnd()),
                () -> Bytes.wrap(new byte[] {(byte) permission.type().number()}));
    }

    private Optional<KvError> revoke(AuthOperation.RoleRevokePermission revoke) {
        if (!view.hasRole(revoke.role())) {
            return Optional.of(KvError.ROLE_NOT_FOUND);
        }
        if (!view.hasPermission(revoke.role(), revoke.key(), revoke.rangeEnd())) {
            return Optional.of(KvError.PERMISSION_NOT_GRANTED);
        }
        draft.removeSystem(AuthKeys.permission(revoke.role(), revoke.key(), revoke.rangeEnd()));
        changed();
        return Optional.empty();
    }

    // Records.

    /** Adds a record, unless that is more than there may be. */
    private Optional<KvError> put(boolean isTooMuch, Bytes key, Supplier<Bytes> record) {
        if (isTooMuch) {
            return Optional.of(KvError.AUTH_LIMIT);
        }
        if (draft.tree.weightBytes() >= draft.around.limits().openTreeBytes()) {
            return Optional.of(KvError.NO_SPACE);
        }
        draft.putSystem(key, record.get());
        changed();
        return Optional.empty();
    }

    private void changed() {
        put(view.status().changed());
    }

    private void put(AuthStatus status) {
        draft.putSystem(AuthKeys.STATUS, status.encode());
    }

    /** That which the change under way makes. */
    private long nextRevision() {
        return view.status().revision() + 1;
    }
}
