package dev.cairn.server.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.Outcome;
import dev.cairn.server.gateway.Call;
import dev.cairn.server.gateway.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is gathered, and when it leaves, on a clock that the test moves. */
class KeepAlivesTest {
    private static final Map<Long, Long> GRANTED = Map.of(2L, 2L, 10L, 10L, 60L, 60L);

    private final List<Call> sent = new ArrayList<>();
    private final TreeMap<Long, List<Runnable>> tasks = new TreeMap<>();
    private final List<String> told = new ArrayList<>();
    private long now = 1_000_000;
    private final KeepAlives keepAlives = new KeepAlives(
            sent::add,
            id -> GRANTED.getOrDefault(id, 0L),
            (millis, task) ->
                    tasks.computeIfAbsent(now + millis, _ -> new ArrayList<>()).add(task),
            () -> now,
            5);

    private void renew(long lease, String who) {
        keepAlives.renew(lease, new KeepAlives.Waiter() {
            @Override
            public void renewed(long revision, long ttlSeconds) {
                told.add(who + " " + ttlSeconds + " at " + revision);
            }

            @Override
            public void failed(EtcdError why) {
                told.add(who + " " + why);
            }
        });
    }

    private void passTo(long millis) {
        while (!tasks.isEmpty() && tasks.firstKey() <= millis) {
            now = tasks.firstKey();
            tasks.pollFirstEntry().getValue().forEach(Runnable::run);
        }
        now = millis;
    }

    private List<List<Long>> ids() {
        return sent.stream()
                .map(call -> ((LeaseOperation.KeepAlive) call.operation()).ids())
                .toList();
    }

    @Test
    void aLongLeaseWaitsLongerAndLeavesWithAShortOne() {
        renew(60, "long");
        passTo(1_000_399);
        assertThat(sent).isEmpty();
        passTo(1_000_400);
        assertThat(ids()).containsExactly(List.of(60L));
        passTo(1_000_410);
        renew(60, "long");
        renew(2, "short");
        renew(10, "middle");
        passTo(1_000_450);
        assertThat(ids()).containsExactly(List.of(60L), List.of(60L, 2L, 10L));
        passTo(1_002_000);
        assertThat(sent).as("nothing leaves twice").hasSize(2);
    }

    @Test
    void whoeverAsksMeanwhileSharesARenewal() {
        renew(10, "a");
        renew(10, "b");
        renew(99, "c");
        passTo(1_000_200);
        assertThat(ids()).containsExactly(List.of(10L, 99L));
        sent.getFirst().completed(new LeaseOutcome.KeptAlive(7, List.of(10L, 0L)));
        assertThat(told).containsExactly("a 10 at 7", "b 10 at 7", "c 0 at 7");
        assertThat(keepAlives.waiting()).isZero();
    }

    @Test
    void whatIsNotDoneIsToldToAll() {
        renew(10, "a");
        passTo(1_000_200);
        sent.getFirst().refused(Refusal.TIMED_OUT);
        renew(10, "b");
        passTo(1_000_400);
        sent.getLast().completed(new Outcome.Failed(7, KvError.NO_SESSION));
        assertThat(told).containsExactly("a TIMEOUT", "b TIMEOUT");
        assertThat(keepAlives.waiting()).isZero();
    }

    @Test
    void soManyMayWaitAndNoMore() {
        for (int i = 0; i < 6; i++) {
            renew(i, "" + i);
        }
        assertThat(told).containsExactly("5 TOO_MANY_REQUESTS");
    }
}
