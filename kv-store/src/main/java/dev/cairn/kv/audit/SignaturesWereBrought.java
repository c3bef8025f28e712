package dev.cairn.kv.audit;

import dev.cairn.kv.change.ChangeRecord;
import java.util.List;
import java.util.Optional;

/** What the ledger keeps of a change grows by nothing but the signature that a request brings, at that block's time. */
final class SignaturesWereBrought {
    private SignaturesWereBrought() {}

    /**
     * @param before the signatures that were kept so far
     * @param brought by the request that is executed
     */
    static Optional<String> broken(
            List<ChangeRecord.Taken> before, Optional<ChangeRecord.Taken> brought, List<ChangeRecord.Taken> now) {
        boolean isPrefix =
                now.size() >= before.size() && now.subList(0, before.size()).equals(before);
        if (!isPrefix) {
            return Optional.of("its record has lost a signature");
        }
        List<ChangeRecord.Taken> more = now.subList(before.size(), now.size());
        return more.isEmpty() || more.equals(brought.stream().toList())
                ? Optional.empty()
                : Optional.of("its record has a signature that no request brought then");
    }
}
