package dev.cairn.cli;

import dev.cairn.client.Pin;
import dev.cairn.client.ProvenKeys;
import dev.cairn.client.Refusal;
import dev.cairn.client.RefusedException;
import dev.cairn.client.SavedProof;
import dev.cairn.genesis.GenesisException;
import dev.cairn.genesis.json.Json;
import dev.cairn.proto.mvccpb.KeyValue;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Check a file of \"${ROOT-COMMAND-NAME} proof save\" against the genesis document; asks nobody.",
            "Prints the keys and values that are proven, and of which block this is true. That a key was missing is"
                    + " proven too."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:proven",
            "1:a file cannot be read",
            "2:a command line that makes no sense",
            "3:FILE is no saved proof, or not a whole one",
            "4:not proven",
            "5:it is of another chain than the genesis document's"
        })
final class ProofCheckCommand implements Callable<Integer> {
    static final int BAD_FILE = 3;
    static final int NOT_PROVEN = 4;
    static final int OTHER_CHAIN = 5;

    /** A proof is made for one message; what is larger is none. */
    private static final long MAX_BYTES = 64L << 20;

    @Parameters(index = "0", paramLabel = "FILE", description = "What \"${ROOT-COMMAND-NAME} proof save\" wrote.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(names = "--json", description = "JSON with the names that etcdctl uses, keys and values in base64.")
    private boolean json;

    @Mixin
    private PinOption pin = new PinOption();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Output output;

    ProofCheckCommand() {
        this(Output.standard());
    }

    ProofCheckCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws Failure, GenesisException {
        Pin pinned = pin.require();
        PrintWriter err = spec.commandLine().getErr();
        try {
            ProvenKeys proven = SavedProof.decode(read()).check(pinned);
            print(proven);
            err.println("proven: " + Provenance.line(proven));
            err.flush();
            return 0;
        } catch (IllegalArgumentException e) {
            err.println(Main.ERROR + file + " is no saved proof, or was changed: " + e.getMessage());
            return BAD_FILE;
        } catch (RefusedException e) {
            err.println(Main.ERROR + file + " proves nothing: " + e.getMessage());
            return e.refusal() instanceof Refusal.ForeignChain ? OTHER_CHAIN : NOT_PROVEN;
        }
    }

    private byte[] read() throws Failure {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IllegalArgumentException("it is larger than any proof");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new Failure(file + ": there is no such file", e);
        } catch (IOException e) {
            throw new Failure(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private void print(ProvenKeys proven) throws Failure {
        List<KeyValue> records = proven.versions().stream().map(Records::of).toList();
        if (json) {
            output.json(Json.object()
                    .put("kvs", records.stream().map(Output::record).toList())
                    .put("more", proven.more())
                    .put("count", (long) records.size())
                    .put("revision", proven.revision())
                    .put("proven", Provenance.json(proven))
                    .build());
        } else {
            for (KeyValue record : records) {
                output.line(record.getKey()).line(record.getValue());
            }
        }
        output.flush();
    }
}
