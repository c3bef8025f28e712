package dev.cairn.cli.changes;

import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Seconds;
import dev.cairn.kv.guard.Guard;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.Role;
import dev.cairn.kv.guard.Ruling;
import dev.cairn.kv.guard.Scope;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.KeyKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** Guards in words. */
final class Guards {
    private Guards() {}

    /** What must be signed: "2 of alice, bob or with role ops, the author not counted; …". */
    static String sentence(Guard guard) {
        List<String> whose = new ArrayList<>();
        if (!guard.people().isEmpty()) {
            whose.add(String.join(
                    ", ", guard.people().stream().map(PrincipalName::text).toList()));
        }
        if (!guard.roles().isEmpty()) {
            whose.add("those with role "
                    + String.join(" or ", guard.roles().stream().map(Role::name).toList()));
        }
        return guard.threshold() + " of " + String.join(" and ", whose)
                + (guard.excludeAuthor() ? ", the author not counted" : "")
                + (guard.keyKinds().equals(EnumSet.allOf(KeyKind.class))
                        ? ""
                        : ", with keys of kind "
                                + String.join(
                                        " or ",
                                        guard.keyKinds().stream()
                                                .map(KeyKind::keyName)
                                                .toList()))
                + "; a change is valid for " + Seconds.inWords(guard.maxValiditySeconds()) + " at most";
    }

    static String sentence(Ruling ruling) {
        return switch (ruling) {
            case Ruling.Guarded(Guard guard) -> sentence(guard);
            case Ruling.Open _ -> "open: gateways write there without signatures";
            case Ruling.Closed _ -> "closed: no guard and no open prefix decides, so nobody can write there";
        };
    }

    /** What it means that nobody can meet a guard, and who can mend it. */
    static String sentence(Objection.DeadEnd end) {
        String able = "the guard on " + end.scope().name() + " wants " + end.threshold() + " and only " + end.able()
                + " of its people can sign";
        return switch (end.scope()) {
            case Scope.OfPrefix _ -> able + ", so nothing changes there until the registry's people set another";
            case Scope.OfRegistry _ -> able + ", so only recovery changes who governs";
            case Scope.OfRecovery _ -> able + ", so nobody recovers";
        };
    }

    /** A prefix as people write it. */
    static String prefix(Bytes prefix) {
        return prefix.isEmpty() ? "(all keys)" : ChangeText.printKey(prefix);
    }

    static Json json(Guard guard) {
        return Json.object()
                .put("guard", guard.scope().name())
                .put("threshold", guard.threshold())
                .put(
                        "people",
                        guard.people().stream()
                                .map(PrincipalName::text)
                                .map(Json::text)
                                .toList())
                .put(
                        "roles",
                        guard.roles().stream().map(Role::name).map(Json::text).toList())
                .put("exclude_author", guard.excludeAuthor())
                .put(
                        "key_kinds",
                        guard.keyKinds().stream()
                                .map(KeyKind::keyName)
                                .map(Json::text)
                                .toList())
                .put("max_validity_seconds", guard.maxValiditySeconds())
                .build();
    }
}
