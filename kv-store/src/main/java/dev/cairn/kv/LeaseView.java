package dev.cairn.kv;

import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The leases of a state that is or was committed. From any thread; all of it is in memory. */
public final class LeaseView {
    private final KvState state;

    public LeaseView(KvState state) {
        this.state = state;
    }

    /** Whether a lease lives, so that time must go on. */
    static boolean hasAny(KvState state) {
        return state.tree().get(LeaseKeys.CLOCK).isPresent();
    }

    /** The state's. */
    public long revision() {
        return state.revision();
    }

    public long count() {
        return state.tree().liveCount(LeaseKeys.ALL);
    }

    public Optional<Lease> find(long id) {
        return state.tree()
                .get(LeaseKeys.lease(id))
                .map(leaf -> LeaseRecord.of(leaf.head()))
                .map(lease -> new Lease(id, lease.grantedSeconds(), Math.max(0, lease.endMillis() - clock().millis())));
    }

    private LeaseClock clock() {
        return state.tree()
                .get(LeaseKeys.CLOCK)
                .flatMap(leaf -> leaf.head().value().resident())
                .map(LeaseClock::decode)
                .orElseThrow(() -> new IllegalStateException("a lease lives, and no clock goes"));
    }

    /** The ids of all, that of the lease which ends first before the others. */
    public List<Long> byExpiry() {
        List<Long> ids = new ArrayList<>();
        state.tree().forEach(LeaseKeys.BY_EXPIRY, expiry -> ids.add(LeaseKeys.leaseId(expiry.treeKey())));
        return ids;
    }

    /** The keys that are attached to a lease, in their order; none if there is no such lease. */
    public List<Bytes> keys(long id) {
        List<Bytes> keys = new ArrayList<>();
        state.tree().forEach(LeaseKeys.attachedTo(id), record -> keys.add(LeaseKeys.attachedKey(record.treeKey())));
        return keys;
    }
}
