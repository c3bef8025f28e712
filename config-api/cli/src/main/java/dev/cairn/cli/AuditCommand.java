package dev.cairn.cli;

import dev.cairn.cli.changes.AuditListing;
import dev.cairn.client.Pin;
import dev.cairn.genesis.GenesisException;
import dev.cairn.kv.KvState;
import dev.cairn.kv.KvStateMachine;
import dev.cairn.kv.Limits;
import dev.cairn.protocol.StateMachine;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Height;
import dev.cairn.runtime.AuditException;
import dev.cairn.runtime.BootException;
import dev.cairn.runtime.LogAudit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = {
            "Go through a replica's whole chain, offline, and believe nothing in it.",
            "Checks that hashes lead from block to block, that a quorum certified each, that each request is signed, and"
                    + " that executing it all again gives every root; and of each signed change, apart from how the store"
                    + " decided, that signatures, guards, preconditions and values hold. Exit code 1, and the block's number, where"
                    + " something does not hold. The replica must be stopped; nothing in its directory is changed."
                    + " Votes, and whatever else is no part of the chain, are not looked at."
        })
final class AuditCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "DATA",
            description = "The replica's data directory, for example .cairn-dev/replica-0/data.")
    @SuppressWarnings("NullAway.Init")
    private Path data;

    @Option(
            names = "--pin",
            required = true,
            paramLabel = "GENESIS",
            description = "The genesis document of the cluster, from where you trust it.")
    @SuppressWarnings("NullAway.Init")
    private Path pin;

    @Option(
            names = "--from",
            defaultValue = "1",
            paramLabel = "HEIGHT",
            description = "Begin with this block. Above 1 blocks are not executed again. Default: ${DEFAULT-VALUE}.")
    private long from;

    @Option(
            names = "--writes",
            paramLabel = "PREFIX",
            description =
                    "Print each write of keys that begin with PREFIX, signed or not: block, time, the replica that"
                            + " took it in, what, key.")
    private @Nullable String writes;

    @Mixin
    private AuditListing listing = new AuditListing();

    @Option(
            names = "--json",
            description =
                    "JSON: one change a line (with --changes), or one write (with --writes, keys in base64), then the result.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Output output;

    AuditCommand() {
        this(Output.standard());
    }

    AuditCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws Failure, GenesisException {
        if (from < 1) {
            throw misused("--from: the first block is 1; the genesis block needs no proof");
        }
        if (from > 1 && writes != null) {
            throw misused("--writes: writes come out of executing the blocks, and that only from the first one on;"
                    + " leave --from out");
        }
        listing.requireSense(from == 1);
        Pin pinned = Pin.read(pin);
        if (!Files.isDirectory(data.resolve("log"))) {
            throw new Failure(data + " holds no log; give a replica's data directory");
        }
        AuditReport report = new AuditReport(
                output,
                Optional.ofNullable(writes).map(Bytes::utf8),
                json,
                listing.begin(output, json),
                pinned.chainId(),
                pinned.document().governance());
        try {
            Height last = from == 1 ? replay(pinned, report) : audit(pinned, Optional.empty(), report);
            report.end(from, last);
            return 0;
        } catch (AuditException | BootException e) {
            throw new Failure(String.valueOf(e.getMessage()), e);
        } catch (UncheckedIOException e) {
            throw new Failure(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new Failure("cannot keep the replayed state in a temporary directory: " + e.getMessage(), e);
        }
    }

    private ParameterException misused(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** With all blocks executed again, in a directory that is gone afterwards. */
    private Height replay(Pin pinned, AuditReport report) throws IOException, AuditException, BootException {
        Path scratch = Files.createTempDirectory("cairn-audit");
        try (KvStateMachine machine = KvStateMachine.open(
                scratch.resolve("state"), pinned.chainId(), pinned.document().governance(), Limits.DEFAULT)) {
            return audit(pinned, Optional.of(machine), report);
        } finally {
            delete(scratch);
        }
    }

    private Height audit(Pin pinned, Optional<StateMachine<KvState>> machine, AuditReport report)
            throws AuditException, BootException {
        return LogAudit.run(data, pinned.genesis(), new Height(from), machine, report);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
