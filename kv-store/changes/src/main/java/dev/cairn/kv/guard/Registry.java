package dev.cairn.kv.guard;

import dev.cairn.kv.change.PrincipalName;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.Fingerprint;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All principals. A key has one holder. Immutable. */
public final class Registry {
    private final SortedMap<PrincipalName, Principal> byName = new TreeMap<>();
    private final SortedMap<Bytes, Holding> byKey = new TreeMap<>();

    /** Whose key it is, and which. */
    public record Holding(Principal principal, Principal.HeldKey key) {

        /** Why a signature with this key does not count at that time, if it does not. */
        public Optional<SignerRefusal> outOfTime(long nowSeconds) {
            Fingerprint fingerprint = key.key().fingerprint();
            Lifetime.Standing ofHolder = principal.lifetime().at(nowSeconds);
            Lifetime.Standing ofKey = key.lifetime().at(nowSeconds);
            if (ofHolder == Lifetime.Standing.REVOKED || ofKey == Lifetime.Standing.REVOKED) {
                return Optional.of(new SignerRefusal.RevokedSigner(principal.name(), fingerprint));
            }
            return ofHolder == Lifetime.Standing.VALID && ofKey == Lifetime.Standing.VALID
                    ? Optional.empty()
                    : Optional.of(new SignerRefusal.SignerOutOfTime(principal.name(), fingerprint));
        }
    }

    /** Refuses, by {@link IllegalArgumentException}, a name or a key that is there twice. */
    public Registry(Collection<Principal> principals) {
        for (Principal principal : principals) {
            if (byName.put(principal.name(), principal) != null) {
                throw new IllegalArgumentException(
                        principal.name() + " is there twice; give each principal one record");
            }
            principal.keys().forEach(key -> hold(principal, key));
        }
    }

    private void hold(Principal principal, Principal.HeldKey key) {
        Holding other = byKey.put(key.key().blob(), new Holding(principal, key));
        if (other != null) {
            throw new IllegalArgumentException("the key " + key.key() + " of " + principal.name() + " is already "
                    + other.principal().name() + "'s; each needs a key of their own");
        }
    }

    /** In the order of their names. */
    public Collection<Principal> principals() {
        return Collections.unmodifiableCollection(byName.values());
    }

    public Optional<Principal> principal(PrincipalName name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The checked key with this spelling, if somebody holds it, and who. */
    public Optional<Holding> holderOf(Bytes keyBlob) {
        return Optional.ofNullable(byKey.get(keyBlob));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Registry that && byName.equals(that.byName);
    }

    @Override
    public int hashCode() {
        return byName.hashCode();
    }
}
