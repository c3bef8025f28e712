package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.chaos.history.Call;
import dev.cairn.chaos.history.History;
import dev.cairn.chaos.history.HistoryViolation;
import dev.cairn.chaos.history.Operation;
import dev.cairn.chaos.history.Outcome;
import dev.cairn.server.config.StartupException;
import dev.cairn.simulator.Strategy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One run: clients at the honest replicas write down all they see, a nemesis does its worst, one replica lies throughout.
 * When the faults have ended, every endpoint serves, the honest replicas have one state, and the history is judged.
 */
final class ChaosRun {
    private static final int CLIENTS_PER_ENDPOINT = 3;
    /** Answers after which a client counts as served: most are to writes. */
    private static final int SERVED = 10;

    private static final Duration RECOVERY = Duration.ofSeconds(30);

    private final long seed;
    private final Duration faults;
    private final ChaosCluster cluster;
    private final Nemesis nemesis;
    private final Recorder recorder = new Recorder();
    private final List<RecordingClient> clients = new ArrayList<>();
    private final List<RecordingWatcher> watchers = new ArrayList<>();
    private final List<Long> recoveryMillis = new ArrayList<>();

    private ChaosRun(long seed, Duration faults, ChaosCluster cluster) {
        this.seed = seed;
        this.faults = faults;
        this.cluster = cluster;
        this.nemesis = new Nemesis(seed, cluster);
    }

    /** Throws whatever is found; leaves nothing running. */
    static void run(Path directory, long seed, Duration faults)
            throws IOException, InterruptedException, StartupException, HistoryViolation {
        SplittableRandom random = new SplittableRandom(seed);
        int liar = random.nextInt(RealCluster.REPLICAS);
        List<Strategy> all = List.of(Strategy.values());
        List<Strategy> strategies = random.ints(random.nextInt(1, 3), 0, all.size())
                .distinct()
                .mapToObj(all::get)
                .toList();
        System.out.println("replica " + liar + " lies: " + strategies);
        try (ChaosCluster cluster = new ChaosCluster(directory, liar, strategies, seed)) {
            try {
                new ChaosRun(seed, faults, cluster).run();
            } catch (AssertionError | RuntimeException | HistoryViolation e) {
                cluster.replicas().printLogs(System.out);
                throw e;
            }
        }
    }

    private void run() throws IOException, InterruptedException, HistoryViolation {
        cluster.startAll();
        try {
            startClients();
            long end = System.nanoTime() + faults.toNanos();
            while (System.nanoTime() - end < 0) {
                nemesis.goOn();
                awaitEveryClientServed();
            }
            for (RecordingClient client : clients) {
                client.stop();
            }
            cluster.awaitOneState();
            watchEverythingOnce();
        } finally {
            clients.forEach(RecordingClient::close);
            watchers.forEach(RecordingWatcher::close);
        }
        judge();
    }

    private void startClients() {
        SplittableRandom seeds = new SplittableRandom(seed);
        for (int replica : cluster.honest()) {
            watchers.add(new RecordingWatcher("watcher at " + replica, cluster.endpoint(replica), recorder));
            for (int i = 0; i < CLIENTS_PER_ENDPOINT; i++) {
                clients.add(new RecordingClient(
                        "client-" + replica + "-" + i, cluster.endpoint(replica), seeds.nextLong(), recorder));
            }
        }
    }

    /** With nothing wrong but the liar, everybody goes on. */
    private void awaitEveryClientServed() {
        List<Integer> before = clients.stream().map(RecordingClient::answered).toList();
        long start = System.nanoTime();
        Await.until("every client is served again", RECOVERY, () -> {
            for (int i = 0; i < clients.size(); i++) {
                if (clients.get(i).answered() < before.get(i) + SERVED) {
                    return false;
                }
            }
            return true;
        });
        recoveryMillis.add((System.nanoTime() - start) / 1_000_000);
    }

    /** The whole past, from each honest replica; and whoever watched all the time has come to the same end. */
    private void watchEverythingOnce() {
        for (int replica : cluster.honest()) {
            watchers.add(new RecordingWatcher("late watcher at " + replica, cluster.endpoint(replica), recorder));
        }
        long end = lastRevision();
        Await.until(
                "every watcher is told of revision " + end,
                RECOVERY,
                () -> watchers.stream().allMatch(watcher -> watcher.revision() >= end),
                () -> watchers.stream().map(RecordingWatcher::revision).toList().toString());
    }

    private long lastRevision() {
        return recorder.calls().stream()
                .map(Call::outcome)
                .mapToLong(outcome -> outcome instanceof Outcome.Answered answered ? answered.revision() : 1)
                .max()
                .orElse(1);
    }

    private void judge() throws HistoryViolation {
        History history = new History(recorder.calls(), recorder.watches());
        long unknown = count(history, Outcome.Unknown.class, true);
        long answered = count(history, Outcome.Answered.class, false);
        assertThat(answered).as("calls answered").isGreaterThan(100);
        long start = System.nanoTime();
        history.check();
        System.out.printf(
                "chaos: %s; served again after %s ms; %d calls answered, %d writes without an answer, %d watch streams,"
                        + " revision %d; judged in %d ms%n",
                nemesis.done(),
                recoveryMillis,
                answered,
                unknown,
                history.watches().size(),
                lastRevision(),
                (System.nanoTime() - start) / 1_000_000);
    }

    private static long count(History history, Class<? extends Outcome> outcome, boolean writesOnly) {
        return history.calls().stream()
                .filter(call -> outcome.isInstance(call.outcome()) && (!writesOnly || isWrite(call.operation())))
                .count();
    }

    private static boolean isWrite(Operation operation) {
        return switch (operation) {
            case Operation.Put _, Operation.Delete _, Operation.Txn _ -> true;
            case Operation.Get _, Operation.Range _ -> false;
        };
    }
}
