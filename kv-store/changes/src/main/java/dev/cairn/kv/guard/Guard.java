package dev.cairn.kv.guard;

import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.KeyKind;
import java.util.Collections;
import java.util.EnumSet;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a change of keys below a prefix needs. Of all guards whose prefix a key has, the longest alone decides.
 *
 * @param threshold so many distinct persons must have signed; at least 1
 * @param people who counts, by name
 * @param roles who counts, by role
 * @param excludeAuthor whether the author is not counted
 * @param keyKinds signatures of other keys are not counted; at least one kind
 * @param maxValiditySeconds a change may be valid for so long at most
 */
public record Guard(
        Bytes prefix,
        int threshold,
        NavigableSet<PrincipalName> people,
        NavigableSet<Role> roles,
        boolean excludeAuthor,
        Set<KeyKind> keyKinds,
        long maxValiditySeconds) {
    public static final int MAX_PREFIX_BYTES = 4096;
    public static final int MAX_NAMED = 256;

    public Guard {
        people = Collections.unmodifiableNavigableSet(new TreeSet<>(people));
        roles = Collections.unmodifiableNavigableSet(new TreeSet<>(roles));
        if (prefix.size() > MAX_PREFIX_BYTES || people.size() > MAX_NAMED || roles.size() > MAX_NAMED) {
            throw new IllegalArgumentException("a guard has a prefix of at most " + MAX_PREFIX_BYTES
                    + " bytes and names at most " + MAX_NAMED + " people and roles each; use a role for many people");
        }
        if (threshold < 1 || maxValiditySeconds < 1 || keyKinds.isEmpty()) {
            throw new IllegalArgumentException(
                    "a guard's threshold, key kinds and longest validity are at least 1; correct them");
        }
        keyKinds = Collections.unmodifiableSet(EnumSet.copyOf(keyKinds));
    }

    /** Whether a signature of {@code person}, with a key that is accepted, would count in a change by {@code author}. */
    boolean counts(Principal person, PrincipalName author) {
        return names(person) && !(excludeAuthor && person.name().equals(author));
    }

    private boolean names(Principal person) {
        return person.isPerson()
                && (people.contains(person.name()) || person.roles().stream().anyMatch(roles::contains));
    }

    /** Why this guard could never let anything pass at that time, in one line; nothing if it could. */
    public Optional<String> deadEnd(Registry registry, long nowSeconds) {
        long able = registry.principals().stream()
                .filter(this::names)
                .filter(person -> person.canSign(keyKinds, nowSeconds))
                .count();
        return able >= threshold
                ? Optional.empty()
                : Optional.of("the threshold " + threshold + " could never be met: " + able
                        + " of the guard's people have a key that counts; lower it or name more people");
    }

    /** The prefix as keys are spelled in changes. */
    public String name() {
        return "\"" + ChangeText.printKey(prefix) + "\"";
    }
}
