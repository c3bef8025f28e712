package dev.cairn.kv;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.guard.Amendment;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.model.Digest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What changes of the governance would make of it, in one block. A large governance takes tens of milliseconds to build and print,
 * and a gateway can bring the same refused change a thousand times in a block: each is worked out once, and so many at most.
 */
final class Amendments {
    static final int MAX_PER_BLOCK = 32;

    private final Map<Digest, Amendment> known = new LinkedHashMap<>();
    private Optional<Governance> before = Optional.empty();
    private int made;

    /** Nothing if there were too many in this block already. */
    Optional<Amendment> of(AdminChange change, Digest digest, Governance governance, long nowSeconds) {
        if (before.filter(governance::equals).isEmpty()) {
            before = Optional.of(governance);
            known.clear();
        }
        if (!known.containsKey(digest) && made < MAX_PER_BLOCK) {
            made++;
            known.put(digest, governance.apply(change, nowSeconds));
        }
        return Optional.ofNullable(known.get(digest));
    }
}
