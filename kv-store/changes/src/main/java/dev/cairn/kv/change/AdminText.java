package dev.cairn.kv.change;

import dev.cairn.kv.change.AdminOperation.Compact;
import dev.cairn.kv.change.AdminOperation.RemoveGuard;
import dev.cairn.kv.change.AdminOperation.RemoveOpen;
import dev.cairn.kv.change.AdminOperation.RemoveRight;
import dev.cairn.kv.change.AdminOperation.RevokeKey;
import dev.cairn.kv.change.AdminOperation.RevokePrincipal;
import dev.cairn.kv.change.AdminOperation.SetGuard;
import dev.cairn.kv.change.AdminOperation.SetKeepRevisions;
import dev.cairn.kv.change.AdminOperation.SetKey;
import dev.cairn.kv.change.AdminOperation.SetOpen;
import dev.cairn.kv.change.AdminOperation.SetPrincipal;
import dev.cairn.kv.change.AdminOperation.SetRight;
import dev.cairn.kv.guard.Principal;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The one text of a change of the governance; docs/changes.md describes it. */
public final class AdminText {
    static final String FORMAT = "cairn-admin-1";
    static final Bytes FIRST_LINE = Bytes.utf8(FORMAT + "\n");

    private static final String WHAT = "the change";

    private AdminText() {}

    static Bytes print(AdminChange change) {
        StringBuilder out =
                new StringBuilder(FORMAT).append('\n').append(Head.of(change).print());
        change.operations().forEach(operation -> out.append(print(operation)).append('\n'));
        return Bytes.utf8(out.toString());
    }

    /** The operation's line. */
    public static String print(AdminOperation operation) {
        return switch (operation) {
            case SetPrincipal set ->
                "set " + set.kind().word() + " " + set.name() + GovernancePhrases.roles(set.roles())
                        + GovernancePhrases.lifetime(set.lifetime());
            case RevokePrincipal revoke -> "revoke " + revoke.kind().word() + " " + revoke.name();
            case SetKey set -> "set key " + set.holder() + " " + GovernancePhrases.key(set.key());
            case RevokeKey revoke -> "revoke key " + revoke.holder() + " " + revoke.key();
            case SetGuard set -> "set guard " + GovernancePhrases.guard(set.guard());
            case RemoveGuard remove -> "remove guard " + GovernancePhrases.scope(remove.scope());
            case SetOpen set -> "set open " + GovernancePhrases.prefix(set.scope());
            case RemoveOpen remove -> "remove open " + GovernancePhrases.prefix(remove.scope());
            case SetRight set -> "set gateways-may " + set.right().word();
            case RemoveRight remove -> "remove gateways-may " + remove.right().word();
            case SetKeepRevisions set -> "set keep-revisions " + set.revisions();
            case Compact compact -> "compact " + compact.revision();
        };
    }

    /** Reads one operation's line, without its end, also where it is spelled otherwise than {@link #print} does. */
    public static AdminOperation parseOperation(String line) throws ChangeException {
        Lines in = Lines.of("the operation", Bytes.utf8(line + "\n"));
        Phrase words = in.nextPhrase();
        in.requireEnd();
        try {
            AdminOperation operation = operation(words);
            words.requireEnd();
            return operation;
        } catch (IllegalArgumentException e) {
            throw new ChangeException(ChangeRefusal.NOT_CANONICAL, String.valueOf(e.getMessage()));
        }
    }

    /** Reads the text; refuses everything that {@link AdminChange#text} would not have written. */
    public static AdminChange parse(Bytes text) throws ChangeException {
        Lines in = Lines.of(WHAT, text);
        AdminChange change;
        try {
            change = read(in);
        } catch (IllegalArgumentException e) {
            throw ChangeException.of(e);
        }
        Lines.requireSame(WHAT, text, change.text());
        return change;
    }

    private static AdminChange read(Lines in) throws ChangeException {
        in.requireFirst(FORMAT);
        Head head = Head.read(in);
        List<AdminOperation> operations = new ArrayList<>();
        while (in.hasNext()) {
            Phrase line = in.nextPhrase();
            operations.add(operation(line));
            line.requireEnd();
        }
        return new AdminChange(
                head.chain(),
                head.baseRevision(),
                head.validFromSeconds(),
                head.expiresSeconds(),
                head.author(),
                head.reason(),
                operations);
    }

    private static AdminOperation operation(Phrase line) throws ChangeException {
        String verb = line.word();
        return switch (verb) {
            case "set" -> set(line);
            case "revoke" -> revoke(line);
            case "remove" -> remove(line);
            case "compact" -> new Compact(line.number());
            default -> throw line.wrong("is no set, revoke, remove or compact");
        };
    }

    private static AdminOperation set(Phrase line) throws ChangeException {
        String what = line.word();
        Optional<Principal.Kind> kind = Principal.Kind.named(what);
        if (kind.isPresent()) {
            return new SetPrincipal(
                    kind.get(), line.name(), GovernancePhrases.roles(line), GovernancePhrases.lifetime(line));
        }
        return switch (what) {
            case "key" -> new SetKey(line.name(), GovernancePhrases.key(line));
            case "guard" -> new SetGuard(GovernancePhrases.guard(line));
            case "open" -> new SetOpen(GovernancePhrases.prefix(line));
            case "gateways-may" -> new SetRight(GovernancePhrases.right(line));
            case "keep-revisions" -> new SetKeepRevisions(line.number());
            default -> throw line.wrong("sets \"" + what + "\", which there is not");
        };
    }

    private static AdminOperation revoke(Phrase line) throws ChangeException {
        String what = line.word();
        Optional<Principal.Kind> kind = Principal.Kind.named(what);
        if (kind.isPresent()) {
            return new RevokePrincipal(kind.get(), line.name());
        }
        if (what.equals("key")) {
            return new RevokeKey(line.name(), line.fingerprint());
        }
        throw line.wrong("revokes \"" + what + "\"; name a person, node, service, gateway or key");
    }

    private static AdminOperation remove(Phrase line) throws ChangeException {
        String what = line.word();
        return switch (what) {
            case "guard" -> new RemoveGuard(GovernancePhrases.scope(line));
            case "open" -> new RemoveOpen(GovernancePhrases.prefix(line));
            case "gateways-may" -> new RemoveRight(GovernancePhrases.right(line));
            default -> throw line.wrong("removes \"" + what + "\"; name a guard, open or gateways-may");
        };
    }
}
