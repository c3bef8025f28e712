package dev.cairn.cli.changes;

import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Lifetime;
import dev.cairn.kv.guard.Principal;
import dev.cairn.ssh.SshPublicKey;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Whose keys are whose. */
final class People {
    /** That nobody is registered. */
    static final String NOBODY = "this cluster has no people; see `cairn init --person`";

    /** Of those who are registered, an error names so many. */
    private static final int MAX_NAMES = 20;

    private People() {}

    /** That there is nobody with that name, and who there is. */
    static String nobodyIsCalled(PrincipalName name, Governance governance) {
        List<String> people = governance.registry().principals().stream()
                .filter(Principal::isPerson)
                .map(person -> person.name().text())
                .toList();
        if (people.isEmpty()) {
            return NOBODY;
        }
        int others = Math.max(0, people.size() - MAX_NAMES);
        return "nobody is called " + name + "; people: "
                + String.join(", ", people.subList(0, people.size() - others))
                + (others > 0 ? " and " + others + " more, see `cairn people`" : "");
    }

    /** Whoever has the key, whether it still counts or not. */
    static Optional<Principal> holder(Governance governance, SshPublicKey key) {
        return governance.registry().principals().stream()
                .filter(principal ->
                        principal.keys().stream().anyMatch(held -> held.key().equals(key)))
                .findFirst();
    }

    /** Whether a key is one with which {@code name} can sign at that time. */
    static Predicate<SshPublicKey> keysOf(Governance governance, PrincipalName name, long nowSeconds) {
        return key -> signsNow(governance, key, nowSeconds)
                .filter(principal -> principal.name().equals(name))
                .isPresent();
    }

    /** Whoever can sign with the key at that time. */
    static Optional<Principal> signsNow(Governance governance, SshPublicKey key, long nowSeconds) {
        return holder(governance, key)
                .filter(principal -> principal.lifetime().at(nowSeconds) == Lifetime.Standing.VALID)
                .filter(principal -> principal.keys().stream()
                        .anyMatch(held ->
                                held.key().equals(key) && held.lifetime().at(nowSeconds) == Lifetime.Standing.VALID));
    }
}
