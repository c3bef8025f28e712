package dev.cairn.server.auth;

import dev.cairn.genesis.json.Json;
import dev.cairn.protocol.model.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * JSON Web Tokens (RFC 7519) with etcd's claims {@code username}, {@code revision} and {@code exp}, signed with Ed25519 (RFC
 * 8037) by the member that {@code kid} numbers. The signature is on the text itself, as the standard wants it, so that any
 * library verifies it; {@code iss} binds it to the chain.
 */
final class WebTokenText {
    private WebTokenText() {}

    static String of(Token token, TokenKeys keys) {
        String header = Json.object()
                .put("alg", "EdDSA")
                .put("kid", Integer.toString(keys.self().index()))
                .put("typ", "JWT")
                .build()
                .renderLine();
        String claims = Json.object()
                .put("exp", token.issuedSeconds() + token.lifeSeconds())
                .put("iat", token.issuedSeconds())
                .put("iss", keys.chainId().toHex())
                .put("password_revision", token.passwordRevision())
                .put("revision", token.revision())
                .put("username", token.user().toUtf8())
                .build()
                .renderLine();
        String signed =
                encode(header.getBytes(StandardCharsets.UTF_8)) + "." + encode(claims.getBytes(StandardCharsets.UTF_8));
        return signed + "." + encode(keys.sign(ascii(signed)).shared());
    }

    /** What it says, if a member signed it. */
    static Optional<Token> read(String text, TokenKeys keys) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            Map<String, Json> header = fields(parts[0]);
            boolean isSigned = text(header, "alg").equals("EdDSA")
                    && keys.isSigned(
                            Integer.parseInt(text(header, "kid")),
                            ascii(parts[0] + "." + parts[1]),
                            Bytes.wrap(Base64.getUrlDecoder().decode(parts[2])));
            if (!isSigned) {
                return Optional.empty();
            }
            Map<String, Json> claims = fields(parts[1]);
            if (!text(claims, "iss").equals(keys.chainId().toHex())) {
                return Optional.empty();
            }
            long issued = whole(claims, "iat");
            return Optional.of(new Token(
                    Token.Kind.JWT,
                    Bytes.utf8(text(claims, "username")),
                    whole(claims, "revision"),
                    whole(claims, "password_revision"),
                    issued,
                    Math.subtractExact(whole(claims, "exp"), issued)));
        } catch (IllegalArgumentException | ArithmeticException | Json.MalformedException _) {
            return Optional.empty();
        }
    }

    private static Map<String, Json> fields(String part) throws Json.MalformedException {
        Json read = Json.parse(new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8));
        if (read instanceof Json.Fields(Map<String, Json> values)) {
            return values;
        }
        throw new Json.MalformedException("no object");
    }

    private static String text(Map<String, Json> fields, String name) throws Json.MalformedException {
        if (fields.get(name) instanceof Json.Text(String value)) {
            return value;
        }
        throw new Json.MalformedException("no text \"" + name + "\"");
    }

    private static long whole(Map<String, Json> fields, String name) throws Json.MalformedException {
        if (fields.get(name) instanceof Json.Whole(long value)) {
            return value;
        }
        throw new Json.MalformedException("no number \"" + name + "\"");
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
