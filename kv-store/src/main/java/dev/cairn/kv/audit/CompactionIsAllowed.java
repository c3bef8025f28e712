package dev.cairn.kv.audit;

import java.util.Optional;
import java.util.Set;

/** Old revisions go by a signed change, or where gateways may compact. */
final class CompactionIsAllowed {
    private CompactionIsAllowed() {}

    /**
     * @param gatewaysMay whether they may by a governance that was in force in the block
     * @param signed to which revisions changes in the block compacted
     */
    static Optional<String> broken(long before, long after, boolean gatewaysMay, Set<Long> signed) {
        return after == before || gatewaysMay || signed.contains(after)
                ? Optional.empty()
                : Optional.of("revisions below " + after + " were compacted away, and nobody signed that");
    }
}
