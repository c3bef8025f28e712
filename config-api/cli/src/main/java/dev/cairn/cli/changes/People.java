package dev.cairn.cli.changes;

import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Lifetime;
import dev.cairn.kv.guard.Principal;
import dev.cairn.ssh.SshPublicKey;
import java.util.Optional;
import java.util.function.Predicate;

/** Whose keys are whose. */
final class People {
    /** That nobody is registered. */
    static final String NOBODY = "this cluster has no people; see `cairn init --person`";

    private People() {}

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
