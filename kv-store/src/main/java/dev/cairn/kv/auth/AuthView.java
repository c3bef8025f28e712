package dev.cairn.kv.auth;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Permission;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Users and roles as one state has them. As safe for threads as the state is. */
public final class AuthView {
    /** The role that may do everything, whether or not there is an object of that name. */
    public static final Bytes ROOT = Bytes.utf8("root");

    /** The system records of a state. */
    public interface Records {
        Optional<Bytes> get(Bytes key);

        long count(KeySpan span);

        /** In the order of keys. */
        void forEach(KeySpan span, BiConsumer<Bytes, Bytes> visitor);
    }

    private final Records records;

    public AuthView(Records records) {
        this.records = records;
    }

    public AuthStatus status() {
        return records.get(AuthKeys.STATUS).map(AuthStatus::decode).orElse(AuthStatus.INITIAL);
    }

    public Optional<User> user(Bytes name) {
        return records.get(AuthKeys.user(name)).map(User::decode);
    }

    public boolean hasRole(Bytes name) {
        return records.get(AuthKeys.role(name)).isPresent();
    }

    public boolean holds(Bytes user, Bytes role) {
        return records.get(AuthKeys.grant(user, role)).isPresent();
    }

    public long userCount() {
        return records.count(AuthKeys.ALL_USERS);
    }

    public long roleCount() {
        return records.count(AuthKeys.ALL_ROLES);
    }

    public long roleCountOf(Bytes user) {
        return records.count(AuthKeys.grantsOf(user));
    }

    public long permissionCountOf(Bytes role) {
        return records.count(AuthKeys.permissionsOf(role));
    }

    /** Whether the role has a permission on exactly this range. */
    public boolean hasPermission(Bytes role, Bytes key, Bytes rangeEnd) {
        return records.get(AuthKeys.permission(role, key, rangeEnd)).isPresent();
    }

    /** Everybody's name, in order. */
    public List<Bytes> users() {
        List<Bytes> names = new ArrayList<>();
        records.forEach(
                AuthKeys.ALL_USERS, (_, record) -> names.add(User.decode(record).name()));
        names.sort(Comparator.naturalOrder());
        return names;
    }

    /** The names of all roles, in order. */
    public List<Bytes> roles() {
        return sorted(AuthKeys.ALL_ROLES);
    }

    /** The names of the user's roles, in order. */
    public List<Bytes> rolesOf(Bytes user) {
        return sorted(AuthKeys.grantsOf(user));
    }

    /** The names of those who hold the role, in order. */
    public List<Bytes> holdersOf(Bytes role) {
        return sorted(AuthKeys.holdersOf(role));
    }

    private List<Bytes> sorted(KeySpan span) {
        List<Bytes> names = new ArrayList<>();
        records.forEach(span, (_, name) -> names.add(name));
        names.sort(Comparator.naturalOrder());
        return names;
    }

    /** The role's permissions, by their keys. */
    public List<Permission> permissionsOf(Bytes role) {
        List<Permission> permissions = new ArrayList<>();
        records.forEach(
                AuthKeys.permissionsOf(role), (key, record) -> permissions.add(AuthKeys.permission(key, record)));
        permissions.sort(Comparator.comparing(Permission::key).thenComparing(Permission::rangeEnd));
        return permissions;
    }

    /** What all roles of the user permit together; nothing if there is no such user. */
    public Optional<Permitted> permitted(Bytes user) {
        if (user(user).isEmpty()) {
            return Optional.empty();
        }
        List<Bytes> roles = rolesOf(user);
        if (roles.contains(ROOT)) {
            return Optional.of(Permitted.EVERYTHING);
        }
        List<Permission> all = new ArrayList<>();
        roles.forEach(role -> all.addAll(permissionsOf(role)));
        return Optional.of(Permitted.by(all));
    }
}
