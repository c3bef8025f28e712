package dev.cairn.kv.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The texts that people sign, and each reason to refuse one. */
class ChangeTextTest {
    private static final Digest CHAIN = Digest.parse("ab".repeat(32));
    private static final Bytes VALUE = Bytes.utf8("limit: 20\n");
    private static final String HASH = Hashing.sha256(VALUE.shared()).toHex();

    private static final String TEXT = """
            cairn-change-1
            chain %s
            base 1200
            valid-from 2026-11-26T03:00:00Z
            expires 2026-11-27T03:00:00Z
            author alice
            reason Raise the limit, ticket 42
            expect app/limit revision 1187
            expect app/new absent
            delete app/limit
            put app/new%%20limit 10 %s
            delete-range tmp/ tmp0
            """.formatted("ab".repeat(32), HASH);

    @Test
    void theTextIsAsDocumented() throws ChangeException {
        Change change = ChangeText.parse(Bytes.utf8(TEXT));
        assertThat(change)
                .isEqualTo(new Change(
                        CHAIN,
                        1200,
                        1_795_662_000,
                        1_795_748_400,
                        new PrincipalName("alice"),
                        "Raise the limit, ticket 42",
                        List.of(
                                new Precondition.LastWrittenAt(Bytes.utf8("app/limit"), 1187),
                                new Precondition.Absent(Bytes.utf8("app/new"))),
                        List.of(
                                new ChangeOperation.Delete(Bytes.utf8("app/limit")),
                                new ChangeOperation.Put(
                                        Bytes.utf8("app/new limit"), 10, Hashing.sha256(VALUE.shared())),
                                new ChangeOperation.DeleteRange(Bytes.utf8("tmp/"), Bytes.utf8("tmp0")))));
        assertThat(change.text().toUtf8()).isEqualTo(TEXT);
        assertThat(change.digest()).isEqualTo(Hashing.sha256(Bytes.utf8(TEXT).shared()));
    }

    private static void refused(ChangeRefusal reason, String text) {
        assertThatThrownBy(() -> ChangeText.parse(Bytes.utf8(text)))
                .isInstanceOfSatisfying(
                        ChangeException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(reason))
                .hasMessageMatching("[^\n]*; [^\n]*");
    }

    @ParameterizedTest
    @CsvSource({
        "cairn-change-1, cairn-change-2, NOT_CANONICAL",
        "chain ab, chain AB, NOT_CANONICAL",
        "base 1200, base 01200, NOT_CANONICAL",
        "base 1200, base -1, NOT_CANONICAL",
        "base 1200, base 1234567890123456789, NOT_CANONICAL",
        "27T03:00:00Z, 27T03:00:60Z, NOT_CANONICAL",
        "27T03:00:00Z, 31T03:00:00Z, NOT_CANONICAL",
        "27T03:00:00Z, 27T03:00:00+00:00, NOT_CANONICAL",
        "27T03:00:00Z, 26T03:00:00Z, EMPTY_VALIDITY",
        "author alice, author Alice, NOT_CANONICAL",
        "reason Raise, reason  Raise, NOT_CANONICAL",
        "reason Raise, reason \u202eRaise, NOT_CANONICAL",
        "reason Raise, reason \u0007Raise, NOT_CANONICAL",
        "reason Raise, Reason Raise, NOT_CANONICAL",
        "revision 1187, revision 0, NOT_CANONICAL",
        "revision 1187, version 1187, NOT_CANONICAL",
        "expect app/new absent, expect app/limit absent, KEY_LISTED_TWICE",
        "delete app/limit, delete app/new%20limit, KEY_LISTED_TWICE",
        "delete app/limit, delete tmp/x, OVERLAPPING",
        "delete app/limit, delete app/new%20limits, NOT_CANONICAL",
        "delete app/limit, delete app/%6Cimit, NOT_CANONICAL",
        "delete app/limit, delete app/%6, NOT_CANONICAL",
        "delete app/limit, delete app/limit x, NOT_CANONICAL",
        "new%20limit, new%0alimit, NOT_CANONICAL",
        "limit 10, limit 67108865, NOT_CANONICAL",
        "tmp/ tmp0, tmp0 tmp/, NOT_CANONICAL",
        "tmp/ tmp0, tmp/ tmp/, NOT_CANONICAL"
    })
    void eachOtherSpellingIsRefused(String good, String bad, ChangeRefusal reason) {
        assertThat(TEXT).contains(good);
        refused(reason, TEXT.replace(good, bad));
    }

    @Test
    void theEndIsTheEnd() {
        refused(ChangeRefusal.TRAILING_BYTES, TEXT + "\n");
        refused(ChangeRefusal.TRAILING_BYTES, TEXT.stripTrailing());
        refused(ChangeRefusal.NOT_CANONICAL, TEXT.replace("\n", "\r\n"));
        refused(ChangeRefusal.NOT_CANONICAL, "\ufeff" + TEXT);
        refused(ChangeRefusal.TRAILING_BYTES, "");
        refused(ChangeRefusal.NOT_CANONICAL, "cairn-change-1\n");
        refused(ChangeRefusal.NOT_CANONICAL, TEXT.substring(0, TEXT.indexOf("delete")));
    }

    @Test
    void sizesAreBounded() {
        refused(ChangeRefusal.TOO_LARGE, TEXT + "x".repeat(ChangeLimits.MAX_TEXT_BYTES) + "\n");
        StringBuilder many = new StringBuilder(TEXT);
        for (int i = 0; i <= ChangeLimits.MAX_LINES; i++) {
            many.append("delete z%04d%n".formatted(i));
        }
        refused(ChangeRefusal.TOO_LARGE, many.toString());
        refused(ChangeRefusal.TOO_LARGE, TEXT + "put u 67108860 %s\n".formatted(HASH));
        refused(ChangeRefusal.NOT_CANONICAL, TEXT + "delete " + "u".repeat(ChangeLimits.MAX_KEY_BYTES + 1) + "\n");
    }

    @Test
    void valuesAreBoundByTheirHash() throws ChangeException {
        Change change = ChangeText.parse(Bytes.utf8(TEXT));
        Bytes key = Bytes.utf8("app/new limit");
        assertThat(ChangeValues.bind(change, Map.of(key, VALUE)).byKey()).isEqualTo(Map.of(key, VALUE));
        refusedValues(ChangeRefusal.MISSING_VALUE, change, Map.of());
        refusedValues(ChangeRefusal.WRONG_VALUE, change, Map.of(key, Bytes.utf8("limit: 21\n")));
        refusedValues(ChangeRefusal.SURPLUS_VALUE, change, Map.of(key, VALUE, Bytes.utf8("other"), VALUE));
    }

    private static void refusedValues(ChangeRefusal reason, Change change, Map<Bytes, Bytes> values) {
        assertThatThrownBy(() -> ChangeValues.bind(change, values))
                .isInstanceOfSatisfying(
                        ChangeException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(reason));
    }

    @Test
    void anEndorsementNamesOneChange() throws ChangeException {
        Endorsement approval = new Endorsement(Endorsement.Kind.APPROVAL, CHAIN, Hashing.sha256(VALUE.shared()));
        String text = "cairn-approve-1\nchain %s\nchange %s\n".formatted("ab".repeat(32), HASH);
        assertThat(approval.text().toUtf8()).isEqualTo(text);
        assertThat(Endorsement.parse(Endorsement.Kind.APPROVAL, Bytes.utf8(text)))
                .isEqualTo(approval);
        for (String bad :
                List.of(text + "x\n", text + "\n", text.replace("approve", "withdraw"), text.replace("ab", "AB"))) {
            assertThatThrownBy(() -> Endorsement.parse(Endorsement.Kind.APPROVAL, Bytes.utf8(bad)))
                    .isInstanceOf(ChangeException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", "A", "a b", "a,b", "a*", "\u00e4"})
    void whatIsNoName(String name) {
        assertThatThrownBy(() -> new PrincipalName(name)).isInstanceOf(IllegalArgumentException.class);
    }
}
