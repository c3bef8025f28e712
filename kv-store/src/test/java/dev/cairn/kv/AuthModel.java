package dev.cairn.kv;

import dev.cairn.kv.model.AuthOperation;
import dev.cairn.kv.model.Compare;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Permission;
import dev.cairn.protocol.model.Bytes;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * etcd's users and roles with sets of keys in place of ranges. Of the keys between two ends of ranges one stands for all, the
 * one right after the first end.
 */
final class AuthModel {
    private static final String ROOT = "root";

    private final Set<Bytes> universe;
    private final Map<String, Set<String>> users = new TreeMap<>();
    private final Map<String, Map<List<Bytes>, Permission.Type>> roles = new TreeMap<>();
    boolean enabled;
    long revision = 1;

    /** @param ends all keys that ranges begin or end with */
    AuthModel(List<Bytes> ends) {
        this.universe = new TreeSet<>(ends);
        ends.forEach(end -> universe.add(KeySpan.successor(end)));
    }

    /** What comes of the operation, as far as users and roles decide: nothing where it is done. */
    Optional<KvError> ask(Optional<String> user, long authRevision, Operation operation) {
        Optional<KvError> refusal = refusal(user, authRevision, operation);
        return refusal.isEmpty() && operation instanceof AuthOperation change ? change(change) : refusal;
    }

    private Optional<KvError> refusal(Optional<String> user, long authRevision, Operation operation) {
        if (!enabled) {
            return Optional.empty();
        }
        if (user.isEmpty()) {
            return Optional.of(KvError.USER_EMPTY);
        }
        boolean isRoot = users.getOrDefault(user.get(), Set.of()).contains(ROOT);
        if (operation instanceof AuthOperation || operation instanceof Operation.Compact) {
            if (!users.containsKey(user.get())) {
                return Optional.of(KvError.USER_NOT_FOUND);
            }
            return isRoot ? Optional.empty() : Optional.of(KvError.PERMISSION_DENIED);
        }
        if (authRevision < revision) {
            return Optional.of(KvError.AUTH_OLD_REVISION);
        }
        boolean isPermitted = users.containsKey(user.get())
                && (isRoot
                        || (may(user.get(), Permission.Type.READ).containsAll(readBy(operation))
                                && may(user.get(), Permission.Type.WRITE).containsAll(writtenBy(operation))));
        return isPermitted ? Optional.empty() : Optional.of(KvError.PERMISSION_DENIED);
    }

    /** The keys that one of the user's roles lets be read, or written. */
    private Set<Bytes> may(String user, Permission.Type way) {
        Set<Bytes> keys = new HashSet<>();
        for (String role : users.getOrDefault(user, Set.of())) {
            roles.getOrDefault(role, Map.of()).forEach((range, type) -> {
                if (type == way || type == Permission.Type.READWRITE) {
                    keys.addAll(in(range.get(0), range.get(1)));
                }
            });
        }
        return keys;
    }

    private Set<Bytes> in(Bytes key, Bytes end) {
        Set<Bytes> keys = new HashSet<>();
        for (Bytes each : universe) {
            boolean isIn = end.isEmpty()
                    ? each.equals(key)
                    : each.compareTo(key) >= 0 && (end.equals(Bytes.wrap(new byte[1])) || each.compareTo(end) < 0);
            if (isIn) {
                keys.add(each);
            }
        }
        return keys;
    }

    private Set<Bytes> readBy(Operation operation) {
        Set<Bytes> keys = new HashSet<>();
        switch (operation) {
            case Operation.Range range -> keys.addAll(in(range.key(), range.rangeEnd()));
            case Operation.Put put when put.prevKv() -> keys.add(put.key());
            case Operation.DeleteRange delete when delete.prevKv() -> keys.addAll(in(delete.key(), delete.rangeEnd()));
            case Operation.Txn txn -> {
                for (Compare compare : txn.compares()) {
                    keys.addAll(in(compare.key(), compare.rangeEnd()));
                }
                inner(txn).forEach(each -> keys.addAll(readBy(each)));
            }
            default -> {}
        }
        return keys;
    }

    private Set<Bytes> writtenBy(Operation operation) {
        Set<Bytes> keys = new HashSet<>();
        switch (operation) {
            case Operation.Put put -> keys.add(put.key());
            case Operation.DeleteRange delete -> keys.addAll(in(delete.key(), delete.rangeEnd()));
            case Operation.Txn txn -> inner(txn).forEach(each -> keys.addAll(writtenBy(each)));
            default -> {}
        }
        return keys;
    }

    private static Stream<Operation> inner(Operation.Txn txn) {
        return Stream.concat(txn.success().stream(), txn.failure().stream());
    }

    private Optional<KvError> change(AuthOperation operation) {
        return switch (operation) {
            case AuthOperation.Enable _ -> {
                if (!enabled && !users.containsKey(ROOT)) {
                    yield Optional.of(KvError.ROOT_USER_MISSING);
                }
                if (!enabled && !held(ROOT).contains(ROOT)) {
                    yield Optional.of(KvError.ROOT_ROLE_MISSING);
                }
                enabled = true;
                yield Optional.empty();
            }
            case AuthOperation.Disable _ -> {
                revision += enabled ? 1 : 0;
                enabled = false;
                yield Optional.empty();
            }
            case AuthOperation.UserAdd(Bytes name, var _, var _) ->
                when(!name.isEmpty(), KvError.USER_EMPTY)
                        .or(() -> when(!users.containsKey(name.toUtf8()), KvError.USER_EXISTS))
                        .or(() -> done(() -> users.put(name.toUtf8(), new TreeSet<>())));
            case AuthOperation.UserDelete(Bytes name) ->
                when(!enabled || !name.toUtf8().equals(ROOT), KvError.INVALID_AUTH_MANAGEMENT)
                        .or(() -> when(users.containsKey(name.toUtf8()), KvError.USER_NOT_FOUND))
                        .or(() -> done(() -> users.remove(name.toUtf8())));
            case AuthOperation.UserChangePassword(Bytes name, var _) ->
                when(users.containsKey(name.toUtf8()), KvError.USER_NOT_FOUND).or(() -> done(() -> {}));
            case AuthOperation.UserGrantRole(Bytes user, Bytes role) ->
                when(users.containsKey(user.toUtf8()), KvError.USER_NOT_FOUND)
                        .or(() -> when(
                                role.toUtf8().equals(ROOT) || roles.containsKey(role.toUtf8()), KvError.ROLE_NOT_FOUND))
                        .or(() -> {
                            revision += held(user.toUtf8()).add(role.toUtf8()) ? 1 : 0;
                            return Optional.empty();
                        });
            case AuthOperation.UserRevokeRole(Bytes user, Bytes role) ->
                when(
                                !enabled
                                        || !user.toUtf8().equals(ROOT)
                                        || !role.toUtf8().equals(ROOT),
                                KvError.INVALID_AUTH_MANAGEMENT)
                        .or(() -> when(users.containsKey(user.toUtf8()), KvError.USER_NOT_FOUND))
                        .or(() -> when(held(user.toUtf8()).contains(role.toUtf8()), KvError.ROLE_NOT_GRANTED))
                        .or(() -> done(() -> held(user.toUtf8()).remove(role.toUtf8())));
            case AuthOperation.RoleAdd(Bytes name) ->
                when(!name.isEmpty(), KvError.ROLE_EMPTY)
                        .or(() -> when(!roles.containsKey(name.toUtf8()), KvError.ROLE_EXISTS))
                        .or(() -> done(() -> roles.put(name.toUtf8(), new TreeMap<>(AuthModel::compare))));
            case AuthOperation.RoleDelete(Bytes name) ->
                when(!enabled || !name.toUtf8().equals(ROOT), KvError.INVALID_AUTH_MANAGEMENT)
                        .or(() -> when(roles.containsKey(name.toUtf8()), KvError.ROLE_NOT_FOUND))
                        .or(() -> done(() -> {
                            roles.remove(name.toUtf8());
                            users.values().forEach(held -> held.remove(name.toUtf8()));
                        }));
            case AuthOperation.RoleGrantPermission(Bytes role, Permission given) ->
                when(
                                !given.key().isEmpty()
                                        && !in(given.key(), given.rangeEnd()).isEmpty(),
                                KvError.INVALID_AUTH_MANAGEMENT)
                        .or(() -> when(roles.containsKey(role.toUtf8()), KvError.ROLE_NOT_FOUND))
                        .or(() -> done(() ->
                                permissions(role.toUtf8()).put(List.of(given.key(), given.rangeEnd()), given.type())));
            case AuthOperation.RoleRevokePermission(Bytes role, Bytes key, Bytes end) ->
                when(roles.containsKey(role.toUtf8()), KvError.ROLE_NOT_FOUND)
                        .or(() -> when(
                                permissions(role.toUtf8()).containsKey(List.of(key, end)),
                                KvError.PERMISSION_NOT_GRANTED))
                        .or(() -> done(() -> permissions(role.toUtf8()).remove(List.of(key, end))));
        };
    }

    private static int compare(List<Bytes> one, List<Bytes> other) {
        int order = one.get(0).compareTo(other.get(0));
        return order != 0 ? order : one.get(1).compareTo(other.get(1));
    }

    private Set<String> held(String user) {
        return Objects.requireNonNull(users.get(user));
    }

    private Map<List<Bytes>, Permission.Type> permissions(String role) {
        return Objects.requireNonNull(roles.get(role));
    }

    private static Optional<KvError> when(boolean condition, KvError otherwise) {
        return condition ? Optional.empty() : Optional.of(otherwise);
    }

    private Optional<KvError> done(Runnable change) {
        change.run();
        revision++;
        return Optional.empty();
    }
}
