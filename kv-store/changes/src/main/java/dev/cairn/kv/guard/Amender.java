package dev.cairn.kv.guard;

import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.ChangeLimits;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.Fingerprint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Applies one change to one governance. Operations are about different things, but a key needs its holder: principals are set
 * first, then keys, then all else.
 */
final class Amender {
    private final Governance before;
    private final long nowSeconds;
    private final List<Objection> objections = new ArrayList<>();
    private final SortedMap<PrincipalName, Principal> principals = new TreeMap<>();
    private final SortedMap<Fingerprint, PrincipalName> holders = new TreeMap<>();
    private final NavigableMap<Bytes, Ruling> rules;
    private Optional<Guard> registryGuard;
    private Optional<Guard> recovery;
    private final Set<Right> rights = EnumSet.noneOf(Right.class);
    private long keepRevisions;

    /** Whose guards must not be dead ends, for this change has set them. */
    private final Set<Scope> set = new LinkedHashSet<>();

    Amender(Governance before, long nowSeconds) {
        this.before = before;
        this.nowSeconds = nowSeconds;
        for (Principal principal : before.registry().principals()) {
            principals.put(principal.name(), principal);
            principal.keys().forEach(held -> holders.put(held.key().fingerprint(), principal.name()));
        }
        this.rules = new TreeMap<>(before.guards().byPrefix());
        this.registryGuard = before.guards().registryGuard();
        this.recovery = before.recovery();
        this.rights.addAll(before.gatewayRights());
        this.keepRevisions = before.keepRevisions();
    }

    Amendment apply(List<AdminOperation> operations) {
        operations.stream().sorted(Comparator.comparingInt(Amender::rank)).forEach(this::apply);
        if (!objections.isEmpty()) {
            return new Amendment.Impossible(objections);
        }
        Governance after = governance();
        Optional<Objection> tooLarge = tooLarge(operations, after);
        if (tooLarge.isPresent()) {
            return new Amendment.Impossible(List.of(tooLarge.get()));
        }
        if (operations.stream().anyMatch(operation -> closes(operation, after))) {
            return new Amendment.Impossible(List.of(new Objection.ClosedRegistry()));
        }
        List<Objection> deadEnds = deadEnds(after);
        return deadEnds.isEmpty() ? new Amendment.To(after) : new Amendment.Impossible(deadEnds);
    }

    /** Who owns a prefix leaves room for those who revoke; what makes nothing larger fits anyway. */
    private Optional<Objection> tooLarge(List<AdminOperation> operations, Governance after) {
        int bytes = after.text().size();
        if (bytes <= ChangeLimits.MAX_DELEGATED_GOVERNANCE_BYTES) {
            return Optional.empty();
        }
        Authority authority = new Authority(before.guards(), new Electors(before.registry(), nowSeconds));
        int mostBytes = operations.stream().anyMatch(authority::isRegistrys)
                ? ChangeLimits.MAX_GOVERNANCE_BYTES
                : Math.max(
                        ChangeLimits.MAX_DELEGATED_GOVERNANCE_BYTES,
                        before.text().size());
        return bytes > mostBytes ? Optional.of(new Objection.GovernanceTooLarge(bytes, mostBytes)) : Optional.empty();
    }

    /** Whether nobody could ever write again where it removes a guard. */
    private static boolean closes(AdminOperation operation, Governance after) {
        return operation instanceof AdminOperation.RemoveGuard(Scope.OfPrefix(Bytes prefix))
                && after.guards().ruling(prefix) instanceof Ruling.Closed;
    }

    private static int rank(AdminOperation operation) {
        return switch (operation) {
            case AdminOperation.SetPrincipal _ -> 0;
            case AdminOperation.SetKey _ -> 1;
            case AdminOperation.RevokePrincipal _,
                    AdminOperation.RevokeKey _,
                    AdminOperation.SetGuard _,
                    AdminOperation.RemoveGuard _,
                    AdminOperation.SetOpen _,
                    AdminOperation.RemoveOpen _,
                    AdminOperation.SetRight _,
                    AdminOperation.RemoveRight _,
                    AdminOperation.SetKeepRevisions _,
                    AdminOperation.Compact _ -> 2;
        };
    }

    private void apply(AdminOperation operation) {
        switch (operation) {
            case AdminOperation.SetPrincipal principal -> setPrincipal(principal);
            case AdminOperation.SetKey key -> setKey(key.holder(), key.key());
            case AdminOperation.RevokePrincipal revoke -> revoke(revoke);
            case AdminOperation.RevokeKey revoke -> revokeKey(revoke);
            case AdminOperation.SetGuard(Guard guard) -> setGuard(guard);
            case AdminOperation.RemoveGuard(Scope scope) -> removeGuard(scope);
            case AdminOperation.SetOpen(Scope.OfPrefix scope) -> rules.put(scope.prefix(), new Ruling.Open());
            case AdminOperation.RemoveOpen(Scope.OfPrefix scope) -> removeOpen(scope);
            case AdminOperation.SetRight(Right right) -> rights.add(right);
            case AdminOperation.RemoveRight(Right right) -> rights.remove(right);
            case AdminOperation.SetKeepRevisions keep -> keepRevisions = keep.revisions();
            case AdminOperation.Compact _ -> {}
        }
    }

    private void setPrincipal(AdminOperation.SetPrincipal wanted) {
        Principal old = principals.get(wanted.name());
        if (old != null && old.kind() != wanted.kind()) {
            objections.add(new Objection.OtherKind(wanted.name(), old.kind()));
            return;
        }
        Optional<Lifetime> lifetime =
                renewed(wanted.name(), Optional.ofNullable(old).map(Principal::lifetime), wanted.lifetime());
        List<Principal.HeldKey> keys = old == null ? List.of() : old.keys();
        lifetime.ifPresent(life ->
                principals.put(wanted.name(), new Principal(wanted.name(), wanted.kind(), wanted.roles(), keys, life)));
    }

    private void setKey(PrincipalName name, Principal.HeldKey wanted) {
        Principal holder = principals.get(name);
        if (holder == null) {
            objections.add(new Objection.UnknownPrincipal(name));
            return;
        }
        Fingerprint fingerprint = wanted.key().fingerprint();
        PrincipalName other = holders.get(fingerprint);
        if (other != null && !other.equals(name)) {
            objections.add(new Objection.KeyOfAnother(fingerprint, other));
            return;
        }
        Optional<Principal.HeldKey> old = held(holder, fingerprint);
        if (old.isEmpty() && holder.keys().size() >= Principal.MAX_KEYS) {
            objections.add(new Objection.TooManyKeys(name, Principal.MAX_KEYS));
            return;
        }
        renewed(name, old.map(Principal.HeldKey::lifetime), wanted.lifetime())
                .ifPresent(lifetime -> put(holder, new Principal.HeldKey(wanted.key(), lifetime)));
    }

    private static Optional<Principal.HeldKey> held(Principal holder, Fingerprint fingerprint) {
        return holder.keys().stream()
                .filter(held -> held.key().fingerprint().equals(fingerprint))
                .findFirst();
    }

    private void put(Principal holder, Principal.HeldKey key) {
        List<Principal.HeldKey> keys = new ArrayList<>(holder.keys());
        keys.removeIf(held -> held.key().equals(key.key()));
        keys.add(key);
        holders.put(key.key().fingerprint(), holder.name());
        principals.put(
                holder.name(), new Principal(holder.name(), holder.kind(), holder.roles(), keys, holder.lifetime()));
    }

    /**
     * The lifetime to be, so that nothing counts otherwise than it did at a time that is over: by it, signatures that were
     * accepted are checked later.
     */
    private Optional<Lifetime> renewed(PrincipalName name, Optional<Lifetime> old, Lifetime wanted) {
        Optional<Lifetime> begun = old.filter(lifetime -> lifetime.fromSeconds() < nowSeconds);
        long from = begun.isEmpty()
                ? Math.max(wanted.fromSeconds(), nowSeconds)
                : wanted.fromSeconds() == 0 ? begun.get().fromSeconds() : wanted.fromSeconds();
        long until = wanted.untilSeconds();
        boolean isRevoked = old.isPresent() && old.get().revokedSeconds().isPresent();
        boolean keepsPast = begun.isEmpty()
                || (from == begun.get().fromSeconds()
                        && Math.min(until, nowSeconds) == Math.min(begun.get().untilSeconds(), nowSeconds));
        if (isRevoked || !keepsPast || from >= until) {
            objections.add(new Objection.RewritesPast(name));
            return Optional.empty();
        }
        return Optional.of(Lifetime.between(from, until));
    }

    private void revoke(AdminOperation.RevokePrincipal revoke) {
        Principal old = principals.get(revoke.name());
        if (old == null) {
            objections.add(new Objection.UnknownPrincipal(revoke.name()));
        } else if (old.kind() != revoke.kind()) {
            objections.add(new Objection.OtherKind(revoke.name(), old.kind()));
        } else {
            principals.put(
                    old.name(),
                    new Principal(
                            old.name(),
                            old.kind(),
                            old.roles(),
                            old.keys(),
                            old.lifetime().revokedAt(nowSeconds)));
        }
    }

    private void revokeKey(AdminOperation.RevokeKey revoke) {
        Principal holder = principals.get(revoke.holder());
        if (holder == null) {
            objections.add(new Objection.UnknownPrincipal(revoke.holder()));
            return;
        }
        held(holder, revoke.key())
                .ifPresentOrElse(
                        key -> put(
                                holder,
                                new Principal.HeldKey(key.key(), key.lifetime().revokedAt(nowSeconds))),
                        () -> objections.add(new Objection.UnknownKey(revoke.holder(), revoke.key())));
    }

    private void setGuard(Guard guard) {
        set.add(guard.scope());
        switch (guard.scope()) {
            case Scope.OfRegistry _ -> registryGuard = Optional.of(guard);
            case Scope.OfRecovery _ -> recovery = Optional.of(guard);
            case Scope.OfPrefix scope -> rules.put(scope.prefix(), new Ruling.Guarded(guard));
        }
    }

    private void removeGuard(Scope scope) {
        boolean wasThere = switch (scope) {
            case Scope.OfRegistry _ -> throw new IllegalStateException("no operation removes the registry's guard");
            case Scope.OfRecovery _ -> {
                boolean isThere = recovery.isPresent();
                recovery = Optional.empty();
                yield isThere;
            }
            case Scope.OfPrefix(Bytes prefix) ->
                rules.get(prefix) instanceof Ruling.Guarded && rules.remove(prefix) != null;
        };
        if (!wasThere) {
            objections.add(new Objection.NoSuchGuard(scope));
        }
    }

    private void removeOpen(Scope.OfPrefix scope) {
        if (!(rules.get(scope.prefix()) instanceof Ruling.Open)) {
            objections.add(new Objection.NotOpen(scope));
            return;
        }
        rules.remove(scope.prefix());
    }

    private Governance governance() {
        List<Guard> guards = new ArrayList<>();
        List<Bytes> open = new ArrayList<>();
        rules.forEach((prefix, ruling) -> {
            switch (ruling) {
                case Ruling.Guarded(Guard guard) -> guards.add(guard);
                case Ruling.Open _ -> open.add(prefix);
                case Ruling.Closed _ -> throw new IllegalStateException("nobody lays down that a prefix is closed");
            }
        });
        return new Governance(
                new Registry(principals.values()),
                new GuardTable(registryGuard, guards, open),
                recovery,
                rights,
                keepRevisions);
    }

    /**
     * The guards that this change sets must not be dead ends, and not all that admit changes of the governance. Any other may
     * become one: whoever owns a prefix has no say in who is revoked.
     */
    private List<Objection> deadEnds(Governance after) {
        Electors electors = new Electors(after.registry(), nowSeconds);
        List<Objection> ofSet = deadEnds(after, electors, guard -> set.contains(guard.scope()));
        if (!ofSet.isEmpty()) {
            return ofSet;
        }
        Predicate<Guard> admits = guard -> !(guard.scope() instanceof Scope.OfPrefix);
        List<Objection> ofAdmitting = deadEnds(after, electors, admits);
        boolean canChange = after.allGuards().stream().filter(admits).count() > ofAdmitting.size();
        return canChange ? List.of() : ofAdmitting;
    }

    private static List<Objection> deadEnds(Governance after, Electors electors, Predicate<Guard> which) {
        return after.allGuards().stream()
                .filter(which)
                .<Objection>flatMap(guard -> electors.deadEnd(guard).stream())
                .toList();
    }
}
