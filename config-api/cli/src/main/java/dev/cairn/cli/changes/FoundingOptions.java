package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Guard;
import dev.cairn.kv.guard.GuardTable;
import dev.cairn.kv.guard.Lifetime;
import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.Registry;
import dev.cairn.kv.guard.Right;
import dev.cairn.kv.guard.Role;
import dev.cairn.kv.guard.Scope;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.KeyKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Who may change what in a cluster that is founded: options that are short for the text, or the text itself. */
public final class FoundingOptions {
    private static final Role ADMIN = new Role("admin");

    @Option(
            names = "--person",
            paramLabel = "NAME=FILE.pub",
            description = "Somebody who signs, with an SSH key. May be repeated, also for more keys of one person.")
    private List<String> people = new ArrayList<>();

    @Option(
            names = "--node",
            paramLabel = "NAME=FILE.pub",
            description =
                    "A machine that writes by itself, where a guard of 1 names it; it counts for nothing else. May be"
                            + " repeated.")
    private List<String> nodes = new ArrayList<>();

    @Option(names = "--role", paramLabel = "NAME=ROLE,...", description = "What a person or node is called upon as.")
    private List<String> roles = new ArrayList<>();

    @Option(
            names = "--registry-threshold",
            paramLabel = "K",
            description = "So many sign changes of people, guards and rights, and of keys that no prefix decides on."
                    + " Default: more than half of those who count. Those are whoever has the role admin, or, if nobody"
                    + " has, all people but those of --recovery.")
    private @Nullable Integer registryThreshold;

    @Option(
            names = "--guard",
            paramLabel = "PREFIX=K[,...]",
            description =
                    "Keys below PREFIX need K signatures. More behind it: people=NAME+... and roles=ROLE+... for who"
                            + " counts (else as for the registry), exclude-author, keys=hardware or keys=KIND+..., valid=24h"
                            + " (else 7d). May be repeated.")
    private List<String> guards = new ArrayList<>();

    @Option(
            names = "--recovery",
            paramLabel = "K=NAME,...",
            description = "K of these people, whose keys are kept offline, may change people, guards and rights instead"
                    + " of all others; never a key of the store.")
    private @Nullable String recovery;

    @Option(
            names = "--open",
            paramLabel = "PREFIX",
            description =
                    "Everybody who reaches a replica may write below PREFIX without signatures, as etcd clients do;"
                            + " '' is everything. May be repeated.")
    private List<String> open = new ArrayList<>();

    @Option(
            names = "--gateways-may",
            paramLabel = "RIGHT",
            description = "What replicas may do for clients without signatures, beside that: " + Right.WORDS + ".")
    private List<String> rights = new ArrayList<>();

    @Option(
            names = "--governance",
            paramLabel = "FILE",
            description = "All of this as one text, which docs/changes.md describes, in place of the options above.")
    private @Nullable Path file;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** Whether anything was said. */
    public boolean isGiven() {
        return file != null || isAnyShortGiven();
    }

    private boolean isAnyShortGiven() {
        return !people.isEmpty()
                || !nodes.isEmpty()
                || !roles.isEmpty()
                || registryThreshold != null
                || !guards.isEmpty()
                || recovery != null
                || !open.isEmpty()
                || !rights.isEmpty();
    }

    /** As it is said; nobody may do what is not. Refuses what leaves nobody who could write. */
    public Governance strict() throws Failure {
        Governance governance = governance(false);
        if (governance.guards().registryGuard().isEmpty()
                && governance.guards().byPrefix().isEmpty()) {
            throw wrong("nobody could write to this cluster: name who signs, such as --person alice=alice.pub, or let"
                    + " everybody write without signatures with --open ''");
        }
        return governance;
    }

    /** As it is said; what is not may be done without signatures. */
    public Governance lenient() throws Failure {
        return isGiven() ? governance(true) : Governance.OPEN;
    }

    private Governance governance(boolean lenient) throws Failure {
        if (file != null) {
            if (isAnyShortGiven()) {
                throw wrong(
                        "--governance is the whole text already; leave the other options on who may change what out");
            }
            return GovernanceOption.read(file);
        }
        try {
            return assembled(lenient);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private Governance assembled(boolean lenient) throws Failure {
        Registry registry = new Registry(principals());
        Optional<Guard> recoveryGuard = recoveryGuard();
        ShortGuard.Electorate whoever = whoever(registry, recoveryGuard);
        List<Guard> onPrefixes = new ArrayList<>();
        for (String guard : guards) {
            if (people.isEmpty()) {
                throw new IllegalArgumentException("--guard: nobody could sign; name people with --person");
            }
            onPrefixes.add(ShortGuard.parse(guard, whoever));
        }
        List<Bytes> openPrefixes = new ArrayList<>();
        for (String prefix : open) {
            openPrefixes.add(OperationOptions.typed(prefix));
        }
        if (lenient
                && open.isEmpty()
                && onPrefixes.stream().noneMatch(guard -> guard.scope().equals(Scope.EVERYTHING))) {
            openPrefixes.add(Bytes.EMPTY);
        }
        return new Governance(
                registry,
                new GuardTable(registryGuard(registry, whoever), onPrefixes, openPrefixes),
                recoveryGuard,
                lenient && rights.isEmpty() ? EnumSet.allOf(Right.class) : rights(),
                0);
    }

    private List<Principal> principals() throws Failure {
        SortedMap<PrincipalName, List<Principal.HeldKey>> keys = keys("--person", people);
        SortedMap<PrincipalName, List<Principal.HeldKey>> ofNodes = keys("--node", nodes);
        SortedMap<PrincipalName, NavigableSet<Role>> called = new TreeMap<>();
        for (String role : roles) {
            String[] parts = parts("--role", role, "ROLE,...");
            PrincipalName name = new PrincipalName(parts[0]);
            if (!keys.containsKey(name) && !ofNodes.containsKey(name)) {
                throw new IllegalArgumentException(
                        "--role: there is no " + name + "; add --person " + name + "=FILE.pub");
            }
            for (String each : parts[1].split(",", -1)) {
                called.computeIfAbsent(name, _ -> new TreeSet<>()).add(new Role(each));
            }
        }
        List<Principal> principals = new ArrayList<>();
        keys.forEach((name, held) -> principals.add(principal(name, Principal.Kind.PERSON, called, held)));
        ofNodes.forEach((name, held) -> principals.add(principal(name, Principal.Kind.NODE, called, held)));
        return principals;
    }

    private static Principal principal(
            PrincipalName name,
            Principal.Kind kind,
            SortedMap<PrincipalName, NavigableSet<Role>> called,
            List<Principal.HeldKey> held) {
        return new Principal(name, kind, called.getOrDefault(name, new TreeSet<>()), held, Lifetime.ALWAYS);
    }

    private static SortedMap<PrincipalName, List<Principal.HeldKey>> keys(String option, List<String> typed)
            throws Failure {
        SortedMap<PrincipalName, List<Principal.HeldKey>> keys = new TreeMap<>();
        for (String each : typed) {
            String[] parts = parts(option, each, "FILE.pub");
            keys.computeIfAbsent(new PrincipalName(parts[0]), _ -> new ArrayList<>())
                    .add(new Principal.HeldKey(PublicKeyFile.read(Path.of(parts[1])), Lifetime.ALWAYS));
        }
        return keys;
    }

    private Optional<Guard> recoveryGuard() {
        if (recovery == null) {
            return Optional.empty();
        }
        int at = recovery.indexOf('=');
        if (at < 1) {
            throw new IllegalArgumentException(
                    "--recovery: \"" + recovery + "\" is not K=NAME,..., such as 2=dora,emil");
        }
        NavigableSet<PrincipalName> names = new TreeSet<>();
        for (String name : recovery.substring(at + 1).split(",", -1)) {
            names.add(new PrincipalName(name));
        }
        return Optional.of(guard(
                Scope.RECOVERY,
                threshold("--recovery", recovery.substring(0, at)),
                new ShortGuard.Electorate(names, new TreeSet<>())));
    }

    private static ShortGuard.Electorate whoever(Registry registry, Optional<Guard> recovery) {
        boolean hasAdmins = registry.principals().stream()
                .filter(Principal::isPerson)
                .anyMatch(person -> person.roles().contains(ADMIN));
        if (hasAdmins) {
            return new ShortGuard.Electorate(new TreeSet<>(), new TreeSet<>(Set.of(ADMIN)));
        }
        NavigableSet<PrincipalName> names = new TreeSet<>();
        registry.principals().stream().filter(Principal::isPerson).forEach(person -> names.add(person.name()));
        recovery.ifPresent(guard -> names.removeAll(guard.people()));
        if (names.isEmpty() && registry.principals().stream().anyMatch(Principal::isPerson)) {
            throw new IllegalArgumentException("--recovery names all people, and leaves none for everyday's changes;"
                    + " name more with --person, or say who with --role NAME=admin");
        }
        return new ShortGuard.Electorate(names, new TreeSet<>());
    }

    private Optional<Guard> registryGuard(Registry registry, ShortGuard.Electorate whoever) {
        if (people.isEmpty()) {
            if (registryThreshold != null) {
                throw new IllegalArgumentException(
                        "--registry-threshold: nobody could sign; name people with --person");
            }
            return Optional.empty();
        }
        long electors = registry.principals().stream()
                .filter(Principal::isPerson)
                .filter(person -> whoever.people().contains(person.name())
                        || person.roles().contains(ADMIN))
                .count();
        return Optional.of(
                guard(Scope.REGISTRY, registryThreshold == null ? (int) electors / 2 + 1 : registryThreshold, whoever));
    }

    private static Guard guard(Scope scope, int threshold, ShortGuard.Electorate electorate) {
        return new Guard(
                scope,
                threshold,
                electorate.people(),
                electorate.roles(),
                false,
                EnumSet.allOf(KeyKind.class),
                ShortGuard.DEFAULT_VALID_SECONDS);
    }

    private Set<Right> rights() {
        Set<Right> named = EnumSet.noneOf(Right.class);
        for (String right : rights) {
            named.add(Right.named(right)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "--gateways-may: there is no right \"" + right + "\"; there are: " + Right.WORDS)));
        }
        return named;
    }

    private static int threshold(String option, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    option + ": \"" + text + "\" is no number of people; write K=NAME,...", e);
        }
    }

    private static String[] parts(String option, String typed, String second) {
        int at = typed.indexOf('=');
        if (at < 1) {
            throw new IllegalArgumentException(option + ": \"" + typed + "\" is not NAME=" + second);
        }
        return new String[] {typed.substring(0, at), typed.substring(at + 1)};
    }

    private ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
