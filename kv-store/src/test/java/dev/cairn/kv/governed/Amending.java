package dev.cairn.kv.governed;

import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.guard.Guard;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.Scope;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.SshPublicKey;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Rules after a change of them, or what stands against it. */
final class Amending {
    final Rules after;
    private final long now;
    private final Set<Objection> objections = new HashSet<>();

    private Amending(Rules before, long now) {
        this.after = before.copy();
        this.now = now;
    }

    static Amending of(Rules before, List<AdminOperation> operations, long now) {
        Amending amending = new Amending(before, now);
        operations.stream().sorted(Comparator.comparingInt(Amending::rank)).forEach(amending::apply);
        if (amending.objections.isEmpty()) {
            amending.findDeadEnds(operations);
        }
        return amending;
    }

    Set<Objection> objections() {
        return objections;
    }

    /** Principals, then keys, then whatever else. */
    private static int rank(AdminOperation operation) {
        if (operation instanceof AdminOperation.SetPrincipal) {
            return 0;
        }
        return operation instanceof AdminOperation.SetKey ? 1 : 2;
    }

    private void apply(AdminOperation operation) {
        switch (operation) {
            case AdminOperation.SetPrincipal set -> setMember(set);
            case AdminOperation.RevokePrincipal revoke -> revoke(revoke);
            case AdminOperation.SetKey set ->
                member(set.holder())
                        .ifPresent(member -> setKey(
                                member, set.key().key(), Life.of(set.key().lifetime())));
            case AdminOperation.RevokeKey revoke ->
                member(revoke.holder()).ifPresent(member -> revokeKey(member, revoke));
            case AdminOperation.SetGuard(Guard guard) -> {
                switch (guard.scope()) {
                    case Scope.OfRegistry _ -> after.registry = guard;
                    case Scope.OfRecovery _ -> after.recovery = Optional.of(guard);
                    case Scope.OfPrefix(Bytes prefix) -> after.prefixes.put(prefix, Optional.of(guard));
                }
            }
            case AdminOperation.RemoveGuard(Scope scope) -> removeGuard(scope);
            case AdminOperation.SetOpen(Scope.OfPrefix scope) -> after.prefixes.put(scope.prefix(), Optional.empty());
            case AdminOperation.RemoveOpen(Scope.OfPrefix scope) -> {
                if (Optional.empty().equals(after.prefixes.get(scope.prefix()))) {
                    after.prefixes.remove(scope.prefix());
                } else {
                    objections.add(new Objection.NotOpen(scope));
                }
            }
            case AdminOperation.SetRight _ -> after.gatewaysMayCompact = true;
            case AdminOperation.RemoveRight _ -> after.gatewaysMayCompact = false;
            case AdminOperation.SetKeepRevisions(long revisions) -> after.keepRevisions = revisions;
            case AdminOperation.Compact _ -> {}
        }
    }

    private Optional<Member> member(PrincipalName name) {
        Optional<Member> found = Optional.ofNullable(after.members.get(name.text()));
        if (found.isEmpty()) {
            objections.add(new Objection.UnknownPrincipal(name));
        }
        return found;
    }

    private void setMember(AdminOperation.SetPrincipal set) {
        Optional<Member> old = Optional.ofNullable(after.members.get(set.name().text()));
        if (old.isPresent() && old.get().kind() != set.kind()) {
            objections.add(new Objection.OtherKind(set.name(), old.get().kind()));
            return;
        }
        renewed(set.name(), old.map(Member::life), Life.of(set.lifetime()))
                .ifPresent(life -> after.members.put(
                        set.name().text(),
                        new Member(
                                set.name().text(),
                                set.kind(),
                                set.roles(),
                                life,
                                old.map(Member::keys).orElse(List.of()))));
    }

    private void setKey(Member member, SshPublicKey key, Life wanted) {
        Optional<Member> holder = after.holder(key);
        if (holder.isPresent() && !holder.get().equals(member)) {
            objections.add(new Objection.KeyOfAnother(
                    key.fingerprint(), new PrincipalName(holder.get().name())));
            return;
        }
        renewed(new PrincipalName(member.name()), member.held(key).map(Member.Held::life), wanted)
                .ifPresent(life -> after.members.put(member.name(), member.with(new Member.Held(key, life))));
    }

    /** Not if at any second that is over it would hold otherwise than it did; and what was revoked stays so. */
    private Optional<Life> renewed(PrincipalName name, Optional<Life> old, Life wanted) {
        boolean hasBegun = old.isPresent() && old.get().from() < now;
        long from = wanted.from();
        if (!hasBegun) {
            from = Math.max(from, now);
        } else if (from == 0) {
            from = old.get().from();
        }
        Life next = Life.between(from, wanted.until());
        boolean rewrites = hasBegun
                && LongStream.of(0, from - 1, from, old.get().from(), old.get().until(), next.until(), now - 1)
                        .filter(second -> second < now)
                        .anyMatch(second -> old.get().holds(second) != next.holds(second));
        if (rewrites
                || from >= wanted.until()
                || old.filter(life -> life.revoked().isPresent()).isPresent()) {
            objections.add(new Objection.RewritesPast(name));
            return Optional.empty();
        }
        return Optional.of(next);
    }

    private void revoke(AdminOperation.RevokePrincipal revoke) {
        member(revoke.name()).ifPresent(member -> {
            if (member.kind() == revoke.kind()) {
                after.members.put(member.name(), member.with(member.life().revokedAt(now)));
            } else {
                objections.add(new Objection.OtherKind(revoke.name(), member.kind()));
            }
        });
    }

    private void revokeKey(Member member, AdminOperation.RevokeKey revoke) {
        Optional<Member.Held> held = member.keys().stream()
                .filter(each -> each.key().fingerprint().equals(revoke.key()))
                .findFirst();
        if (held.isEmpty()) {
            objections.add(new Objection.UnknownKey(revoke.holder(), revoke.key()));
            return;
        }
        after.members.put(
                member.name(),
                member.with(new Member.Held(held.get().key(), held.get().life().revokedAt(now))));
    }

    private void removeGuard(Scope scope) {
        boolean isThere = switch (scope) {
            case Scope.OfRegistry _ -> throw new AssertionError("no operation removes it");
            case Scope.OfRecovery _ -> after.recovery.isPresent();
            case Scope.OfPrefix(Bytes prefix) ->
                Optional.ofNullable(after.prefixes.get(prefix))
                        .flatMap(each -> each)
                        .isPresent();
        };
        if (!isThere) {
            objections.add(new Objection.NoSuchGuard(scope));
        } else if (scope instanceof Scope.OfPrefix(Bytes prefix)) {
            after.prefixes.remove(prefix);
        } else {
            after.recovery = Optional.empty();
        }
    }

    /** Guards that are set; or else those that let the rules change, if none of them can be satisfied. */
    private void findDeadEnds(List<AdminOperation> operations) {
        for (AdminOperation operation : operations) {
            if (operation instanceof AdminOperation.SetGuard(Guard guard)) {
                after.deadEnd(guard, now).ifPresent(objections::add);
            }
        }
        boolean canChange = Stream.concat(Stream.of(after.registry), after.recovery.stream())
                .anyMatch(guard -> after.deadEnd(guard, now).isEmpty());
        if (objections.isEmpty() && !canChange) {
            after.deadEnd(after.registry, now).ifPresent(objections::add);
            after.recovery.flatMap(guard -> after.deadEnd(guard, now)).ifPresent(objections::add);
        }
    }
}
