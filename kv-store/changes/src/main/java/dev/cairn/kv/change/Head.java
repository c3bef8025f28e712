package dev.cairn.kv.change;

import dev.cairn.protocol.model.Digest;

/** The lines with which a text that an author signs begins, behind the first. */
record Head(
        Digest chain,
        long baseRevision,
        long validFromSeconds,
        long expiresSeconds,
        PrincipalName author,
        String reason) {

    Head {
        if (baseRevision < 0) {
            throw new RefusedPartsException(
                    ChangeRefusal.NOT_CANONICAL, "the base revision is negative; use the store's revision");
        }
        if (validFromSeconds < 0 || expiresSeconds > UtcTime.MAX_SECONDS) {
            throw new RefusedPartsException(
                    ChangeRefusal.NOT_CANONICAL, "the times are not between 1970 and 9999; correct them");
        }
        if (validFromSeconds >= expiresSeconds) {
            throw new RefusedPartsException(
                    ChangeRefusal.EMPTY_VALIDITY, "the change expires before it is valid; correct the times");
        }
        if (!Words.isReason(reason)) {
            throw new RefusedPartsException(
                    ChangeRefusal.NOT_CANONICAL,
                    "the reason is not one line of 1 to " + ChangeLimits.MAX_REASON_BYTES
                            + " bytes of visible text; write it anew, without blanks around it");
        }
    }

    static Head of(SignedText text) {
        return new Head(
                text.chain(),
                text.baseRevision(),
                text.validFromSeconds(),
                text.expiresSeconds(),
                text.author(),
                text.reason());
    }

    String print() {
        return "chain " + chain.toHex() + "\nbase " + baseRevision + "\nvalid-from " + UtcTime.print(validFromSeconds)
                + "\nexpires " + UtcTime.print(expiresSeconds) + "\nauthor " + author + "\nreason " + reason + "\n";
    }

    static Head read(Lines in) throws ChangeException {
        return new Head(
                in.digest(in.field("chain")),
                in.number(in.field("base")),
                in.time(in.field("valid-from")),
                in.time(in.field("expires")),
                new PrincipalName(in.field("author")),
                in.field("reason"));
    }
}
