package dev.cairn.kv.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
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
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The vectors for a second implementation, made anew and compared with those published. */
class ChangeVectorsTest {
    private static final Path FILE = Path.of("..", "..", "docs", "vectors", "changes.json");
    private static final Bytes VALUE = Bytes.utf8("limit: 20\n");

    private static final Change CHANGE = new Change(
            Digest.parse("36638f589bba415569776701252db79aaa9019f919c75a2cf611cc113e5beddb"),
            1200,
            1_795_662_000,
            1_795_748_400,
            new PrincipalName("alice@example.org"),
            "Grenze erhöhen, ticket 42 (100 %)",
            List.of(
                    new Precondition.LastWrittenAt(Bytes.utf8("app/limit"), 1187),
                    new Precondition.Absent(Bytes.wrap(new byte[] {'a', 0, '%', (byte) 0xff})),
                    new Precondition.HasValue(Bytes.utf8("app/mode"), Hashing.sha256(VALUE.shared()))),
            List.of(
                    new ChangeOperation.Put(Bytes.utf8("app/new limit"), VALUE.size(), Hashing.sha256(VALUE.shared())),
                    new ChangeOperation.Delete(Bytes.utf8("app/limit")),
                    new ChangeOperation.DeleteRange(Bytes.utf8("tmp/"), Bytes.utf8("tmp0"))));

    /** What a refused text is made of the accepted one by. */
    private record Edit(String good, String bad, ChangeRefusal reason) {}

    private static final List<Edit> EDITS = List.of(
            new Edit("cairn-change-1", "cairn-change-2", ChangeRefusal.NOT_CANONICAL),
            new Edit("chain 3", "chain  3", ChangeRefusal.NOT_CANONICAL),
            new Edit("bba415569", "BBA415569", ChangeRefusal.NOT_CANONICAL),
            new Edit("base 1200", "base 01200", ChangeRefusal.NOT_CANONICAL),
            new Edit("27T03:00:00Z", "27T03:00:60Z", ChangeRefusal.NOT_CANONICAL),
            new Edit("27T03:00:00Z", "26T03:00:00Z", ChangeRefusal.EMPTY_VALIDITY),
            new Edit("alice@", "Alice@", ChangeRefusal.NOT_CANONICAL),
            new Edit("reason G", "reason \u202eG", ChangeRefusal.NOT_CANONICAL),
            new Edit("a%00%25%FF", "a%00%25%ff", ChangeRefusal.NOT_CANONICAL),
            new Edit("a%00%25%FF", "%61%00%25%FF", ChangeRefusal.NOT_CANONICAL),
            new Edit("expect app/mode", "expect app/limit", ChangeRefusal.KEY_LISTED_TWICE),
            new Edit("delete app/limit", "delete tmp/x", ChangeRefusal.OVERLAPPING),
            new Edit("delete app/limit", "delete app/z", ChangeRefusal.NOT_CANONICAL),
            new Edit("tmp0\n", "tmp0\n\n", ChangeRefusal.TRAILING_BYTES),
            new Edit("tmp0\n", "tmp0", ChangeRefusal.TRAILING_BYTES),
            new Edit("\n", "\r\n", ChangeRefusal.NOT_CANONICAL));

    /** {@code -Dcairn.vectors.write=true} writes the file anew: only a new format may need that. */
    @Test
    void theVectorsAreTheOnesThatWerePublished() throws IOException {
        if (Boolean.getBoolean("cairn.vectors.write")) {
            Files.writeString(FILE, json());
        }
        assertThat(json()).isEqualTo(Files.readString(FILE));
    }

    @Test
    void refusedTextsAreRefused() throws ChangeException {
        String text = CHANGE.text().toUtf8();
        assertThat(ChangeText.parse(Bytes.utf8(text))).isEqualTo(CHANGE);
        for (Edit edit : EDITS) {
            assertThat(text).contains(edit.good());
            assertThatThrownBy(() -> ChangeText.parse(Bytes.utf8(text.replace(edit.good(), edit.bad()))))
                    .isInstanceOfSatisfying(
                            ChangeException.class,
                            refusal -> assertThat(refusal.reason())
                                    .as(edit.toString())
                                    .isEqualTo(edit.reason()));
        }
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
        return SignatureVectors.make(Purpose.CHANGE.namespace(), CHANGE.text());
    }

    private static String json() {
        List<String> refused = new ArrayList<>();
        for (Edit edit : EDITS) {
            refused.add(object(
                    Map.of("text", CHANGE.text().toUtf8().replace(edit.good(), edit.bad())),
                    edit.reason().name()));
        }
        List<String> signatures = new ArrayList<>();
        for (SignatureVectors.Vector vector : signatures()) {
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("name", vector.name());
            fields.put("key", Base64.getEncoder().encodeToString(vector.key().shared()));
            fields.put("signature", vector.signature().toUtf8());
            signatures.add(object(fields, vector.reason()));
        }
        Digest digest = CHANGE.digest();
        return "{\n\"about\": \"Made by ChangeVectorsTest. docs/changes.md explains. The signatures are on the text, for "
                + Purpose.CHANGE.namespace() + ".\",\n"
                + member("text", CHANGE.text().toUtf8())
                + member("digest", digest.toHex())
                + member(
                        "approval",
                        new Endorsement(Endorsement.Kind.APPROVAL, CHANGE.chain(), digest)
                                .text()
                                .toUtf8())
                + member(
                        "withdrawal",
                        new Endorsement(Endorsement.Kind.WITHDRAWAL, CHANGE.chain(), digest)
                                .text()
                                .toUtf8())
                + "\"refusedTexts\": [\n" + String.join(",\n", refused) + "\n],\n"
                + "\"signatures\": [\n" + String.join(",\n", signatures) + "\n]\n}\n";
    }

    private static String member(String name, String value) {
        return quoted(name) + ": " + quoted(value) + ",\n";
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
