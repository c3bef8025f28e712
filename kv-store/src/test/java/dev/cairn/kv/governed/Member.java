package dev.cairn.kv.governed;

import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.Role;
import dev.cairn.ssh.KeyKind;
import dev.cairn.ssh.SshPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Somebody or something that signs. */
record Member(String name, Principal.Kind kind, Set<Role> roles, Life life, List<Held> keys) {
    record Held(SshPublicKey key, Life life) {}

    Member {
        roles = Set.copyOf(roles);
        keys = List.copyOf(keys);
    }

    Optional<Held> held(SshPublicKey key) {
        return keys.stream().filter(held -> held.key().equals(key)).findFirst();
    }

    boolean isPerson() {
        return kind == Principal.Kind.PERSON;
    }

    /** Whether a signature with that key, made now, is one of theirs. */
    boolean signs(SshPublicKey key, long now) {
        return life.holds(now)
                && held(key).filter(held -> held.life().holds(now)).isPresent();
    }

    boolean hasKeyOf(Set<KeyKind> kinds, long now) {
        return keys.stream().anyMatch(held -> kinds.contains(held.key().kind()) && signs(held.key(), now));
    }

    Member with(Life other) {
        return new Member(name, kind, roles, other, keys);
    }

    Member with(Held key) {
        List<Held> all = new ArrayList<>(keys);
        all.removeIf(held -> held.key().equals(key.key()));
        all.add(key);
        return new Member(name, kind, roles, life, all);
    }
}
