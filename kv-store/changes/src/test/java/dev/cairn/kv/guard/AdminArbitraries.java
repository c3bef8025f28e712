package dev.cairn.kv.guard;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Changes of governances, of all shapes, about the principals and prefixes that {@link GovernanceArbitraries} makes. */
public final class AdminArbitraries {
    private static final Digest CHAIN = Digest.parse("ab".repeat(32));

    private AdminArbitraries() {}

    public static Arbitrary<AdminChange> changes() {
        return operations()
                .list()
                .ofMinSize(1)
                .ofMaxSize(6)
                .uniqueElements(AdminOperation::subject)
                .map(AdminArbitraries::change);
    }

    static AdminChange change(List<AdminOperation> operations) {
        return new AdminChange(
                CHAIN, 5, 1_000_000, 2_000_000, new PrincipalName("alice"), "As agreed, ticket 42", operations);
    }

    public static AdminChange withOperations(AdminChange change, List<AdminOperation> operations) {
        return new AdminChange(
                change.chain(),
                change.baseRevision(),
                change.validFromSeconds(),
                change.expiresSeconds(),
                change.author(),
                change.reason(),
                operations);
    }

    private static Arbitrary<AdminOperation> operations() {
        Arbitrary<PrincipalName> names = GovernanceArbitraries.names();
        Arbitrary<Lifetime> lifetimes = GovernanceArbitraries.lifetimes()
                .map(lifetime -> Lifetime.between(lifetime.fromSeconds(), lifetime.untilSeconds()));
        Arbitrary<Principal.Kind> kinds = Arbitraries.of(Principal.Kind.PERSON, Principal.Kind.NODE);
        Arbitrary<Scope.OfPrefix> prefixes =
                Arbitraries.of("", "app/", "b", "app/x y%").map(Bytes::utf8).map(Scope.OfPrefix::new);
        Arbitrary<Scope> scopes = Arbitraries.oneOf(Arbitraries.of(Scope.REGISTRY, Scope.RECOVERY), prefixes);
        return Arbitraries.oneOf(
                Combinators.combine(kinds, names, GovernanceArbitraries.roles(), lifetimes)
                        .as(AdminOperation.SetPrincipal::new),
                Combinators.combine(kinds, names).as(AdminOperation.RevokePrincipal::new),
                Combinators.combine(names, GovernanceArbitraries.keys(), lifetimes)
                        .as((name, key, lifetime) ->
                                new AdminOperation.SetKey(name, new Principal.HeldKey(key, lifetime))),
                Combinators.combine(names, GovernanceArbitraries.keys())
                        .as((name, key) -> new AdminOperation.RevokeKey(name, key.fingerprint())),
                scopes.flatMap(GovernanceArbitraries::guards).map(AdminOperation.SetGuard::new),
                scopes.filter(scope -> !scope.equals(Scope.REGISTRY)).map(AdminOperation.RemoveGuard::new),
                prefixes.map(AdminOperation.SetOpen::new),
                prefixes.map(AdminOperation.RemoveOpen::new),
                Arbitraries.of(
                        new AdminOperation.SetRight(Right.COMPACT),
                        new AdminOperation.RemoveRight(Right.COMPACT),
                        new AdminOperation.SetKeepRevisions(10),
                        new AdminOperation.Compact(7)));
    }
}
