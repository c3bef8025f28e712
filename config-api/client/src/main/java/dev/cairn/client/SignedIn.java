package dev.cairn.client;

import dev.cairn.genesis.HostPort;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a user stands with the replicas. Its text has no secret.
 *
 * @param giver who was asked
 * @param token what shows who the user is; nothing where permissions are not enabled, or where a certificate shows it
 * @param authRevision of the permissions when they were asked about; nothing where they are not enabled
 * @param sinceNanos by the login's clock
 */
record SignedIn(HostPort giver, Optional<String> token, OptionalLong authRevision, long sinceNanos) {
    @Override
    public String toString() {
        return "signed in at " + giver + " under " + authRevision
                + (token.isPresent() ? ", with a token" : ", without a token");
    }
}
