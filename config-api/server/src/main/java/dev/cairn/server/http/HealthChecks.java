package dev.cairn.server.http;

import dev.cairn.server.Consensus;
import dev.cairn.server.etcd.EtcdError;
import dev.cairn.server.gateway.ReadIndex;
import dev.cairn.server.gateway.Refusal;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What can be asked of a replica's health. Each answer is why not, or the empty string. */
final class HealthChecks {
    static final String FINE = "";

    private final Consensus consensus;
    private final ReadIndex readIndex;
    private final Supplier<List<String>> alarms;

    /** @param alarms the names of those that are raised */
    HealthChecks(Consensus consensus, ReadIndex readIndex, Supplier<List<String>> alarms) {
        this.consensus = consensus;
        this.readIndex = readIndex;
        this.alarms = alarms;
    }

    List<String> alarms() {
        return alarms.get();
    }

    CompletionStage<String> isAlive() {
        return CompletableFuture.completedFuture(FINE);
    }

    CompletionStage<String> hasState() {
        return CompletableFuture.completedFuture(
                consensus.status().quarantined() ? EtcdError.QUARANTINED.description() : FINE);
    }

    CompletionStage<String> isUncorrupted() {
        return CompletableFuture.completedFuture(alarms.get().contains("CORRUPT") ? "alarm activated: CORRUPT" : FINE);
    }

    /** There are no others than voting members. */
    CompletionStage<String> isVoter() {
        return CompletableFuture.completedFuture(FINE);
    }

    /** Whether a read of the committed state as of now can be answered. */
    CompletionStage<String> isLinearizable() {
        if (consensus.status().quarantined()) {
            return hasState();
        }
        if (consensus.status().changing()) {
            return CompletableFuture.completedFuture(EtcdError.NO_LEADER.description());
        }
        CompletableFuture<String> answer = new CompletableFuture<>();
        readIndex.await(new ReadIndex.Read() {
            @Override
            public void proceed() {
                answer.complete(FINE);
            }

            @Override
            public void refuse(Refusal why) {
                answer.complete(EtcdError.of(why).description());
            }
        });
        return answer;
    }

    boolean hasLeader() {
        return !consensus.status().changing();
    }
}
