package dev.cairn.server.metrics;

import dev.cairn.kv.KvState;
import dev.cairn.kv.LeaseView;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.RequestOutcome;
import java.util.concurrent.atomic.LongAdder;

/** How many leases came, went and were kept alive by the blocks that were committed here since the start. */
public final class LeaseCounts {
    private final LongAdder granted = new LongAdder();
    private final LongAdder renewed = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final LeaseTtls ttls = new LeaseTtls();
    private long alive;

    /** @param before the committed state */
    public LeaseCounts(KvState before) {
        this.alive = new LeaseView(before).count();
    }

    /** On the event loop, for each block. */
    public void committed(KvState state) {
        for (RequestOutcome result : state.results()) {
            if (result instanceof RequestOutcome.Executed executed) {
                executed.outcomes().forEach(outcome -> {
                    if (outcome instanceof LeaseOutcome.Granted grant) {
                        granted.increment();
                        ttls.granted(grant.ttlSeconds());
                        alive++;
                    } else if (outcome instanceof LeaseOutcome.KeptAlive kept) {
                        renewed.add(kept.ttlSeconds().stream()
                                .filter(seconds -> seconds > 0)
                                .count());
                    }
                });
            }
        }
        long now = new LeaseView(state).count();
        ended.add(alive - now);
        alive = now;
    }

    public long granted() {
        return granted.sum();
    }

    public long renewed() {
        return renewed.sum();
    }

    public LeaseTtls ttls() {
        return ttls;
    }

    /** By revocation or by time. */
    public long ended() {
        return ended.sum();
    }
}
