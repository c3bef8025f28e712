package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.client.Pin;
import dev.cairn.client.ProvenKeys;
import dev.cairn.client.SavedProof;
import dev.cairn.client.Verified;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.proof.Question;
import dev.cairn.protocol.model.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proofs in files: the published ones, changed ones, and one that a client has asked for. */
class SavedProofTest {
    private static final Path VECTORS = Path.of("..", "..", "docs", "vectors", "saved-proofs.json");

    /** Where deploy/verify/cairn_verify.py finds them. */
    private static final Path MUTANTS = Path.of("target", "saved-proof-mutants.json");

    private static final int MUTANTS_WRITTEN = 500;

    @TempDir
    Path directory;

    private SavedProofFiles files;

    @BeforeEach
    void make() {
        files = SavedProofFiles.make(directory.resolve("state"));
    }

    /** {@code -Dcairn.vectors.write=true} writes the file anew: only a new format may need that. */
    @Test
    void theFilesAreTheOnesThatWerePublished() throws IOException {
        String made = files.json(files.all());
        if (Boolean.getBoolean("cairn.vectors.write")) {
            Files.writeString(VECTORS, made);
        }
        assertThat(made).isEqualTo(Files.readString(VECTORS));
    }

    @Test
    void whatIsReadFromAFileIsWhatWasWritten() {
        for (SavedProofFiles.Saved file : files.all()) {
            if (files.verdict(file.bytes()) != SavedProofFiles.Verdict.BAD_FILE) {
                assertThat(SavedProof.decode(file.bytes().shared()).encode())
                        .as(file.name())
                        .isEqualTo(file.bytes().shared());
            }
        }
    }

    /** A changed question may have a true answer too; there is no other. */
    @Test
    void aFileInWhichAnyByteWasChangedProvesTheTruthOrNothing() throws Exception {
        List<SavedProofFiles.Saved> mutants = new ArrayList<>();
        for (SavedProofFiles.Saved file : files.proven()) {
            for (int at = 0; at < file.bytes().size(); at++) {
                byte[] changed = file.bytes().toArray();
                changed[at] ^= (byte) (1 << at % 8);
                Bytes bytes = Bytes.wrap(changed);
                mutants.add(new SavedProofFiles.Saved(file.name() + ", byte " + at, bytes));
                if (files.verdict(bytes) == SavedProofFiles.Verdict.PROVEN) {
                    assertThat(files.isTrue(SavedProof.decode(changed).check(files.pin())))
                            .as("%s, byte %d", file.name(), at)
                            .isTrue();
                }
            }
        }
        long seed = Long.getLong("cairn.mutants.seed", 1);
        Random random = new Random(seed);
        System.out.println("the sample for the second verifier: -Dcairn.mutants.seed=" + seed);
        List<SavedProofFiles.Saved> sample = random.ints(MUTANTS_WRITTEN, 0, mutants.size())
                .mapToObj(mutants::get)
                .toList();
        Files.writeString(MUTANTS, files.json(sample));
    }

    @Test
    void aFileCutShortAnywhereIsNoProof() {
        for (SavedProofFiles.Saved file : files.proven()) {
            for (int length = 0; length < file.bytes().size(); length++) {
                Bytes cut = file.bytes().slice(0, length);
                assertThat(files.verdict(cut)).isEqualTo(SavedProofFiles.Verdict.BAD_FILE);
            }
        }
    }

    @Test
    void aClientsAnswerIsKeptAndCheckedWithoutTheCluster() throws Exception {
        Pin pin;
        Verified<SavedProof> one;
        Verified<SavedProof> all;
        Verified<SavedProof> none;
        try (ServedStore served = new ServedStore(directory.resolve("served"));
                CairnClient client = VerifyingClients.of(served.chain, served.channel)) {
            pin = client.pin();
            for (String key : List.of("p/1", "p/2", "q")) {
                client.submit(new Operation.Put(Bytes.utf8(key), Bytes.utf8("of " + key), 0, false, false, false));
            }
            one = client.prove(new Question.Get(Bytes.utf8("q"), 0), Freshness.LINEARIZABLE);
            none = client.prove(new Question.Get(Bytes.utf8("r"), 0), Freshness.LINEARIZABLE);
            all = client.prove(
                    new Question.Range(KeySpan.prefix(Bytes.utf8("p/")), 0, 0, false), Freshness.LINEARIZABLE);
        }
        assertThat(keys(one, pin)).containsExactly("q=of q");
        assertThat(keys(none, pin)).isEmpty();
        assertThat(keys(all, pin)).containsExactly("p/1=of p/1", "p/2=of p/2");
        assertThatThrownBy(() -> one.value().check(files.pin())).hasMessageContaining("which is not the pinned one");
    }

    private static List<String> keys(Verified<SavedProof> kept, Pin pin) throws Exception {
        ProvenKeys proven = SavedProof.decode(kept.value().encode()).check(pin);
        assertThat(proven.header()).isEqualTo(kept.head().header());
        assertThat(proven.more()).isFalse();
        return proven.versions().stream()
                .map(version -> version.key().toUtf8() + "="
                        + version.value().resident().orElseThrow().toUtf8())
                .toList();
    }
}
