package dev.cairn.kv.guard;

import dev.cairn.kv.change.PrincipalName;
import dev.cairn.ssh.KeyKind;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who could sign at one block time. Found out once for all guards that count the same people: thousands of guards may decide on
 * one change. Not for several threads.
 */
final class Electors {
    private static final Set<KeyKind> ANY = EnumSet.allOf(KeyKind.class);

    private final Registry registry;
    private final long nowSeconds;
    private final Map<Electorate, NavigableSet<PrincipalName>> found = new LinkedHashMap<>();

    /** Who can sign at all, once they were counted. */
    private OptionalInt persons = OptionalInt.empty();

    /** Whose signatures count. {@code besides} is an author who does not, whoever names them. */
    private record Electorate(
            NavigableSet<PrincipalName> people,
            NavigableSet<Role> roles,
            Set<KeyKind> keyKinds,
            Optional<PrincipalName> besides) {}

    Electors(Registry registry, long nowSeconds) {
        this.registry = registry;
        this.nowSeconds = nowSeconds;
    }

    /** All whose signatures the guard would count in a change by {@code author}. */
    NavigableSet<PrincipalName> able(Guard guard, PrincipalName author) {
        return able(guard, guard.keyKinds(), Optional.of(author).filter(_ -> guard.excludeAuthor()));
    }

    private NavigableSet<PrincipalName> able(Guard guard, Set<KeyKind> kinds, Optional<PrincipalName> besides) {
        return found.computeIfAbsent(new Electorate(guard.people(), guard.roles(), kinds, besides), _ -> {
            NavigableSet<PrincipalName> able = new TreeSet<>();
            for (Principal person : registry.principals()) {
                boolean counts = guard.names(person)
                        && !besides.equals(Optional.of(person.name()))
                        && person.canSign(kinds, nowSeconds);
                if (counts) {
                    able.add(person.name());
                }
            }
            return able;
        });
    }

    /** That the guard can let nothing pass now, whoever is the author and whoever signs; nothing if it can. */
    Optional<Objection.DeadEnd> deadEnd(Guard guard) {
        int able = able(guard, guard.keyKinds(), Optional.empty()).size();
        boolean canBeMet = able > guard.threshold()
                || (able == guard.threshold() && (!guard.excludeAuthor() || authors(guard) > able));
        return canBeMet ? Optional.empty() : Optional.of(new Objection.DeadEnd(guard.scope(), guard.threshold(), able));
    }

    /** How many could be the author of what the guard excludes its author from; all whose signatures it counts are among them. */
    private int authors(Guard guard) {
        return switch (guard.scope()) {
            case Scope.OfPrefix _, Scope.OfRegistry _ -> persons();
            case Scope.OfRecovery _ -> able(guard, ANY, Optional.empty()).size();
        };
    }

    private int persons() {
        if (persons.isEmpty()) {
            persons = OptionalInt.of((int) registry.principals().stream()
                    .filter(principal -> principal.isPerson() && principal.canSign(ANY, nowSeconds))
                    .count());
        }
        return persons.getAsInt();
    }
}
