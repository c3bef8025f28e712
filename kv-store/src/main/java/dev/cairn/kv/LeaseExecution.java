package dev.cairn.kv;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a block does to leases: what its requests ask for, and then the end of those whose time is over, so that a lease
 * which is kept alive in the very block that would end it lives on. Each end deletes the attached keys in their order,
 * in a revision of its own; where there is none it makes no revision. A key on which a guard decides is never deleted
 * by it: it stays, and is attached to nothing any more.
 */
final class LeaseExecution {
    /** Leases that end by time in one block; the others follow in the next. */
    static final int MAX_ENDED_PER_BLOCK = 1000;

    /** Their keys; the lease that goes beyond is still ended, for all its keys go in one revision. */
    static final int MAX_KEYS_PER_BLOCK = 10_000;

    private final Draft draft;
    private final Leases leases;
    private final LeaseClock clock;

    LeaseExecution(Draft draft) {
        this.draft = draft;
        this.leases = draft.leases;
        long now = draft.proposal.timeNanos();
        this.clock = draft.system(LeaseKeys.CLOCK)
                .map(LeaseClock::decode)
                .map(before -> before.at(now))
                .orElseGet(() -> LeaseClock.beginning(now));
    }

    Outcome perform(LeaseOperation operation) {
        return switch (operation) {
            case LeaseOperation.Grant grant -> grant(grant);
            case LeaseOperation.Revoke(long id) -> revoke(id);
            case LeaseOperation.KeepAlive(List<Long> ids) -> keepAlive(ids);
        };
    }

    private Outcome grant(LeaseOperation.Grant grant) {
        if (grant.ttlSeconds() > Lease.MAX_TTL_SECONDS) {
            return failed(KvError.LEASE_TTL_TOO_LARGE);
        }
        if (leases.isAlive(grant.id())) {
            return failed(KvError.LEASE_EXISTS);
        }
        if (draft.tree.weightBytes() >= draft.around.limits().openTreeBytes()) {
            return failed(KvError.NO_SPACE);
        }
        long seconds = Math.max(Lease.MIN_TTL_SECONDS, grant.ttlSeconds());
        leases.put(grant.id(), new LeaseRecord(seconds, clock.millisAfter(seconds)));
        return new LeaseOutcome.Granted(draft.revision, grant.id(), seconds);
    }

    private Outcome revoke(long id) {
        if (!leases.isAlive(id)) {
            return failed(KvError.LEASE_NOT_FOUND);
        }
        end(id);
        return new LeaseOutcome.Revoked(draft.revision);
    }

    private Outcome keepAlive(List<Long> ids) {
        List<Long> seconds = new ArrayList<>(ids.size());
        for (long id : ids) {
            Optional<LeaseRecord> lease = leases.find(id);
            lease.ifPresent(found ->
                    leases.put(id, new LeaseRecord(found.grantedSeconds(), clock.millisAfter(found.grantedSeconds()))));
            seconds.add(lease.map(LeaseRecord::grantedSeconds).orElse(0L));
        }
        return new LeaseOutcome.KeptAlive(draft.revision, seconds);
    }

    /** Ends what is over; after all requests. */
    void expire() {
        long keys = 0;
        for (long id : leases.ended(clock.millis(), MAX_ENDED_PER_BLOCK)) {
            if (keys >= MAX_KEYS_PER_BLOCK) {
                break;
            }
            keys += end(id);
        }
        if (leases.count() > 0) {
            draft.putSystem(LeaseKeys.CLOCK, clock.encode());
        } else {
            draft.removeSystem(LeaseKeys.CLOCK);
        }
    }

    /** How many keys were attached. */
    private int end(long id) {
        List<Bytes> keys = leases.keys(id);
        draft.writeUnasked(writer -> keys.forEach(key -> {
            if (draft.governance.guards().isOpen(KeySpan.single(key))) {
                writer.delete(key);
            } else {
                leases.detach(id, key);
            }
        }));
        leases.remove(id);
        return keys.size();
    }

    private Outcome failed(KvError error) {
        return new Outcome.Failed(draft.revision, error);
    }
}
