package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.UtcTime;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Lifetime;
import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.Role;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "people",
        mixinStandardHelpOptions = true,
        description = {
            "List everybody who signs: people, nodes, services and gateways, with their roles and keys.",
            "Proven, as it is now, or with --governance as a file says."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:listed", "1:a failure", "2:a command line that makes no sense", "3:no answer that is proven"
        })
public final class PeopleCommand implements Callable<Integer> {
    @Option(
            names = "--text",
            description = "The whole governance as the one text that is signed for: people, guards and rights.")
    private boolean text;

    @Option(names = "--json", description = "JSON, one principal a line.")
    private boolean json;

    @Mixin
    private GovernanceOption governance = new GovernanceOption();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        PrintWriter out = spec.commandLine().getOut();
        Governance governing = governance.inForce(cluster);
        if (text) {
            out.print(governing.text().toUtf8());
        } else {
            long now = Instant.now().getEpochSecond();
            governing.registry().principals().forEach(principal -> print(out, principal, now));
        }
        out.flush();
        return Exits.DONE;
    }

    private void print(PrintWriter out, Principal principal, long now) {
        if (json) {
            out.println(json(principal, now).renderLine());
            return;
        }
        String roles = principal.roles().stream().map(Role::name).collect(Collectors.joining(", "));
        out.println(principal.name() + "  " + principal.kind().word() + (roles.isEmpty() ? "" : "  " + roles)
                + standing(principal.lifetime(), now));
        principal.keys().forEach(held -> out.println("    " + held.key() + standing(held.lifetime(), now)));
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

    private static Json json(Principal principal, long now) {
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
