package dev.cairn.server.auth;

import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/** Simple tokens: a word, and in base64url the fields and the signature. The signature is on a domain string, the chain id, and the fields. */
final class SimpleTokenText {
    static final String PREFIX = "cairn.";

    private static final byte[] DOMAIN = "cairn-simple-token-v1".getBytes(StandardCharsets.UTF_8);
    private static final int SIGNATURE_BYTES = 64;
    private static final int NAME = 4 + 4 * Long.BYTES;

    private SimpleTokenText() {}

    static String of(Token token, TokenKeys keys) {
        byte[] fields = new ByteWriter(NAME + token.user().size())
                .putInt(keys.self().index())
                .putLong(token.revision())
                .putLong(token.passwordRevision())
                .putLong(token.issuedSeconds())
                .putLong(token.lifeSeconds())
                .putRaw(token.user().shared())
                .toArray();
        byte[] signed = new ByteWriter(fields.length + SIGNATURE_BYTES)
                .putRaw(fields)
                .putRaw(keys.sign(message(keys.chainId(), fields)).shared())
                .toArray();
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(signed);
    }

    /** What it says, if a member signed it. */
    static Optional<Token> read(String text, TokenKeys keys) {
        byte[] signed;
        try {
            signed = Base64.getUrlDecoder().decode(text.substring(PREFIX.length()));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
        if (signed.length < NAME + SIGNATURE_BYTES) {
            return Optional.empty();
        }
        byte[] fields = Arrays.copyOf(signed, signed.length - SIGNATURE_BYTES);
        Bytes signature = Bytes.wrap(Arrays.copyOfRange(signed, fields.length, signed.length));
        if (!keys.isSigned(BigEndian.getInt(fields, 0), message(keys.chainId(), fields), signature)) {
            return Optional.empty();
        }
        return Optional.of(new Token(
                Token.Kind.SIMPLE,
                Bytes.wrap(Arrays.copyOfRange(fields, NAME, fields.length)),
                BigEndian.getLong(fields, 4),
                BigEndian.getLong(fields, 12),
                BigEndian.getLong(fields, 20),
                BigEndian.getLong(fields, 28)));
    }

    private static byte[] message(Digest chainId, byte[] fields) {
        return new ByteWriter(DOMAIN.length + Digest.BYTES + fields.length)
                .putRaw(DOMAIN)
                .putDigest(chainId)
                .putRaw(fields)
                .toArray();
    }
}
