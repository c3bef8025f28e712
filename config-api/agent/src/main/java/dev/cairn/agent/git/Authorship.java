package dev.cairn.agent.git;

import dev.cairn.protocol.model.Digest;
import java.util.Optional;

/**
 * Who published, when and why.
 *
 * @param seconds block time, whole seconds since 1970
 * @param cluster its name, in the genesis document
 * @param change the signed change; nothing where a key was written without signatures, of which no author is known
 */
record Authorship(String author, String reason, long seconds, String cluster, Optional<Digest> change) {
    /**
     * Of a revision that no signed change made. When that was stands in no state, and old headers are not kept by every
     * replica, so the time is that of the cluster's founding.
     */
    static Authorship unsigned(String cluster, long foundedSeconds) {
        return new Authorship("unsigned", "Written without signatures", foundedSeconds, cluster, Optional.empty());
    }
}
