package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.Pin;
import dev.cairn.kv.change.Precondition;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.Principal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What stands at the head of every draft, and where it is written. */
final class HeadOptions {
    private static final String AUTHOR = "CAIRN_AUTHOR";

    @Option(
            names = {"-m", "--reason"},
            paramLabel = "TEXT",
            description = "Why, in one line. People sign it.")
    private @Nullable String reason;

    @Option(
            names = "--author",
            paramLabel = "NAME",
            description = "Who proposes it. Default: $CAIRN_AUTHOR, else whose key ssh-agent or ~/.ssh has.")
    private @Nullable String author;

    @Option(
            names = {"-o", "--out"},
            paramLabel = "FILE",
            description = "Where to write the draft. Default: change.txt.")
    private @Nullable Path out;

    @Option(names = "--force", description = "Replace a draft that is there already, and its signatures.")
    boolean force;

    @Mixin
    ValidityOptions validity = new ValidityOptions();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    ChangeFiles files(String unlessNamed) {
        return new ChangeFiles(out == null ? Path.of(unlessNamed) : out);
    }

    Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    String requireReason() {
        return reason().orElseThrow(() -> new ParameterException(
                command.commandLine(), "say why in one line: -m TEXT (people read it before they sign)"));
    }

    /** What a draft is made against, and by whom. */
    record Base(Pin pin, long revision, Governance governance, PrincipalName author) {}

    /** A change that does that, valid as long as the options and the guards say. */
    Draft draft(Base base, String why, Collection<Precondition> expected, List<? extends Intent> intents)
            throws Failure {
        ValidityOptions.Validity times =
                validity.validity(Instant.now(), Draft.longestValiditySeconds(intents, base.governance()));
        Draft.Head top = new Draft.Head(base.pin().chainId(), base.revision(), base.author(), why);
        Draft draft = Draft.of(top, times, List.copyOf(expected), intents);
        Optional<Objection> tooLong = Drafted.tooLong(draft.change(), base.governance());
        if (tooLong.isPresent()) {
            throw new Failure(tooLong.get().sentence());
        }
        return draft;
    }

    /** Somebody whom the governance knows; where it knows nobody, as an open cluster's, whoever was named. */
    PrincipalName author(Governance governance) throws Failure {
        PrincipalName name = claimedAuthor(governance);
        boolean knowsSomebody = !governance.registry().principals().isEmpty();
        if (knowsSomebody && governance.registry().principal(name).isEmpty()) {
            throw new Failure(People.nobodyIsCalled(name, governance));
        }
        return name;
    }

    /** Whoever is named: the governance may be older than they are. */
    PrincipalName claimedAuthor(Governance governance) throws Failure {
        String named = author == null ? System.getenv(AUTHOR) : author;
        if (named == null || named.isBlank()) {
            return ownName(governance);
        }
        try {
            return new PrincipalName(named);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), "--author: " + e.getMessage(), e);
        }
    }

    private static PrincipalName ownName(Governance governance) throws Failure {
        if (governance.registry().principals().isEmpty()) {
            throw new Failure(People.NOBODY);
        }
        long now = Instant.now().getEpochSecond();
        NavigableSet<PrincipalName> names = new TreeSet<>();
        KeyOption.found()
                .keySet()
                .forEach(key -> People.signsNow(governance, key, now)
                        .map(Principal::name)
                        .ifPresent(names::add));
        if (names.size() == 1) {
            return names.first();
        }
        throw new Failure(
                names.isEmpty()
                        ? "who is the author? No key in ssh-agent or ~/.ssh is registered; name them with --author"
                        : "who is the author? There are keys of " + names + " here; name one with --author");
    }
}
