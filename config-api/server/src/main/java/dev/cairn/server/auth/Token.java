package dev.cairn.server.auth;

import dev.cairn.protocol.model.Bytes;

/**
 * What a token says. Its text is signed by the member that gave it out.
 *
 * @param user the name, UTF-8
 * @param revision of users and roles when it was given out
 * @param passwordRevision of the password that was given for it
 * @param issuedSeconds since 1970, by the clock of that member
 * @param lifeSeconds how long it is good: from when it was given out, or a simple one from when it was last used
 */
public record Token(Kind kind, Bytes user, long revision, long passwordRevision, long issuedSeconds, long lifeSeconds) {
    /** As etcd's {@code --auth-token}. */
    public enum Kind {
        /** Stays good while it is used. */
        SIMPLE,
        /** A JSON Web Token; worth nothing for keys once any user or role has changed. */
        JWT
    }
}
