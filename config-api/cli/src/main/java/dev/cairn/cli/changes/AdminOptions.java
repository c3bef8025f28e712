package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.AdminText;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.guard.Right;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.Fingerprint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a change of the governance is to do, as options. Each stands for one line of the text. */
final class AdminOptions {
    /** How the text's own line of a guard begins. */
    private static final Pattern LINE = Pattern.compile("(prefix|everything|registry|recovery) ");

    @Option(
            names = "--set-person",
            paramLabel = "'NAME [roles ROLE,...]'",
            description = "Make a person, or give one these roles in place of the old. All may be repeated.")
    private List<String> persons = new ArrayList<>();

    @Option(names = "--revoke-person", paramLabel = "NAME", description = "From then on nothing of theirs counts.")
    private List<String> revokedPersons = new ArrayList<>();

    @Option(names = "--set-key", paramLabel = "NAME=FILE", description = "Give somebody the key of a .pub file.")
    private List<String> keys = new ArrayList<>();

    @Option(
            names = "--revoke-key",
            paramLabel = "NAME=KEY",
            description = "From then on the key does not count. KEY is its fingerprint SHA256:..., or its .pub file.")
    private List<String> revokedKeys = new ArrayList<>();

    @Option(
            names = "--set-guard",
            paramLabel = "GUARD",
            description = "Put a guard in place of what decides there, such as prod/=2,roles=ops,exclude-author (as"
                    + " for init), or 'prefix prod/ threshold 2 people - roles ops author excluded keys any valid"
                    + " 86400'.")
    private List<String> guards = new ArrayList<>();

    @Option(
            names = "--remove-guard",
            paramLabel = "WHERE",
            description = "Remove the guard on 'prefix PREFIX', everything or recovery.")
    private List<String> removedGuards = new ArrayList<>();

    @Option(
            names = "--open",
            paramLabel = "PREFIX",
            description = "Let gateways write below the prefix without signatures. An empty one is everything.")
    private List<String> opened = new ArrayList<>();

    @Option(names = "--close", paramLabel = "PREFIX", description = "Take that back.")
    private List<String> closed = new ArrayList<>();

    @Option(
            names = "--gateways-may",
            paramLabel = "RIGHT",
            description = "Let gateways do this without signatures: " + Right.WORDS + ".")
    private List<String> rights = new ArrayList<>();

    @Option(names = "--gateways-may-not", paramLabel = "RIGHT", description = "Take that back.")
    private List<String> removedRights = new ArrayList<>();

    @Option(
            names = "--keep-revisions",
            paramLabel = "N",
            description = "Compaction never takes away the newest N revisions.")
    private @Nullable Long keepRevisions;

    @Option(
            names = "--compact",
            paramLabel = "REVISION",
            description =
                    "Drop what was overwritten before that revision, and the records of changes of which nothing is left.")
    private @Nullable Long compact;

    @Option(
            names = "--operation",
            paramLabel = "LINE",
            description = "Any line of docs/changes.md, such as 'set node web1 roles web'.")
    private List<String> lines = new ArrayList<>();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** What a line is made of what was typed. */
    private interface Words {
        String of(String typed) throws Failure;
    }

    boolean isGiven() {
        return Stream.of(
                                persons,
                                revokedPersons,
                                keys,
                                revokedKeys,
                                guards,
                                removedGuards,
                                opened,
                                closed,
                                rights,
                                removedRights,
                                lines)
                        .anyMatch(typed -> !typed.isEmpty())
                || keepRevisions != null
                || compact != null;
    }

    /** @param whoever those whom a guard on a prefix counts that names nobody */
    List<AdminOperation> operations(ShortGuard.Electorate whoever) throws Failure {
        List<AdminOperation> all = new ArrayList<>();
        add(all, "--set-person", persons, typed -> "set person " + typed);
        add(all, "--revoke-person", revokedPersons, typed -> "revoke person " + typed);
        add(all, "--set-key", keys, this::setKey);
        add(all, "--revoke-key", revokedKeys, this::revokeKey);
        add(all, "--set-guard", guards, typed -> setGuard(typed, whoever));
        add(all, "--remove-guard", removedGuards, typed -> "remove guard " + typed);
        add(all, "--open", opened, typed -> "set open " + prefix(typed));
        add(all, "--close", closed, typed -> "remove open " + prefix(typed));
        add(all, "--gateways-may", rights, typed -> "set gateways-may " + typed);
        add(all, "--gateways-may-not", removedRights, typed -> "remove gateways-may " + typed);
        if (keepRevisions != null) {
            all.add(new AdminOperation.SetKeepRevisions(keepRevisions));
        }
        if (compact != null) {
            all.add(new AdminOperation.Compact(compact));
        }
        add(all, "--operation", lines, typed -> typed);
        return all;
    }

    private void add(List<AdminOperation> all, String option, List<String> typed, Words words) throws Failure {
        for (String each : typed) {
            try {
                all.add(AdminText.parseOperation(words.of(each)));
            } catch (ChangeException | IllegalArgumentException e) {
                throw new ParameterException(command.commandLine(), option + ": " + e.getMessage(), e);
            }
        }
    }

    private static String setGuard(String typed, ShortGuard.Electorate whoever) throws Failure {
        return LINE.matcher(typed).lookingAt()
                ? "set guard " + typed
                : AdminText.print(new AdminOperation.SetGuard(ShortGuard.parse(typed, whoever)));
    }

    private String setKey(String typed) throws Failure {
        String[] parts = parts("--set-key", typed, "FILE");
        return "set key " + parts[0] + " "
                + PublicKeyFile.read(Path.of(parts[1])).line();
    }

    private String revokeKey(String typed) throws Failure {
        String[] parts = parts("--revoke-key", typed, "SHA256:... or NAME=FILE");
        boolean isFingerprint = Fingerprint.parse(parts[1]).isPresent();
        return "revoke key " + parts[0] + " "
                + (isFingerprint
                        ? parts[1]
                        : PublicKeyFile.read(Path.of(parts[1])).fingerprint());
    }

    private String[] parts(String option, String typed, String second) {
        int at = typed.indexOf('=');
        if (at < 1) {
            throw new ParameterException(command.commandLine(), option + ": \"" + typed + "\" is not NAME=" + second);
        }
        return new String[] {typed.substring(0, at), typed.substring(at + 1)};
    }

    private static String prefix(String typed) throws Failure {
        Bytes prefix = OperationOptions.typed(typed);
        return prefix.isEmpty() ? "everything" : "prefix " + ChangeText.printKey(prefix);
    }
}
