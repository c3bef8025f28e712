package dev.cairn.kv.guard;

import dev.cairn.kv.change.AdminOperation;
import dev.cairn.protocol.model.Bytes;

/**
 * What decides on changes of a governance at one block time. On what rules a prefix, the guard that decides on that prefix now,
 * so that no weaker one gets below it; if nobody can meet that one, in open places, and on everything else the registry's.
 *
 * <p>Whoever meets the registry's guard could give each guard's people keys, so this makes nobody stronger. The guard around one
 * that nobody can meet has no say: its people were kept out of there, and time alone must not let them in.
 */
final class Authority {
    private final GuardTable guards;
    private final Electors electors;

    Authority(GuardTable guards, Electors electors) {
        this.guards = guards;
        this.electors = electors;
    }

    Ruling over(AdminOperation operation) {
        return switch (operation) {
            case AdminOperation.SetGuard(Guard guard) -> over(guard.scope());
            case AdminOperation.RemoveGuard(Scope scope) -> over(scope);
            case AdminOperation.SetOpen(Scope.OfPrefix scope) -> over(scope);
            case AdminOperation.RemoveOpen(Scope.OfPrefix scope) -> over(scope);
            case AdminOperation.SetPrincipal _,
                    AdminOperation.RevokePrincipal _,
                    AdminOperation.SetKey _,
                    AdminOperation.RevokeKey _,
                    AdminOperation.SetRight _,
                    AdminOperation.RemoveRight _,
                    AdminOperation.SetKeepRevisions _,
                    AdminOperation.Compact _ -> guards.lastResort();
        };
    }

    private Ruling over(Scope scope) {
        return switch (scope) {
            case Scope.OfPrefix(Bytes prefix) -> {
                Ruling now = guards.ruling(prefix);
                yield now instanceof Ruling.Guarded(Guard guard)
                                && electors.deadEnd(guard).isEmpty()
                        ? now
                        : guards.lastResort();
            }
            case Scope.OfRegistry _, Scope.OfRecovery _ -> guards.lastResort();
        };
    }

    /** Whether the registry's guard decides on it. */
    boolean isRegistrys(AdminOperation operation) {
        return over(operation).equals(guards.lastResort());
    }
}
