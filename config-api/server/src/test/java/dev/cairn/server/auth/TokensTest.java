package dev.cairn.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.codec.Ed25519;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.auth.AuthKeys;
import dev.cairn.kv.auth.AuthStatus;
import dev.cairn.kv.auth.AuthView;
import dev.cairn.kv.auth.Caller;
import dev.cairn.kv.auth.User;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.ReplicaId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tokens of one replica at another. */
class TokensTest {
    private static final Bytes ANN = Bytes.utf8("ann \"quoted\" ö");
    private static final AuthStatus STATUS = new AuthStatus(true, 7, 3);
    private static final User USER = new User(ANN, false, 5, Bytes.utf8("hash"));
    private static final GenesisFile GENESIS = genesis("one");

    private long now = 1_800_000_000L;

    @ParameterizedTest
    @EnumSource
    void whatOneGivesOutTheOthersTakeIn(Token.Kind kind) {
        String token = tokens(kind, 0).issue(USER, STATUS);
        for (int i = 0; i < 4; i++) {
            assertThat(tokens(kind, i).caller(token, view(STATUS, USER))).contains(new Caller(ANN, 7));
            assertThat(tokens(other(kind), i).caller(token, view(STATUS, USER))).isPresent();
        }
    }

    @ParameterizedTest
    @EnumSource
    void itIsVoidWhenTheUserIsGoneOrHasAnotherPasswordOrPermissionsWereDisabled(Token.Kind kind) {
        Tokens tokens = tokens(kind, 1);
        String token = tokens(kind, 0).issue(USER, STATUS);
        assertThat(tokens.caller(token, view(STATUS, USER))).isPresent();
        AuthStatus later = new AuthStatus(true, 9, 3);
        assertThat(tokens.caller(token, view(later))).isEmpty();
        assertThat(tokens.caller(token, view(later, new User(ANN, false, 8, Bytes.utf8("hash")))))
                .isEmpty();
        assertThat(tokens.caller(token, view(new AuthStatus(true, 9, 8), USER))).isEmpty();
        assertThat(tokens.caller(token, view(later, USER))).isPresent();
    }

    @Test
    void aSimpleOneSurvivesOtherChangesAndAWebTokenShowsItsAge() {
        AuthView later = view(new AuthStatus(true, 9, 3), USER);
        assertThat(tokens(Token.Kind.SIMPLE, 0)
                        .caller(tokens(Token.Kind.SIMPLE, 1).issue(USER, STATUS), later))
                .contains(new Caller(ANN, 9));
        assertThat(tokens(Token.Kind.JWT, 0).caller(tokens(Token.Kind.JWT, 1).issue(USER, STATUS), later))
                .contains(new Caller(ANN, 7));
    }

    @Test
    void aSimpleOneLivesWhileItIsUsedAndAWebTokenUntilItExpires() {
        Tokens simple = tokens(Token.Kind.SIMPLE, 0);
        Tokens web = tokens(Token.Kind.JWT, 0);
        String ofSimple = simple.issue(USER, STATUS);
        String ofWeb = web.issue(USER, STATUS);
        for (int i = 0; i < 3; i++) {
            now += 150;
            assertThat(simple.caller(ofSimple, view(STATUS, USER))).isPresent();
            assertThat(web.caller(ofWeb, view(STATUS, USER)).isPresent()).isEqualTo(i == 0);
        }
        now += 300;
        assertThat(simple.caller(ofSimple, view(STATUS, USER))).isEmpty();
        assertThat(tokens(Token.Kind.SIMPLE, 1).caller(ofSimple, view(STATUS, USER)))
                .isEmpty();
    }

    @Test
    void oneFromTheFutureIsNone() {
        String token = tokens(Token.Kind.SIMPLE, 0).issue(USER, STATUS);
        now -= 61;
        assertThat(tokens(Token.Kind.SIMPLE, 1).caller(token, view(STATUS, USER)))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void noCharacterOfItCanBeChanged(Token.Kind kind) {
        Tokens tokens = tokens(kind, 1);
        String token = tokens(kind, 0).issue(USER, STATUS);
        for (int i = 0; i < token.length(); i++) {
            for (char other : new char[] {'A', 'Q', '_', '.'}) {
                String changed = token.substring(0, i) + other + token.substring(i + 1);
                boolean isTheSame = changed.equals(token) || decoded(changed).equals(decoded(token));
                assertThat(tokens.caller(changed, view(STATUS, USER)).isPresent())
                        .describedAs(changed)
                        .isEqualTo(isTheSame);
            }
        }
        assertThat(tokens.caller(token + "A", view(STATUS, USER))).isEmpty();
        assertThat(tokens.caller("", view(STATUS, USER))).isEmpty();
        assertThat(tokens.caller("cairn.", view(STATUS, USER))).isEmpty();
        assertThat(tokens.caller("x".repeat(5000), view(STATUS, USER))).isEmpty();
    }

    /** The last character of base64 has bits that mean nothing. */
    private static List<String> decoded(String token) {
        return IntStream.range(0, token.split("\\.", -1).length)
                .mapToObj(i -> token.split("\\.", -1)[i])
                .map(part -> {
                    try {
                        return part.equals("cairn")
                                ? part
                                : new String(Base64.getUrlDecoder().decode(part), StandardCharsets.ISO_8859_1);
                    } catch (IllegalArgumentException _) {
                        return part;
                    }
                })
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void anotherClustersIsNone(Token.Kind kind) {
        Tokens theirs = new Tokens(
                new Tokens.Settings(kind, 300), new TokenKeys(genesis("two"), new ReplicaId(0), seed(0)), () -> now);
        assertThat(tokens(kind, 0).caller(theirs.issue(USER, STATUS), view(STATUS, USER)))
                .isEmpty();
    }

    @Test
    void aWebTokenIsOneThatAnyLibraryReads() {
        String[] parts = tokens(Token.Kind.JWT, 2).issue(USER, STATUS).split("\\.", -1);
        assertThat(text(parts[0])).isEqualTo("{\"alg\":\"EdDSA\",\"kid\":\"2\",\"typ\":\"JWT\"}");
        assertThat(text(parts[1]))
                .contains("\"exp\":" + (now + 300), "\"revision\":7", "\"username\":\"ann \\\"quoted\\\" ö\"");
        Ed25519 ed25519 = Ed25519.reference();
        assertThat(ed25519.verify(
                        ed25519.verifyingKey(GENESIS.replicas().get(2).voteKey())
                                .orElseThrow(),
                        (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII),
                        Bytes.wrap(Base64.getUrlDecoder().decode(parts[2]))))
                .isTrue();
    }

    private static String text(String part) {
        return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    }

    private static Token.Kind other(Token.Kind kind) {
        return kind == Token.Kind.JWT ? Token.Kind.SIMPLE : Token.Kind.JWT;
    }

    /** What a token that does not hold costs at each call: with {@code -Dcairn.figures=true}. */
    @ParameterizedTest
    @EnumSource
    @EnabledIfSystemProperty(named = "cairn.figures", matches = "true")
    void printWhatABadTokenCosts(Token.Kind kind) {
        Tokens tokens = tokens(kind, 0);
        String token = tokens(kind, 1).issue(USER, STATUS);
        // Another user, or another signature: a character in the middle of what is signed or signs.
        int at = token.length() - 40;
        String bad = token.substring(0, at) + (token.charAt(at) == 'A' ? 'B' : 'A') + token.substring(at + 1);
        AuthView view = view(STATUS, USER);
        int calls = 20_000;
        for (int round = 0; round < 5; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < calls; i++) {
                assertThat(tokens.caller(bad, view)).isEmpty();
            }
            System.out.printf("%s: %,d ns%n", kind, (System.nanoTime() - start) / calls);
        }
    }

    private Tokens tokens(Token.Kind kind, int replica) {
        return new Tokens(
                new Tokens.Settings(kind, 300),
                new TokenKeys(GENESIS, new ReplicaId(replica), seed(replica)),
                () -> now);
    }

    private static GenesisFile genesis(String cluster) {
        Ed25519 ed25519 = Ed25519.reference();
        List<GenesisFile.Member> members = IntStream.range(0, 4)
                .mapToObj(i -> new GenesisFile.Member(
                        new HostPort("127.0.0.1", 2379 + 10 * i),
                        new HostPort("127.0.0.1", 2380 + 10 * i),
                        new Digest(i, 1, 1, 1),
                        ed25519.signingKey(seed(i)).publicKey()))
                .toList();
        return new GenesisFile(
                cluster, Instant.parse("2026-01-01T00:00:00Z"), Parameters.DEFAULT, members, Governance.OPEN);
    }

    private static Bytes seed(int replica) {
        byte[] seed = new byte[Ed25519.SEED_BYTES];
        seed[0] = (byte) (replica + 1);
        return Bytes.wrap(seed);
    }

    private static AuthView view(AuthStatus status, User... users) {
        Map<Bytes, Bytes> records = new TreeMap<>();
        records.put(AuthKeys.STATUS, status.encode());
        for (User user : users) {
            records.put(AuthKeys.user(user.name()), user.encode());
        }
        return new AuthView(new AuthView.Records() {
            @Override
            public Optional<Bytes> get(Bytes key) {
                return Optional.ofNullable(records.get(key));
            }

            @Override
            public long count(KeySpan span) {
                return records.keySet().stream().filter(span::contains).count();
            }

            @Override
            public void forEach(KeySpan span, BiConsumer<Bytes, Bytes> visitor) {
                records.forEach((key, value) -> {
                    if (span.contains(key)) {
                        visitor.accept(key, value);
                    }
                });
            }
        });
    }
}
