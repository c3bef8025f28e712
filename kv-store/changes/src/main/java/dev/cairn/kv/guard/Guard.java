package dev.cairn.kv.guard;

import dev.cairn.kv.change.PrincipalName;
import dev.cairn.ssh.KeyKind;
import java.util.Collections;
import java.util.EnumSet;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a change of that which lies in its scope needs.
 *
 * @param threshold so many distinct persons must have signed; at least 1
 * @param people who counts, by name
 * @param roles who counts, by role
 * @param excludeAuthor whether the author is not counted
 * @param keyKinds signatures of other keys are not counted; at least one kind
 * @param maxValiditySeconds a change may be valid for so long at most
 */
public record Guard(
        Scope scope,
        int threshold,
        NavigableSet<PrincipalName> people,
        NavigableSet<Role> roles,
        boolean excludeAuthor,
        Set<KeyKind> keyKinds,
        long maxValiditySeconds) {
    public static final int MAX_NAMED = 256;

    /** Beyond what any validity can be. */
    private static final long MAX_SECONDS = 1_000_000_000_000L;

    public Guard {
        people = Collections.unmodifiableNavigableSet(new TreeSet<>(people));
        roles = Collections.unmodifiableNavigableSet(new TreeSet<>(roles));
        if (people.size() > MAX_NAMED || roles.size() > MAX_NAMED) {
            throw new IllegalArgumentException(
                    "a guard names at most " + MAX_NAMED + " people and as many roles; use a role for many people");
        }
        if (threshold < 1 || maxValiditySeconds < 1 || maxValiditySeconds > MAX_SECONDS || keyKinds.isEmpty()) {
            throw new IllegalArgumentException(
                    "a guard's threshold, key kinds and longest validity are at least 1; correct them");
        }
        keyKinds = Collections.unmodifiableSet(EnumSet.copyOf(keyKinds));
    }

    /** Whether a signature of {@code person}, with a key that is accepted, would count in a change by {@code author}. */
    boolean counts(Principal person, PrincipalName author) {
        return names(person) && !(excludeAuthor && person.name().equals(author));
    }

    /** Whether it is one of the guard's people. */
    boolean names(Principal person) {
        return person.isPerson() && lists(person);
    }

    /** Whether a write that one such key has signed needs nobody else. Machines sign writes, so here they count too. */
    boolean isContentWith(Principal signer, KeyKind kind) {
        return threshold == 1 && !excludeAuthor && keyKinds.contains(kind) && lists(signer);
    }

    private boolean lists(Principal principal) {
        return people.contains(principal.name()) || principal.roles().stream().anyMatch(roles::contains);
    }

    /** That this guard could not let anything pass at that time, whoever signs; nothing if it could. */
    public Optional<Objection.DeadEnd> deadEnd(Registry registry, long nowSeconds) {
        return new Electors(registry, nowSeconds).deadEnd(this);
    }
}
