package dev.cairn.agent;

import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Refusal;
import java.time.Duration;
import java.time.Instant;

/** The cluster's time by its certified heads, and by a quorum's word where no block was made for a while. */
record ProvenTime(CairnClient client, Refusals refusals) implements WriteClock.ClusterTime {
    @Override
    public Instant newestBlock() {
        return client.newestKnown().time();
    }

    @Override
    public boolean isWithin(Duration maxAge) throws NotVerifiedException {
        try {
            var _ = refusals.noting(client.head(Freshness.within(maxAge)));
            return true;
        } catch (NotVerifiedException e) {
            // Genuine, and too old by this clock: it need not be the replica that is to blame.
            if (e.attempts().stream().anyMatch(attempt -> attempt.refusal() instanceof Refusal.NotFresh)) {
                return false;
            }
            throw e;
        }
    }
}
