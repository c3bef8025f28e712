package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.guard.Guard;
import dev.cairn.kv.guard.Role;
import dev.cairn.kv.guard.Scope;
import dev.cairn.ssh.KeyKind;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A guard on a prefix as it is typed: {@code PREFIX=K[,people=NAME+…][,roles=ROLE+…][,exclude-author][,keys=KIND+…][,valid=24h]}.
 * The prefix ends where {@code =K} and nothing but such words follow.
 */
final class ShortGuard {
    static final long DEFAULT_VALID_SECONDS = 7 * 86_400;

    private static final Pattern SHAPE = Pattern.compile(
            "(?<prefix>.*?)=(?<threshold>[0-9]{1,9})(?<words>(,(exclude-author|(people|roles|keys|valid)=[^,=]*))*)",
            Pattern.DOTALL);
    private static final Set<KeyKind> HARDWARE =
            Arrays.stream(KeyKind.values()).filter(KeyKind::isHardware).collect(Collectors.toSet());

    private ShortGuard() {}

    /** Who counts. */
    record Electorate(NavigableSet<PrincipalName> people, NavigableSet<Role> roles) {}

    /**
     * Refuses, by {@link IllegalArgumentException}, what is none.
     *
     * @param whoever those who count where neither people nor roles are named
     */
    static Guard parse(String typed, Electorate whoever) throws Failure {
        Matcher shape = SHAPE.matcher(typed);
        if (!shape.matches()) {
            throw new IllegalArgumentException("\"" + typed + "\" is not PREFIX=K with ,people=NAME+... ,roles=ROLE+..."
                    + " ,exclude-author ,keys=KIND+... or ,valid=24h behind it");
        }
        NavigableSet<PrincipalName> people = new TreeSet<>();
        NavigableSet<Role> roles = new TreeSet<>();
        boolean excludeAuthor = false;
        Set<KeyKind> kinds = EnumSet.noneOf(KeyKind.class);
        long validSeconds = DEFAULT_VALID_SECONDS;
        for (String word : words(shape)) {
            String[] parts = word.split("=", 2);
            List<String> items = parts.length == 1 ? List.of() : List.of(parts[1].split("\\+", -1));
            switch (parts[0]) {
                case "people" -> items.forEach(name -> people.add(new PrincipalName(name)));
                case "roles" -> items.forEach(name -> roles.add(new Role(name)));
                case "keys" -> items.forEach(name -> kinds.addAll(kinds(name)));
                case "valid" ->
                    validSeconds = ValidityOptions.seconds(parts[1])
                            .orElseThrow(() -> new IllegalArgumentException(
                                    "valid=" + parts[1] + " is no time such as 30m, 24h or 7d"));
                default -> excludeAuthor = true;
            }
        }
        boolean isNamed = !people.isEmpty() || !roles.isEmpty();
        return new Guard(
                new Scope.OfPrefix(OperationOptions.typed(shape.group("prefix"))),
                Integer.parseInt(shape.group("threshold")),
                isNamed ? people : whoever.people(),
                isNamed ? roles : whoever.roles(),
                excludeAuthor,
                kinds.isEmpty() ? EnumSet.allOf(KeyKind.class) : kinds,
                validSeconds);
    }

    private static List<String> words(Matcher shape) {
        String words = shape.group("words");
        return words.isEmpty() ? List.of() : List.of(words.substring(1).split(",", -1));
    }

    private static Set<KeyKind> kinds(String name) {
        if (name.equals("hardware")) {
            return HARDWARE;
        }
        return Set.of(KeyKind.named(name)
                .orElseThrow(() -> new IllegalArgumentException("\"" + name + "\" is no kind of key; use hardware, or "
                        + Arrays.stream(KeyKind.values()).map(KeyKind::keyName).collect(Collectors.joining(", ")))));
    }
}
