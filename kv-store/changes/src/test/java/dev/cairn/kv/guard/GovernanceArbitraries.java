package dev.cairn.kv.guard;

import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.UtcTime;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.KeyKind;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshPublicKey;
import dev.cairn.ssh.TestKey;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Governances of all shapes, those too in which nobody could do anything. */
public final class GovernanceArbitraries {
    /** Made once: each is checked when it is read, and that takes time. */
    private static final List<SshPublicKey> KEYS = IntStream.range(0, 24)
            .mapToObj(i -> open(TestKey.of(
                    List.of(KeyKind.ED25519, KeyKind.SK_ED25519, KeyKind.ECDSA_P256, KeyKind.SK_ECDSA_P256)
                            .get(i % 4),
                    i)))
            .toList();

    private static final List<String> NAMES = List.of("alice", "bob", "carol@example.org", "web1", "0.x_y-z");

    private GovernanceArbitraries() {}

    private static SshPublicKey open(TestKey key) {
        try {
            return key.publicKey();
        } catch (SshException e) {
            throw new IllegalStateException(e);
        }
    }

    public static Arbitrary<Governance> governances() {
        return Combinators.combine(
                        registries(),
                        guards(Scope.REGISTRY).optional(),
                        guards(Scope.RECOVERY).optional(),
                        tables(),
                        Arbitraries.of(Right.class).set(),
                        Arbitraries.of(0L, 1L, 1000L, Governance.MAX_KEEP_REVISIONS))
                .as((registry, registryGuard, recovery, table, rights, keep) -> new Governance(
                        registry,
                        new GuardTable(registryGuard, guardsOf(table), List.copyOf(table.openPrefixes())),
                        recovery,
                        rights,
                        keep));
    }

    private record Table(Set<Bytes> guarded, Set<Bytes> open, List<Guard> patterns) {
        Set<Bytes> openPrefixes() {
            Set<Bytes> rest = new TreeSet<>(open);
            rest.removeAll(guarded);
            return rest;
        }
    }

    private static List<Guard> guardsOf(Table table) {
        List<Guard> guards = new ArrayList<>();
        for (Bytes prefix : table.guarded()) {
            Guard pattern =
                    table.patterns().get(guards.size() % table.patterns().size());
            guards.add(withScope(pattern, new Scope.OfPrefix(prefix)));
        }
        return guards;
    }

    private static Guard withScope(Guard guard, Scope scope) {
        return new Guard(
                scope,
                guard.threshold(),
                guard.people(),
                guard.roles(),
                guard.excludeAuthor(),
                guard.keyKinds(),
                guard.maxValiditySeconds());
    }

    private static Arbitrary<Table> tables() {
        Arbitrary<Set<Bytes>> prefixes = Arbitraries.of("", "a", "app/", "app/x y%", "b", "\u00e4", "~")
                .map(Bytes::utf8)
                .set();
        return Combinators.combine(
                        prefixes,
                        prefixes,
                        guards(Scope.EVERYTHING).list().ofMinSize(1).ofMaxSize(3))
                .as(Table::new);
    }

    public static Arbitrary<Guard> guards(Scope scope) {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 4),
                        names().set().ofMaxSize(3),
                        roles(),
                        Arbitraries.of(true, false),
                        Arbitraries.of(KeyKind.class).set().ofMinSize(1),
                        Arbitraries.of(1L, 86_400L, 604_800L))
                .as((threshold, people, roles, excluded, kinds, valid) -> new Guard(
                        scope, threshold, new TreeSet<>(people), roles, excluded, EnumSet.copyOf(kinds), valid));
    }

    static Arbitrary<SshPublicKey> keys() {
        return Arbitraries.of(KEYS);
    }

    static Arbitrary<PrincipalName> names() {
        return Arbitraries.of(NAMES).map(PrincipalName::new);
    }

    static Arbitrary<NavigableSet<Role>> roles() {
        return Arbitraries.of("admin", "ops", "on-call")
                .map(Role::new)
                .set()
                .ofMaxSize(3)
                .<NavigableSet<Role>>map(TreeSet::new);
    }

    public static Arbitrary<Lifetime> lifetimes() {
        Arbitrary<Long> times = Arbitraries.longs().between(0, UtcTime.MAX_SECONDS);
        return Arbitraries.oneOf(
                Arbitraries.just(Lifetime.ALWAYS),
                times.filter(until -> until > 0).map(until -> Lifetime.between(0, until)),
                Combinators.combine(times, times.optional())
                        .as((from, revoked) ->
                                Lifetime.between(from, Lifetime.NO_END).revokedAt(revoked.orElse(from))));
    }

    private static Arbitrary<Registry> registries() {
        Arbitrary<Principal> heads = Combinators.combine(
                        names(),
                        Arbitraries.frequency(
                                Tuple.of(4, Principal.Kind.PERSON),
                                Tuple.of(1, Principal.Kind.NODE),
                                Tuple.of(1, Principal.Kind.SERVICE),
                                Tuple.of(1, Principal.Kind.GATEWAY)),
                        roles(),
                        lifetimes())
                .as((name, kind, roles, lifetime) -> new Principal(name, kind, roles, List.of(), lifetime));
        return Combinators.combine(
                        heads.list().ofMaxSize(5).uniqueElements(Principal::name),
                        Arbitraries.of(KEYS).set().ofMaxSize(8),
                        lifetimes().list().ofSize(8))
                .as(GovernanceArbitraries::registry);
    }

    /** Deals out the keys to the principals in turn. */
    private static Registry registry(List<Principal> heads, Set<SshPublicKey> keys, List<Lifetime> lifetimes) {
        List<SshPublicKey> pack = List.copyOf(keys);
        List<Principal> principals = new ArrayList<>();
        for (Principal head : heads) {
            List<Principal.HeldKey> held = new ArrayList<>();
            for (int i = principals.size(); i < pack.size(); i += heads.size()) {
                held.add(new Principal.HeldKey(pack.get(i), lifetimes.get(i)));
            }
            principals.add(new Principal(head.name(), head.kind(), head.roles(), held, head.lifetime()));
        }
        return new Registry(principals);
    }
}
