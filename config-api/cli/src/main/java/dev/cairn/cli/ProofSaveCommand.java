package dev.cairn.cli;

import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Pin;
import dev.cairn.client.ProvenKeys;
import dev.cairn.client.RefusedException;
import dev.cairn.client.SavedProof;
import dev.cairn.client.Verified;
import dev.cairn.genesis.GenesisException;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.proof.Question;
import dev.cairn.protocol.model.Bytes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "save",
        mixinStandardHelpOptions = true,
        description = {
            "Ask for a key, or for all that begin as KEY does, and keep the answer with its proof in FILE.",
            "The answer may also be that there is no such key. It is verified before it is kept."
        })
final class ProofSaveCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "KEY", description = "The key, or with --prefix how keys begin.")
    @SuppressWarnings("NullAway.Init")
    private String key;

    @Parameters(index = "1", paramLabel = "FILE", description = "A file that is not there yet.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(names = "--prefix", description = "All keys that begin with KEY, in one proof.")
    private boolean prefix;

    @Option(names = "--rev", paramLabel = "REVISION", description = "The state at this revision.")
    private long revision;

    @Mixin
    private Endpoints endpoints = new Endpoints();

    @Mixin
    private PinOption pin = new PinOption();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        Numbers.requireNotNegative(spec, "--rev", revision);
        Question.OfKeys question = question();
        if (Files.exists(file)) {
            throw new Failure(file + " is there already; name another file");
        }
        Pin pinned = pin.require();
        Verified<SavedProof> answer;
        try (CairnClient client = PinOption.client(pinned, endpoints)) {
            answer = client.prove(question, Freshness.LINEARIZABLE);
        }
        PrintWriter err = spec.commandLine().getErr();
        Provenance.tellRefused(err, answer.refused());
        ProvenKeys proven = asWillBeChecked(answer.value(), pinned);
        if (proven.more()) {
            throw new Failure("the keys are too many for one proof; name a longer prefix ("
                    + proven.versions().size() + " would have fitted)");
        }
        write(answer.value());
        err.println("kept: " + Provenance.line(proven));
        err.flush();
        return 0;
    }

    private Question.OfKeys question() throws Failure {
        Bytes name = Bytes.wrap(Keys.typed(key).toByteArray());
        if (prefix) {
            return new Question.Range(KeySpan.prefix(name), 0, revision, false);
        }
        if (name.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "no key is empty; with --prefix that means all keys");
        }
        return new Question.Get(name, revision);
    }

    /** By the bytes that go into the file. */
    private static ProvenKeys asWillBeChecked(SavedProof proof, Pin pin) {
        try {
            return SavedProof.decode(proof.encode()).check(pin);
        } catch (RefusedException e) {
            throw new IllegalStateException("a verified answer does not hold in its file", e);
        }
    }

    private void write(SavedProof proof) throws Failure {
        try {
            Files.write(file, proof.encode(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw new Failure(file + " is there already; name another file", e);
        } catch (IOException e) {
            throw new Failure(file + ": cannot be written (" + e.getMessage() + ")", e);
        }
    }
}
