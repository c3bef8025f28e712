package dev.cairn.kv.change;

import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Guard;
import dev.cairn.kv.guard.GuardTable;
import dev.cairn.kv.guard.Lifetime;
import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.Registry;
import dev.cairn.kv.guard.Right;
import dev.cairn.kv.guard.Role;
import dev.cairn.kv.guard.Ruling;
import dev.cairn.kv.guard.Scope;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The one text of a governance; docs/changes.md describes it. */
public final class GovernanceText {
    static final String FORMAT = "cairn-governance-1";

    private static final String WHAT = "the governance";

    private GovernanceText() {}

    public static Bytes print(Governance governance) {
        StringBuilder out = new StringBuilder(FORMAT).append('\n');
        governance.registry().principals().forEach(principal -> print(out, principal));
        governance.guards().registryGuard().ifPresent(guard -> print(out, guard));
        governance.recovery().ifPresent(guard -> print(out, guard));
        governance.guards().byPrefix().forEach((prefix, ruling) -> {
            switch (ruling) {
                case Ruling.Guarded(Guard guard) -> print(out, guard);
                case Ruling.Open _ -> line(out, "open", GovernancePhrases.prefix(new Scope.OfPrefix(prefix)));
                case Ruling.Closed _ -> throw new IllegalStateException("nobody lays down that a prefix is closed");
            }
        });
        governance.gatewayRights().stream()
                .map(Right::word)
                .sorted()
                .forEach(right -> line(out, "gateways-may", right));
        if (governance.keepRevisions() > 0) {
            line(out, "keep-revisions", Long.toString(governance.keepRevisions()));
        }
        return Bytes.utf8(out.toString());
    }

    private static void print(StringBuilder out, Principal principal) {
        line(
                out,
                principal.kind().word(),
                principal.name()
                        + GovernancePhrases.roles(principal.roles())
                        + GovernancePhrases.lifetime(principal.lifetime()));
        principal.keys().forEach(key -> line(out, "key", principal.name() + " " + GovernancePhrases.key(key)));
    }

    private static void print(StringBuilder out, Guard guard) {
        line(out, "guard", GovernancePhrases.guard(guard));
    }

    private static void line(StringBuilder out, String name, String value) {
        out.append(name).append(' ').append(value).append('\n');
    }

    /** Reads the text; refuses everything that {@link #print} would not have written. */
    public static Governance parse(Bytes text) throws ChangeException {
        Lines in = Lines.of(WHAT, text, ChangeLimits.MAX_GOVERNANCE_BYTES);
        Governance governance;
        try {
            governance = read(in);
        } catch (IllegalArgumentException e) {
            throw new ChangeException(ChangeRefusal.NOT_CANONICAL, WHAT + ": " + e.getMessage());
        }
        Lines.requireSame(WHAT, text, print(governance));
        return governance;
    }

    private static Governance read(Lines in) throws ChangeException {
        in.requireFirst(FORMAT);
        Draft draft = new Draft();
        while (in.hasNext()) {
            Phrase line = in.nextPhrase();
            draft.take(line);
            line.requireEnd();
        }
        return draft.finished();
    }

    /** What the lines so far have said, in whatever order: printing finds another order than the one. */
    private static final class Draft {
        private final SortedMap<PrincipalName, Head> heads = new TreeMap<>();
        private Optional<Guard> registryGuard = Optional.empty();
        private Optional<Guard> recovery = Optional.empty();
        private final List<Guard> guards = new ArrayList<>();
        private final List<Bytes> open = new ArrayList<>();
        private final Set<Right> rights = EnumSet.noneOf(Right.class);
        private long keepRevisions;

        private record Head(
                Principal.Kind kind, NavigableSet<Role> roles, Lifetime lifetime, List<Principal.HeldKey> keys) {}

        void take(Phrase line) throws ChangeException {
            String first = line.word();
            Optional<Principal.Kind> kind = Principal.Kind.named(first);
            if (kind.isPresent()) {
                takePrincipal(kind.get(), line);
                return;
            }
            switch (first) {
                case "key" -> takeKey(line);
                case "guard" -> takeGuard(GovernancePhrases.guard(line));
                case "open" -> open.add(GovernancePhrases.prefix(line).prefix());
                case "gateways-may" -> rights.add(GovernancePhrases.right(line));
                case "keep-revisions" -> keepRevisions = line.number();
                default -> throw line.wrong("begins with \"" + first + "\", which nothing here does");
            }
        }

        private void takePrincipal(Principal.Kind kind, Phrase line) throws ChangeException {
            PrincipalName name = line.name();
            Head head =
                    new Head(kind, GovernancePhrases.roles(line), GovernancePhrases.lifetime(line), new ArrayList<>());
            if (heads.put(name, head) != null) {
                throw line.wrong("names " + name + " again");
            }
        }

        private void takeKey(Phrase line) throws ChangeException {
            PrincipalName name = line.name();
            Head holder = heads.get(name);
            if (holder == null) {
                throw line.wrong("gives a key to " + name + ", whose own line does not stand above it");
            }
            holder.keys().add(GovernancePhrases.key(line));
        }

        private void takeGuard(Guard guard) {
            switch (guard.scope()) {
                case Scope.OfRegistry _ -> registryGuard = Optional.of(guard);
                case Scope.OfRecovery _ -> recovery = Optional.of(guard);
                case Scope.OfPrefix _ -> guards.add(guard);
            }
        }

        Governance finished() {
            List<Principal> principals = new ArrayList<>();
            heads.forEach((name, head) ->
                    principals.add(new Principal(name, head.kind(), head.roles(), head.keys(), head.lifetime())));
            return new Governance(
                    new Registry(principals),
                    new GuardTable(registryGuard, guards, open),
                    recovery,
                    rights,
                    keepRevisions);
        }
    }
}
