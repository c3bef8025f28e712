package dev.cairn.cli;

import dev.cairn.client.Pin;
import dev.cairn.genesis.GenesisException;
import dev.cairn.kv.KvState;
import dev.cairn.kv.KvStateMachine;
import dev.cairn.kv.Limits;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.protocol.StateMachine;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Height;
import dev.cairn.runtime.AuditException;
import dev.cairn.runtime.BootException;
import dev.cairn.runtime.LogAudit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = {
            "Go through a replica's whole chain, offline, and believe nothing in it.",
            "Checks that hashes lead from block to block, that a quorum certified each, that each request is signed, and"
                    + " that executing it all again gives every root. Exit code 1, and the block's number, where"
                    + " something does not hold. The replica must be stopped; nothing is written."
        })
final class AuditCommand implements Callable<Integer> {
    private static final int UNKNOWN = -1;

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
            names = "--changes",
            paramLabel = "PREFIX",
            description = "Print each change of keys that begin with PREFIX: block, time, author, what, key.")
    private @Nullable String prefix;

    private final Output output;

    /** Changes of the keys that were asked for, by the gateway that signed them. */
    private final Map<Integer, Long> changesByAuthor = new TreeMap<>();

    AuditCommand() {
        this(Output.standard());
    }

    AuditCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws Failure, GenesisException {
        Pin pinned = Pin.read(pin);
        if (from < 1) {
            throw new Failure("--from: the first block is 1; the genesis block needs no proof");
        }
        if (!Files.isDirectory(data.resolve("log"))) {
            throw new Failure(data + " holds no log; give a replica's data directory");
        }
        try {
            Height last = from == 1 ? replay(pinned) : audit(pinned, Optional.empty());
            output.line("blocks " + from + " to " + last.value() + " hold: hash chain, certificates, signatures"
                    + (from == 1 ? ", every state root" : "; they were not executed again"));
            for (Map.Entry<Integer, Long> author : changesByAuthor.entrySet()) {
                output.line("changes signed by r" + author.getKey() + ": " + author.getValue());
            }
            output.flush();
            return 0;
        } catch (AuditException | BootException e) {
            throw new Failure(String.valueOf(e.getMessage()), e);
        } catch (UncheckedIOException e) {
            throw new Failure(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new Failure("cannot keep the replayed state in a temporary directory: " + e.getMessage(), e);
        }
    }

    /** With all blocks executed again, in a directory that is gone afterwards. */
    private Height replay(Pin pinned) throws IOException, AuditException, BootException {
        Path scratch = Files.createTempDirectory("cairn-audit");
        try (KvStateMachine machine = KvStateMachine.open(scratch.resolve("state"), pinned.chainId(), Limits.DEFAULT)) {
            return audit(pinned, Optional.of(machine));
        } finally {
            delete(scratch);
        }
    }

    private Height audit(Pin pinned, Optional<StateMachine<KvState>> machine) throws AuditException, BootException {
        return LogAudit.run(data, pinned.genesis(), new Height(from), machine, this::note);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void note(Block block, Optional<KvState> state) {
        if (state.isPresent()) {
            Map<Long, Integer> authors = authors(block, state.get());
            Bytes wanted = Bytes.utf8(prefix == null ? "" : prefix);
            state.get().changes().stream()
                    .filter(event -> event.change().key().startsWith(wanted))
                    .forEach(event ->
                            note(block, authors.getOrDefault(event.change().modRevision(), UNKNOWN), event));
        }
    }

    private void note(Block block, int author, KeyEvent event) {
        changesByAuthor.merge(author, 1L, Long::sum);
        if (prefix != null) {
            print("block " + block.height().value() + "  "
                    + Instant.ofEpochSecond(0, block.header().timeNanos()) + "  r" + author + "  "
                    + (event.isPut() ? "PUT" : "DELETE") + "  "
                    + event.change().key().toUtf8());
        }
    }

    private void print(String line) {
        try {
            output.line(line);
        } catch (Failure e) {
            throw new UncheckedIOException(e.getMessage(), new IOException(e));
        }
    }

    /** Who signed the request that made each revision of a block: the first whose outcome shows it. */
    private static Map<Long, Integer> authors(Block block, KvState after) {
        Map<Long, Integer> authors = new HashMap<>();
        for (int i = 0; i < block.requests().size(); i++) {
            int author = block.requests().get(i).id().client().number();
            if (after.results().get(i) instanceof RequestOutcome.Executed(var outcomes)) {
                for (Outcome outcome : outcomes) {
                    authors.putIfAbsent(outcome.revision(), author);
                }
            }
        }
        return authors;
    }
}
