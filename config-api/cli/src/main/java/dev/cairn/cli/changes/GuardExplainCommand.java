package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Guard;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.Role;
import dev.cairn.kv.guard.Ruling;
import dev.cairn.kv.guard.Scope;
import dev.cairn.protocol.model.Bytes;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = "Say which guard decides on a key, how many signatures it wants, and who can give them now",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:explained",
            "1:a failure",
            "2:a command line that makes no sense",
            "3:no answer that is proven",
            "4:explained, and nobody can write the key now"
        })
final class GuardExplainCommand implements Callable<Integer> {
    @Parameters(paramLabel = "KEY", description = "The key; it need not be there.")
    @SuppressWarnings("NullAway.Init")
    private String key;

    @Option(names = "--json", description = "JSON.")
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
        Bytes name = OperationOptions.typed(key);
        Governance governing = governance.inForce(cluster);
        Ruling ruling = governing.guards().ruling(name);
        Optional<Objection.DeadEnd> deadEnd = deadEnd(ruling, governing);
        if (json) {
            out.println(json(name, ruling, governing).renderLine());
        } else {
            out.println(ChangeText.printKey(name) + ": " + lead(ruling) + Guards.sentence(ruling));
            able(ruling, governing).forEach(person -> out.println("  " + person));
            deadEnd.map(Guards::sentence).ifPresent(out::println);
        }
        out.flush();
        return ruling instanceof Ruling.Closed || deadEnd.isPresent() ? Exits.REFUSED : Exits.DONE;
    }

    private static Optional<Objection.DeadEnd> deadEnd(Ruling ruling, Governance governance) {
        return ruling instanceof Ruling.Guarded(Guard guard)
                ? guard.deadEnd(governance.registry(), Instant.now().getEpochSecond())
                : Optional.empty();
    }

    private static String lead(Ruling ruling) {
        return switch (ruling) {
            case Ruling.Guarded(Guard guard) ->
                switch (guard.scope()) {
                    case Scope.OfPrefix prefix -> "guarded by the guard on " + prefix.name() + ", ";
                    case Scope.OfRegistry _, Scope.OfRecovery _ ->
                        "no prefix decides, so the guard on the registry does, ";
                };
            case Ruling.Open _, Ruling.Closed _ -> "";
        };
    }

    /** Those who can sign for the guard now, by name; the author of a change among them may not count. */
    private static List<String> able(Ruling ruling, Governance governance) {
        if (!(ruling instanceof Ruling.Guarded(Guard guard))) {
            return List.of();
        }
        long now = Instant.now().getEpochSecond();
        return governance.registry().principals().stream()
                .filter(person -> person.isPerson() && isNamed(guard, person))
                .filter(person -> person.keys().stream()
                        .anyMatch(held -> guard.keyKinds().contains(held.key().kind())
                                && People.signsNow(governance, held.key(), now).isPresent()))
                .map(person -> person.name().text())
                .toList();
    }

    private static boolean isNamed(Guard guard, Principal person) {
        return guard.people().contains(person.name())
                || person.roles().stream().anyMatch((Role role) -> guard.roles().contains(role));
    }

    private static Json json(Bytes key, Ruling ruling, Governance governance) {
        Json.Builder fields = Json.object()
                .put("key", ChangeText.printKey(key))
                .put("ruling", ruling.getClass().getSimpleName().toLowerCase(Locale.ROOT));
        if (ruling instanceof Ruling.Guarded(Guard guard)) {
            fields.put("guard", Guards.json(guard))
                    .put(
                            "able",
                            able(ruling, governance).stream().map(Json::text).toList())
                    .put("dead_end", deadEnd(ruling, governance).isPresent());
        }
        return fields.build();
    }
}
