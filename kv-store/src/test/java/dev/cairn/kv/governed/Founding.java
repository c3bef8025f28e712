package dev.cairn.kv.governed;

import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.guard.Guard;
import dev.cairn.kv.guard.Lifetime;
import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.Role;
import dev.cairn.kv.guard.Scope;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.KeyKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Draws who governs: few names, and prefixes that lie in each other. */
public final class Founding {
    public static final List<String> PEOPLE = List.of("alice", "bob", "carol", "dave");
    static final String NODE = "web1";
    static final List<Role> ROLES = List.of(new Role("admin"), new Role("ops"));
    static final List<Bytes> PREFIXES = List.of("", "a/", "a/x", "a/xy", "b", "o/", "o/g").stream()
            .map(Bytes::utf8)
            .toList();

    private final Dice dice;
    private final long start;

    private Founding(Dice dice, long start) {
        this.dice = dice;
        this.start = start;
    }

    /**
     * Keys from 9 on are nobody's, and 8 is the node's.
     *
     * @param start the time, in seconds since 1970, of which it is the beginning
     */
    public static Rules draw(Digest chain, Dice dice, long start) {
        Founding founding = new Founding(dice, start);
        Rules rules = new Rules(chain, founding.guard(Scope.REGISTRY, dice.oneOf(1, 1, 1, 2, 2)));
        for (int i = 0; i < PEOPLE.size(); i++) {
            rules.members.put(
                    PEOPLE.get(i), founding.member(PEOPLE.get(i), Principal.Kind.PERSON, List.of(2 * i, 2 * i + 1)));
        }
        rules.members.put(
                NODE,
                new Member(
                        NODE,
                        Principal.Kind.NODE,
                        Set.copyOf(ROLES),
                        Life.of(Lifetime.ALWAYS),
                        List.of(founding.held(8))));
        if (dice.inPercent(50)) {
            rules.recovery = Optional.of(founding.guard(Scope.RECOVERY, 2));
        }
        for (Bytes prefix : PREFIXES) {
            int fate = dice.below(10);
            if (fate < 5) {
                rules.prefixes.put(prefix, Optional.of(founding.guard(new Scope.OfPrefix(prefix), 1 + dice.below(3))));
            } else if (fate < 7 && !prefix.isEmpty()) {
                rules.prefixes.put(prefix, Optional.empty());
            }
        }
        rules.prefixes.put(Bytes.utf8("o/"), Optional.empty());
        rules.gatewaysMayCompact = dice.inPercent(50);
        rules.keepRevisions = dice.oneOf(0, 0, 5);
        return rules;
    }

    private Member member(String name, Principal.Kind kind, List<Integer> keys) {
        Set<Role> roles = new TreeSet<>();
        ROLES.stream().filter(_ -> dice.inPercent(50)).forEach(roles::add);
        List<Member.Held> held = new ArrayList<>();
        keys.forEach(key -> held.add(held(key)));
        return new Member(name, kind, roles, life(), held);
    }

    private Member.Held held(int key) {
        return new Member.Held(KeyRing.publicKey(key), life());
    }

    private Life life() {
        return dice.inPercent(85) ? Life.of(Lifetime.ALWAYS) : Life.between(0, start + 1 + dice.below(2000));
    }

    static Guard guard(Dice dice, Scope scope, int threshold) {
        return new Founding(dice, 0).guard(scope, threshold);
    }

    private Guard guard(Scope scope, int threshold) {
        TreeSet<PrincipalName> people = new TreeSet<>();
        TreeSet<Role> roles = new TreeSet<>();
        if (dice.inPercent(70)) {
            PEOPLE.stream()
                    .filter(_ -> dice.inPercent(75))
                    .map(PrincipalName::new)
                    .forEach(people::add);
            people.add(new PrincipalName(NODE));
        } else {
            roles.add(dice.pick(ROLES));
        }
        Set<KeyKind> kinds = dice.inPercent(70)
                ? EnumSet.allOf(KeyKind.class)
                : EnumSet.of(dice.oneOf(KeyKind.ED25519, KeyKind.SK_ED25519));
        return new Guard(scope, threshold, people, roles, dice.inPercent(30), kinds, dice.oneOf(600L, 600L, 120L));
    }
}
