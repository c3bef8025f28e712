package dev.cairn.agent;

import dev.cairn.client.Attempt;
import dev.cairn.client.Refusal;
import dev.cairn.client.Verified;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which replicas were asked and not believed, or did not answer: counted, and the last of each replica kept. */
public final class Refusals {
    private final MeterRegistry registry;
    private final InstantSource clock;

    /** At most one of each configured replica. */
    private final Map<String, Last> last = new LinkedHashMap<>();

    public Refusals(MeterRegistry registry, InstantSource clock) {
        this.registry = registry;
        this.clock = clock;
    }

    /**
     * A replica's last refused answer.
     *
     * @param sentence why, for people
     */
    public record Last(String replica, String sentence, Instant at) {}

    public void saw(List<Attempt> attempts) {
        for (Attempt attempt : attempts) {
            String replica = attempt.replica().toString();
            counter(replica, how(attempt.refusal())).increment();
            synchronized (last) {
                last.put(replica, new Last(replica, attempt.refusal().sentence(), clock.instant()));
            }
        }
    }

    private static String how(Refusal refusal) {
        if (refusal instanceof Refusal.Declined) {
            return "declined";
        }
        return refusal instanceof Refusal.NoAnswer ? "silent" : "lied";
    }

    /** Notes who was passed over for this answer, and hands it on. */
    public <T> Verified<T> noting(Verified<T> answer) {
        saw(answer.refused());
        return answer;
    }

    private Counter counter(String replica, String how) {
        return Counter.builder("cairn_agent_refused_answers")
                .description(
                        "Answers of a replica that were missing (silent), refused to this user (declined) or not proven (lied).")
                .tag("replica", replica)
                .tag("how", how)
                .register(registry);
    }

    public List<Last> last() {
        synchronized (last) {
            return new ArrayList<>(last.values());
        }
    }
}
