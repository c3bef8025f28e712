package dev.cairn.kv.guard;

import dev.cairn.kv.change.PrincipalName;
import dev.cairn.ssh.KeyKind;
import dev.cairn.ssh.SshPublicKey;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Somebody or something that signs.
 *
 * @param roles in their own order, whatever the order given
 * @param keys any of them signs; at most {@link #MAX_KEYS}, in the order of their bytes
 */
public record Principal(
        PrincipalName name, Kind kind, NavigableSet<Role> roles, List<HeldKey> keys, Lifetime lifetime) {
    public static final int MAX_KEYS = 32;
    public static final int MAX_ROLES = 32;

    /** Only persons count towards a threshold. */
    public enum Kind {
        PERSON("person"),
        NODE("node"),
        SERVICE("service"),
        GATEWAY("gateway");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** As it stands in texts. */
        public String word() {
            return word;
        }

        public static Optional<Kind> named(String word) {
            return Arrays.stream(values())
                    .filter(kind -> kind.word.equals(word))
                    .findFirst();
        }
    }

    /** A key with its own lifetime, within its holder's. */
    public record HeldKey(SshPublicKey key, Lifetime lifetime) {}

    public Principal {
        roles = Collections.unmodifiableNavigableSet(new TreeSet<>(roles));
        keys = keys.stream()
                .sorted(Comparator.comparing(held -> held.key().blob()))
                .toList();
        if (keys.size() > MAX_KEYS || roles.size() > MAX_ROLES) {
            throw new IllegalArgumentException(name + " has " + keys.size() + " keys and " + roles.size()
                    + " roles; give at most " + MAX_KEYS + " keys and " + MAX_ROLES + " roles");
        }
    }

    public boolean isPerson() {
        return kind == Kind.PERSON;
    }

    /** Whether the principal could sign now with a key of one of these kinds. */
    boolean canSign(Set<KeyKind> kinds, long nowSeconds) {
        return lifetime.at(nowSeconds) == Lifetime.Standing.VALID
                && keys.stream()
                        .anyMatch(held -> kinds.contains(held.key().kind())
                                && held.lifetime().at(nowSeconds) == Lifetime.Standing.VALID);
    }
}
