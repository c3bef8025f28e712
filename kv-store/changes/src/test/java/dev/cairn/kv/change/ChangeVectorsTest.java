package dev.cairn.kv.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.ssh.SignatureVectors;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshPublicKey;
import dev.cairn.ssh.SshRefusal;
import dev.cairn.ssh.SshSignature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The vectors for a second implementation, made anew and compared with those published. */
class ChangeVectorsTest {
    private static final Path FILE = Path.of("..", "..", "docs", "vectors", "changes.json");

    /** Where deploy/verify/cairn_changes.py finds them. */
    private static final Path MUTANTS = Path.of("target", "text-mutants.jsonl");

    private static final int MUTANTS_OF_EACH = 1000;

    /** {@code -Dcairn.vectors.write=true} writes the file anew: only a new format may need that. */
    @Test
    void theVectorsAreTheOnesThatWerePublished() throws IOException {
        if (Boolean.getBoolean("cairn.vectors.write")) {
            Files.writeString(FILE, json());
        }
        assertThat(json()).isEqualTo(Files.readString(FILE));
    }

    @Test
    void textsAreReadAndRefused() throws ChangeException {
        for (TextVectors.Sample sample : TextVectors.samples()) {
            Bytes text = Bytes.utf8(sample.text());
            assertThat(TextVectors.read(text)).as(sample.name()).isEqualTo(Hashing.sha256(text.shared()));
        }
        for (TextVectors.Refused refused : TextVectors.refused()) {
            assertThatThrownBy(() -> TextVectors.read(Bytes.utf8(refused.text())))
                    .as(refused.text())
                    .isInstanceOfSatisfying(
                            ChangeException.class,
                            refusal -> assertThat(refusal.reason())
                                    .as(refused.text())
                                    .isEqualTo(refused.reason()));
        }
    }

    @Test
    void changedTextsAreWrittenForTheSecondReader() throws IOException {
        StringBuilder out = new StringBuilder();
        for (TextVectors.Mutant mutant : TextVectors.mutants(MUTANTS_OF_EACH, new Random(20_261_126))) {
            String text = Base64.getEncoder().encodeToString(mutant.text().shared());
            out.append("{\"text\": ")
                    .append(quoted(text))
                    .append(", \"accepted\": ")
                    .append(mutant.accepted())
                    .append("}\n");
        }
        Files.writeString(MUTANTS, out.toString());
    }

    @Test
    void signaturesHaveTheirVerdicts() {
        Set<SshRefusal> seen = EnumSet.noneOf(SshRefusal.class);
        for (SignatureVectors.Vector vector : signatures()) {
            String verdict = "";
            try {
                SshSignature.parse(vector.signature())
                        .verify(SshPublicKey.parse(vector.key()), vector.namespace(), vector.text());
            } catch (SshException e) {
                verdict = e.reason().name();
                seen.add(e.reason());
            }
            assertThat(verdict).as(vector.name()).isEqualTo(vector.reason());
        }
        assertThat(EnumSet.complementOf(EnumSet.copyOf(seen)))
                .containsExactlyInAnyOrder(SshRefusal.UNKNOWN_KEY_KIND, SshRefusal.NON_CANONICAL_KEY);
    }

    private static List<SignatureVectors.Vector> signatures() {
        return SignatureVectors.make(Purpose.CHANGE.namespace(), TextVectors.CHANGE.text());
    }

    private static String json() {
        List<String> texts = new ArrayList<>();
        for (TextVectors.Sample sample : TextVectors.samples()) {
            texts.add("{" + member("name", sample.name()) + ", " + member("text", sample.text()) + ", "
                    + member(
                            "digest",
                            Hashing.sha256(Bytes.utf8(sample.text()).shared()).toHex()) + "}");
        }
        List<String> refused = new ArrayList<>();
        for (TextVectors.Refused each : TextVectors.refused()) {
            refused.add(object(Map.of("text", each.text()), each.reason().name()));
        }
        List<String> signatures = new ArrayList<>();
        for (SignatureVectors.Vector vector : signatures()) {
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("name", vector.name());
            fields.put("key", Base64.getEncoder().encodeToString(vector.key().shared()));
            fields.put("signature", vector.signature().toUtf8());
            signatures.add(object(fields, vector.reason()));
        }
        return "{\n\"about\": \"Made by ChangeVectorsTest. docs/changes.md explains. The signatures are on the first text, for "
                + Purpose.CHANGE.namespace() + ".\",\n"
                + array("texts", texts) + ",\n" + array("refusedTexts", refused) + ",\n"
                + array("signatures", signatures) + "\n}\n";
    }

    private static String array(String name, List<String> items) {
        return quoted(name) + ": [\n" + String.join(",\n", items) + "\n]";
    }

    private static String member(String name, String value) {
        return quoted(name) + ": " + quoted(value);
    }

    private static String object(Map<String, String> fields, String refusal) {
        StringBuilder out = new StringBuilder("{");
        fields.forEach((name, value) ->
                out.append(quoted(name)).append(": ").append(quoted(value)).append(", "));
        return out.append(refusal.isEmpty() ? "\"valid\": true}" : "\"refused\": " + quoted(refusal) + "}")
                .toString();
    }

    /** A string of JSON, ASCII alone. */
    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c < 0x20 || c >= 0x7f) {
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
