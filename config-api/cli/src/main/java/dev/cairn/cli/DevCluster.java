package dev.cairn.cli;

import dev.cairn.genesis.GenesisFile;
import dev.cairn.server.config.NewCluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The replica processes of one {@code cairn dev}. None of them outlives this object. */
final class DevCluster implements AutoCloseable {
    private static final long START_SECONDS = 120;
    private static final long SLOW_SECONDS = 5;
    private static final long STOP_SECONDS = 10;
    private static final long POLL_MILLIS = 50;

    private final Path home;
    private final GenesisFile genesis;
    private final PrintWriter out;
    private final Map<Integer, Process> processes = new TreeMap<>();
    private final Set<Integer> serving = new TreeSet<>();
    private final Set<Integer> failed = new TreeSet<>();
    private volatile boolean closing;

    DevCluster(Path home, GenesisFile genesis, PrintWriter out) {
        this.home = home;
        this.genesis = genesis;
        this.out = out;
    }

    /**
     * Starts every replica and waits until those that can serve do, a quorum at least. False when {@code stop} came
     * first.
     */
    boolean start(CountDownLatch stop) throws Failure, InterruptedException {
        int n = genesis.replicas().size();
        for (int i = 0; i < n; i++) {
            OptionalLong earlier = PidFile.holder(pidFile(i));
            if (earlier.isPresent()) {
                throw new Failure("replica " + i + " is still running from an earlier time, as process "
                        + earlier.getAsLong() + "; stop it first: kill " + earlier.getAsLong());
            }
        }
        Ports.requireFree(
                genesis.replicas().stream()
                        .flatMap(member -> Stream.of(member.client(), member.peer()))
                        .toList(),
                "stop what uses that port, or start another cluster: --dir DIR --base-port PORT");
        say("starting " + n + " replicas, logs in " + home.resolve("replica-*").resolve("log"));
        for (int i = 0; i < n; i++) {
            launch(i);
        }
        return awaitServing(stop);
    }

    /** The replicas that served when {@link #start} returned. */
    List<Integer> serving() {
        return List.copyOf(serving);
    }

    private void launch(int replica) throws Failure {
        if (!Files.isDirectory(directory(replica))) {
            doWithout(replica, "its directory " + directory(replica) + " is missing");
            return;
        }
        ProcessBuilder builder = new ProcessBuilder(
                        Launch.command("server", "--config", config(replica), "--until-stdin-closes"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        log(replica).toAbsolutePath().toFile()));
        builder.environment().put("CAIRN_ASSUME_BUILT", "1");
        try {
            processes.put(replica, builder.start());
        } catch (IOException e) {
            throw new Failure("replica " + replica + " cannot be started: " + e.getMessage(), e);
        }
    }

    private boolean awaitServing(CountDownLatch stop) throws Failure, InterruptedException {
        long begun = System.nanoTime();
        boolean toldSlow = false;
        Map<Integer, Process> waiting = new TreeMap<>(processes);
        try (ServingProbe probe = new ServingProbe(genesis)) {
            while (!waiting.isEmpty()) {
                for (Map.Entry<Integer, Process> each : Map.copyOf(waiting).entrySet()) {
                    int replica = each.getKey();
                    if (!each.getValue().isAlive() && !closing) {
                        waiting.remove(replica);
                        doWithout(
                                replica,
                                lastWords(log(replica)).orElse("it wrote nothing") + "; its log is " + log(replica));
                    }
                }
                for (int replica : probe.serving(List.copyOf(waiting.keySet()))) {
                    serving.add(replica);
                    say("replica " + replica + " serves (" + serving.size() + " of "
                            + genesis.replicas().size() + ")");
                    watch(replica, Objects.requireNonNull(waiting.remove(replica)));
                }
                if (!waiting.isEmpty() && stop.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                    return false;
                }
                long waitedSeconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
                if (waitedSeconds >= SLOW_SECONDS && !toldSlow) {
                    toldSlow = true;
                    waiting.keySet().forEach(this::tellSlow);
                }
                if (waitedSeconds >= START_SECONDS && !waiting.isEmpty()) {
                    throw new Failure("replicas " + waiting.keySet() + " do not serve after " + START_SECONDS
                            + " s; their logs may say why: "
                            + log(waiting.keySet().iterator().next()));
                }
            }
        }
        return true;
    }

    private void tellSlow(int replica) {
        say("replica " + replica + " is not up yet after " + SLOW_SECONDS + " s; its log is " + log(replica));
    }

    /** A cluster stands up without a replica that cannot start, as it goes on without one that dies; while enough do. */
    private void doWithout(int replica, String reason) throws Failure {
        String news = "replica " + replica + " did not start: " + reason;
        failed.add(replica);
        int left = genesis.replicas().size() - failed.size();
        if (left < quorum()) {
            throw new Failure(
                    news + ". Fewer than " + quorum() + " replicas are left, which are needed; to start afresh"
                            + " without this cluster's data: rm -r " + Launch.quoted(home.toString()));
        }
        say(news + ". Going on with " + left + "; once that is mended, start it: "
                + Launch.typed("server", "--config", config(replica)));
    }

    private int quorum() {
        return genesis.membership().quorums().quorum();
    }

    /** Says so when a replica ends, and what that means. */
    private void watch(int replica, Process process) {
        var _ = process.onExit().thenAccept(ended -> {
            if (!closing) {
                say("replica " + replica + " (process " + ended.pid() + ") has stopped with exit code "
                        + ended.exitValue() + "; " + whatIsLeft() + ". To restart it: "
                        + Launch.typed("server", "--config", config(replica)));
            }
        });
    }

    private String whatIsLeft() {
        int n = genesis.replicas().size();
        long running = IntStream.range(0, n)
                .filter(i -> PidFile.holder(pidFile(i)).isPresent())
                .count();
        return running >= quorum()
                ? "the others go on"
                : running + " of " + n + " run and " + quorum() + " are needed: the cluster waits for more";
    }

    /** Ends every replica of this directory, those too that were restarted by hand; none is left when this returns. */
    @Override
    public void close() {
        closing = true;
        List<ProcessHandle> running = new ArrayList<>();
        for (Process process : processes.values()) {
            running.add(process.toHandle());
        }
        if (!processes.isEmpty()) {
            say("stopping");
            for (int i = 0; i < genesis.replicas().size(); i++) {
                PidFile.holder(pidFile(i)).stream()
                        .boxed()
                        .flatMap(pid -> ProcessHandle.of(pid).stream())
                        .filter(process -> !running.contains(process))
                        .forEach(running::add);
            }
        }
        running.forEach(ProcessHandle::destroy);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
        for (ProcessHandle process : running) {
            awaitEnd(process, Math.max(0, deadline - System.nanoTime()));
        }
    }

    private static void awaitEnd(ProcessHandle process, long nanos) {
        try {
            process.onExit().orTimeout(nanos, TimeUnit.NANOSECONDS).join();
        } catch (java.util.concurrent.CompletionException e) {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    private void say(String line) {
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }

    private String config(int replica) {
        return directory(replica).resolve(NewCluster.CONFIG).toString();
    }

    private Path pidFile(int replica) {
        return directory(replica).resolve(NewCluster.PID);
    }

    private Path log(int replica) {
        return directory(replica).resolve("log");
    }

    private Path directory(int replica) {
        return NewCluster.replicaDirectory(home, replica);
    }

    /** What the replica said last before it ended; of several lines, its own one-line error. */
    private static Optional<String> lastWords(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return lines.reversed().stream()
                    .filter(line -> line.startsWith(Main.ERROR))
                    .map(line -> line.substring(Main.ERROR.length()))
                    .findFirst()
                    .or(() -> lines.isEmpty() ? Optional.empty() : Optional.of(lines.getLast()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
