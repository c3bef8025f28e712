package dev.cairn.cli.changes;

import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.UtcTime;
import dev.cairn.kv.guard.Lifetime;
import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Whoever signs, as people read it, and how it stood at a time. */
final class PrincipalText {
    private PrincipalText() {}

    static List<String> lines(Principal principal, long nowSeconds) {
        List<String> lines = new ArrayList<>();
        String roles = principal.roles().stream().map(Role::name).collect(Collectors.joining(", "));
        lines.add(principal.name() + "  " + principal.kind().word() + (roles.isEmpty() ? "" : "  " + roles)
                + standing(principal.lifetime(), nowSeconds));
        principal.keys().forEach(held -> lines.add("    " + held.key() + standing(held.lifetime(), nowSeconds)));
        return lines;
    }

    private static String standing(Lifetime lifetime, long now) {
        return switch (lifetime.at(now)) {
            case VALID ->
                lifetime.endSeconds() == Lifetime.NO_END ? "" : "  until " + UtcTime.print(lifetime.endSeconds());
            case NOT_YET_VALID -> "  from " + UtcTime.print(lifetime.fromSeconds()) + " on";
            case OVER -> "  over since " + UtcTime.print(lifetime.endSeconds());
            case REVOKED -> "  revoked since " + UtcTime.print(lifetime.endSeconds());
        };
    }

    static Json json(Principal principal, long now) {
        return Json.object()
                .put("name", principal.name().text())
                .put("kind", principal.kind().word())
                .put(
                        "roles",
                        principal.roles().stream()
                                .map(Role::name)
                                .map(Json::text)
                                .toList())
                .put("standing", word(principal.lifetime(), now))
                .put(
                        "keys",
                        principal.keys().stream()
                                .map(held -> Json.object()
                                        .put("kind", held.key().kind().keyName())
                                        .put(
                                                "fingerprint",
                                                held.key().fingerprint().toString())
                                        .put("line", held.key().line())
                                        .put("standing", word(held.lifetime(), now))
                                        .build())
                                .toList())
                .build();
    }

    private static String word(Lifetime lifetime, long now) {
        return lifetime.at(now).name().toLowerCase(Locale.ROOT);
    }
}
