package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Guard;
import dev.cairn.kv.guard.Objection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "admin",
        mixinStandardHelpOptions = true,
        description = {
            "Write a change of people, keys, guards and rights into a file, for people to read and sign.",
            "From there on it goes as any other change: diff, sign, submit, approve. It is executed only if nobody changed"
                    + " the governance since."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:drafted",
            "1:a failure, or nothing to change",
            "2:a command line that makes no sense",
            "3:no answer that is proven",
            "4:not drafted: it could not be executed, whoever signed"
        },
        footer = {
            "",
            "For example:  ${ROOT-COMMAND-NAME} admin --set-key bob=new.pub --revoke-key bob=old.pub -m 'Bob has a new key'",
            "              ${ROOT-COMMAND-NAME} diff change.txt; ${ROOT-COMMAND-NAME} sign change.txt"
        })
public final class AdminCommand implements Callable<Integer> {
    @Mixin
    private AdminOptions options = new AdminOptions();

    @Mixin
    private HeadOptions head = new HeadOptions();

    @Option(names = "--json", description = "JSON: the file, the digest and the times.")
    private boolean json;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        ChangeFiles files = head.files("change.txt");
        if (!options.isGiven()) {
            throw new ParameterException(spec.commandLine(), "say what is to change, such as --set-key NAME=FILE");
        }
        try (Cluster asked = cluster.open()) {
            Ledger ledger = Ledger.of(asked);
            AdminChange change = draft(options.operations(whoeverGoverns(ledger.governance())), ledger);
            Shown.OfGovernance shown = Shown.OfGovernance.of(change, ledger);
            if (shown.conflicts()) {
                shown.objections().forEach(spec.commandLine().getErr()::println);
                return Exits.REFUSED;
            }
            if (shown.keepsWhoGoverns()
                    && change.operations().stream().noneMatch(AdminOperation.Compact.class::isInstance)) {
                throw new Failure("nothing to change: who governs is already as this would make it");
            }
            Optional<Objection> tooLong = Drafted.tooLong(change, ledger.governance());
            if (tooLong.isPresent()) {
                spec.commandLine().getErr().println("cairn: " + tooLong.get().sentence());
                return Exits.REFUSED;
            }
            files.write(change.text(), Map.of(), head.force);
            Drafted.tell(
                    spec.commandLine().getOut(),
                    files.text(),
                    change,
                    change.operations().size(),
                    json);
            return Exits.DONE;
        }
    }

    private AdminChange draft(List<AdminOperation> operations, Ledger ledger) throws Failure {
        ValidityOptions.Validity validity =
                head.validity.validity(Instant.now(), longestValiditySeconds(ledger.governance()));
        try {
            return new AdminChange(
                    ledger.pin().chainId(),
                    ledger.at().revision(),
                    validity.fromSeconds(),
                    validity.untilSeconds(),
                    head.author(ledger.governance()),
                    head.requireReason(),
                    operations);
        } catch (IllegalArgumentException e) {
            throw new Failure(String.valueOf(e.getMessage()), e);
        }
    }

    /** Whom a guard counts that names nobody, as where the cluster is founded. */
    private static ShortGuard.Electorate whoeverGoverns(Governance governance) {
        return governance
                .guards()
                .registryGuard()
                .map(guard -> new ShortGuard.Electorate(guard.people(), guard.roles()))
                .orElseGet(() -> new ShortGuard.Electorate(new TreeSet<>(), new TreeSet<>()));
    }

    /** So long that every guard allows it, whichever will decide. */
    private static OptionalLong longestValiditySeconds(Governance governance) {
        return governance.allGuards().stream()
                .mapToLong(Guard::maxValiditySeconds)
                .min();
    }
}
