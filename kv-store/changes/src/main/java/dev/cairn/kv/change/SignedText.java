package dev.cairn.kv.change;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;

/** What an author signs. */
public sealed interface SignedText permits Change, AdminChange {
    Digest chain();

    long baseRevision();

    long validFromSeconds();

    long expiresSeconds();

    PrincipalName author();

    String reason();

    Bytes text();

    Digest digest();

    /** What its author signs it for. */
    default Purpose purpose() {
        return switch (this) {
            case Change _ -> Purpose.CHANGE;
            case AdminChange _ -> Purpose.ADMIN;
        };
    }

    /** What the author of a text signs it for, by its first line; it may be no text of either kind. */
    static Purpose purposeOf(Bytes text) {
        return text.startsWith(AdminText.FIRST_LINE) ? Purpose.ADMIN : Purpose.CHANGE;
    }

    /** Reads a text of either kind, by its first line. */
    static SignedText parse(Bytes text) throws ChangeException {
        return text.startsWith(AdminText.FIRST_LINE) ? AdminText.parse(text) : ChangeText.parse(text);
    }
}
