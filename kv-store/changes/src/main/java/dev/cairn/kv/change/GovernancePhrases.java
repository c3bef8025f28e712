package dev.cairn.kv.change;

import dev.cairn.kv.guard.Guard;
import dev.cairn.kv.guard.Lifetime;
import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.Right;
import dev.cairn.kv.guard.Role;
import dev.cairn.kv.guard.Scope;
import dev.cairn.ssh.KeyKind;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshPublicKey;
import java.util.EnumSet;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** How keys, guards and what belongs to them are spelled, in a governance and in changes of it. */
final class GovernancePhrases {
    private static final Set<KeyKind> ANY = EnumSet.allOf(KeyKind.class);

    private GovernancePhrases() {}

    static String roles(NavigableSet<Role> roles) {
        return roles.isEmpty() ? "" : " roles " + Phrase.printList(roles);
    }

    static NavigableSet<Role> roles(Phrase in) throws ChangeException {
        return new TreeSet<>(in.takes("roles") ? in.roles() : Set.of());
    }

    static String lifetime(Lifetime lifetime) {
        String text = lifetime.fromSeconds() == 0 ? "" : " from " + UtcTime.print(lifetime.fromSeconds());
        if (lifetime.untilSeconds() != Lifetime.NO_END) {
            text += " until " + UtcTime.print(lifetime.untilSeconds());
        }
        if (lifetime.revokedSeconds().isPresent()) {
            text += " revoked " + UtcTime.print(lifetime.revokedSeconds().getAsLong());
        }
        return text;
    }

    static Lifetime lifetime(Phrase in) throws ChangeException {
        long from = in.takes("from") ? in.time() : 0;
        long until = in.takes("until") ? in.time() : Lifetime.NO_END;
        OptionalLong revoked = in.takes("revoked") ? OptionalLong.of(in.time()) : OptionalLong.empty();
        return new Lifetime(from, until, revoked);
    }

    static String key(Principal.HeldKey held) {
        return held.key().line() + lifetime(held.lifetime());
    }

    static Principal.HeldKey key(Phrase in) throws ChangeException {
        String line = in.word() + " " + in.word();
        try {
            return new Principal.HeldKey(SshPublicKey.parseLine(line), lifetime(in));
        } catch (SshException e) {
            throw in.wrong("has a key that is refused: " + e.getMessage());
        }
    }

    static String scope(Scope scope) {
        return switch (scope) {
            case Scope.OfRegistry _ -> "registry";
            case Scope.OfRecovery _ -> "recovery";
            case Scope.OfPrefix prefix -> prefix(prefix);
        };
    }

    static String prefix(Scope.OfPrefix scope) {
        return scope.prefix().isEmpty() ? "everything" : "prefix " + Words.printKey(scope.prefix());
    }

    static Scope scope(Phrase in) throws ChangeException {
        if (in.takes("registry")) {
            return Scope.REGISTRY;
        }
        return in.takes("recovery") ? Scope.RECOVERY : prefix(in);
    }

    static Scope.OfPrefix prefix(Phrase in) throws ChangeException {
        if (in.takes("everything")) {
            return Scope.EVERYTHING;
        }
        in.require("prefix");
        return new Scope.OfPrefix(in.key());
    }

    static String guard(Guard guard) {
        String keys = guard.keyKinds().equals(ANY)
                ? "any"
                : Phrase.printList(
                        guard.keyKinds().stream().map(KeyKind::keyName).toList());
        return scope(guard.scope()) + " threshold " + guard.threshold() + " people "
                + Phrase.printList(guard.people()) + " roles " + Phrase.printList(guard.roles()) + " author "
                + (guard.excludeAuthor() ? "excluded" : "counts") + " keys " + keys + " valid "
                + guard.maxValiditySeconds();
    }

    static Guard guard(Phrase in) throws ChangeException {
        Scope scope = scope(in);
        in.require("threshold");
        int threshold = in.smallNumber();
        in.require("people");
        NavigableSet<PrincipalName> people = new TreeSet<>(in.names());
        in.require("roles");
        NavigableSet<Role> roles = new TreeSet<>(in.roles());
        in.require("author");
        boolean excluded = in.takes("excluded");
        if (!excluded) {
            in.require("counts");
        }
        in.require("keys");
        Set<KeyKind> kinds = in.takes("any") ? ANY : kinds(in);
        in.require("valid");
        return new Guard(scope, threshold, people, roles, excluded, kinds, in.number());
    }

    private static Set<KeyKind> kinds(Phrase in) throws ChangeException {
        Set<KeyKind> kinds = EnumSet.noneOf(KeyKind.class);
        for (String name : in.list()) {
            kinds.add(KeyKind.named(name).orElseThrow(() -> in.wrong("names no kind of key: \"" + name + "\"")));
        }
        return kinds;
    }

    static Right right(Phrase in) throws ChangeException {
        String word = in.word();
        return Right.named(word).orElseThrow(() -> in.wrong("names no right: \"" + word + "\""));
    }
}
