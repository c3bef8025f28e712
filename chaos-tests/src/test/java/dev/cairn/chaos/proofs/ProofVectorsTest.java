package dev.cairn.chaos.proofs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.chaos.proofs.ProofVectors.Vector;
import dev.cairn.kv.proof.InvalidProofException;
import dev.cairn.kv.proof.Question;
import dev.cairn.kv.proof.TreeCodec;
import dev.cairn.protocol.model.Bytes;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The test vectors, and changed proofs with their verdicts for the second verifier. */
class ProofVectorsTest {
    private static final Path FILE = Path.of("..", "docs", "vectors", "proofs.json");

    /** Where deploy/verify/cairn_verify.py finds them. */
    private static final Path MUTANTS = Path.of("target", "proof-mutants.jsonl");

    private static final int MUTANTS_MADE = 10_000;

    @TempDir
    Path directory;

    private ProofVectors vectors;

    @BeforeEach
    void make() throws InvalidProofException {
        vectors = ProofVectors.make(directory.resolve("state"));
    }

    /** {@code -Dcairn.vectors.write=true} writes the file anew: only a new format may need that. */
    @Test
    void theVectorsAreTheOnesThatWerePublished() throws IOException {
        if (Boolean.getBoolean("cairn.vectors.write")) {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, vectors.json());
        }
        assertThat(vectors.json()).isEqualTo(Files.readString(FILE));
    }

    @Test
    void everyRefusalAndEveryKindOfAnswerHasAVector() {
        Set<String> found = new TreeSet<>();
        Matcher verdicts = Pattern.compile("\"verdict\": \\{\"(?:refused\": \"(\\w+)|proven\": \\{\"(\\w+))")
                .matcher(vectors.json());
        while (verdicts.find()) {
            found.add(verdicts.group(1) == null ? verdicts.group(2) : verdicts.group(1));
        }
        assertThat(found)
                .containsExactly(
                        "COMPACTED",
                        "FUTURE_REVISION",
                        "INCOMPLETE",
                        "MALFORMED",
                        "SURPLUS",
                        "WRONG_ROOT",
                        "events",
                        "found",
                        "keys",
                        "result",
                        "versions");
    }

    /** {@code -Dcairn.mutants.seed=N} makes others. That the verifiers agree on them is for .ci/run to check. */
    @Test
    void changedProofsProveTheTruthOrNothing() throws IOException, InvalidProofException {
        long seed = Long.getLong("cairn.mutants.seed", 1);
        Random random = new Random(seed);
        int proven = 0;
        try (BufferedWriter out = Files.newBufferedWriter(MUTANTS)) {
            for (int i = 0; i < MUTANTS_MADE; i++) {
                Vector vector = vectors.vectors.get(random.nextInt(vectors.vectors.size()));
                Vector other = vectors.vectors.get(random.nextInt(vectors.vectors.size()));
                Bytes proof = switch (random.nextInt(8)) {
                    case 0 -> other.proof();
                    case 1, 2 -> hidden(vector, random);
                    default -> changed(vector.proof(), other.proof(), random);
                };
                String verdict = vectors.verdict(vector.header(), vector.question(), proof);
                if (verdict.startsWith("{\"proven\"")) {
                    proven++;
                    assertThat(verdict)
                            .as("mutant %d of -Dcairn.mutants.seed=%d: %s", i, seed, vector.name())
                            .isEqualTo(truth(vector));
                }
                out.write("{\"header\": \"%s\", \"question\": %s, \"proof\": %s, \"verdict\": %s}\n"
                        .formatted(
                                vector.header(), ProofJson.question(vector.question()), ProofJson.hex(proof), verdict));
            }
        }
        assertThat(proven).as("mutants that still prove something").isBetween(1, MUTANTS_MADE / 5);
    }

    /** What is true is what the unchanged proof of the same question about the same header says. */
    private String truth(Vector asked) {
        return vectors.vectors.stream()
                .filter(vector -> vector.header().equals(asked.header())
                        && vector.question().equals(asked.question()))
                .map(vector -> vectors.verdict(vector.header(), vector.question(), vector.proof()))
                .filter(verdict -> verdict.startsWith("{\"proven\""))
                .findFirst()
                .orElse("nothing");
    }

    /** Some subtrees hidden; the hashes stay what they were. */
    private static Bytes hidden(Vector vector, Random random) throws InvalidProofException {
        if (vector.question() instanceof Question.Receipt || vector.proof().size() < 2) {
            return vector.proof();
        }
        try {
            return TreeCodec.PROOF.encode(TreeCodec.PROOF
                    .decode(vector.proof())
                    .map(tree -> PrunedTrees.hide(tree, _ -> random.nextInt(6) == 0)));
        } catch (InvalidProofException _) { // one of the vectors that are no proofs
            return vector.proof();
        }
    }

    /** One to three places where a bit is flipped, or bytes are dropped, doubled, invented or taken from elsewhere. */
    private static Bytes changed(Bytes proof, Bytes other, Random random) {
        StringBuilder hex = new StringBuilder(proof.toHex());
        for (int i = random.nextInt(3); i >= 0 && !hex.isEmpty(); i--) {
            int at = 2 * random.nextInt(hex.length() / 2);
            int end = Math.min(hex.length(), at + 2 * (1 + random.nextInt(random.nextBoolean() ? 2 : 48)));
            switch (random.nextInt(5)) {
                case 0 -> hex.setCharAt(at, Character.forDigit(Character.digit(hex.charAt(at), 16) ^ 1, 16));
                case 1 -> hex.delete(at, end);
                case 2 -> hex.insert(at, hex.substring(at, end));
                case 3 -> hex.insert(at, "%02x".formatted(random.nextInt(256)));
                default -> {
                    int from = 2 * random.nextInt(Math.max(1, other.size()));
                    String part = other.toHex();
                    hex.replace(at, end, part.substring(from, Math.min(part.length(), from + end - at)));
                }
            }
        }
        return Bytes.wrap(java.util.HexFormat.of().parseHex(hex));
    }
}
