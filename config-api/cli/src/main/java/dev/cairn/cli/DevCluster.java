package dev.cairn.cli;

import dev.cairn.server.config.GenesisFile;
import dev.cairn.server.config.NewCluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The replica processes of one {@code cairn dev}. None of them outlives this object. */
final class DevCluster implements AutoCloseable {
    private static final long START_SECONDS = 120;
    private static final long STOP_SECONDS = 10;
    private static final long POLL_MILLIS = 50;

    private final Path home;
    private final GenesisFile genesis;
    private final PrintWriter out;
    private final List<Process> processes = new ArrayList<>();
    private volatile boolean closing;

    DevCluster(Path home, GenesisFile genesis, PrintWriter out) {
        this.home = home;
        this.genesis = genesis;
        this.out = out;
    }

    /** Starts every replica and waits until all of them serve. False when {@code stop} came first. */
    boolean start(CountDownLatch stop) throws Failure, InterruptedException {
        int n = genesis.replicas().size();
        for (int i = 0; i < n; i++) {
            OptionalLong earlier = PidFile.holder(pidFile(i));
            if (earlier.isPresent()) {
                throw new Failure("replica " + i + " is still running from an earlier time, as process "
                        + earlier.getAsLong() + "; stop it first: kill " + earlier.getAsLong());
            }
        }
        say("starting " + n + " replicas, logs in " + home.resolve("replica-*").resolve("log"));
        for (int i = 0; i < n; i++) {
            processes.add(launch(i));
        }
        return awaitServing(stop);
    }

    private Process launch(int replica) throws Failure {
        Path log = log(replica).toAbsolutePath();
        ProcessBuilder builder = new ProcessBuilder(
                        Launch.command("server", "--config", config(replica), "--until-stdin-closes"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("CAIRN_ASSUME_BUILT", "1");
        try {
            return builder.start();
        } catch (IOException e) {
            throw new Failure("replica " + replica + " cannot be started: " + e.getMessage(), e);
        }
    }

    private boolean awaitServing(CountDownLatch stop) throws Failure, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        List<Integer> waiting = new ArrayList<>();
        for (int i = 0; i < processes.size(); i++) {
            waiting.add(i);
        }
        try (ServingProbe probe = new ServingProbe()) {
            while (!waiting.isEmpty()) {
                for (int replica : waiting) {
                    requireAlive(replica);
                }
                List<Integer> serving = probe.serving(waiting, genesis);
                for (int replica : serving) {
                    waiting.remove(Integer.valueOf(replica));
                    say("replica " + replica + " serves (" + (processes.size() - waiting.size()) + " of "
                            + processes.size() + ")");
                    watch(replica, processes.get(replica));
                }
                if (!waiting.isEmpty() && stop.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                    return false;
                }
                if (System.nanoTime() > deadline) {
                    throw new Failure("replicas " + waiting + " do not serve after " + START_SECONDS
                            + " s; their logs may say why: " + log(waiting.getFirst()));
                }
            }
        }
        return true;
    }

    private void requireAlive(int replica) throws Failure {
        Process process = processes.get(replica);
        if (!process.isAlive() && !closing) {
            throw new Failure("replica " + replica + " did not start: "
                    + lastWords(log(replica)).orElse("it wrote nothing") + " (exit code " + process.exitValue()
                    + "; its log is " + log(replica) + ")");
        }
    }

    /** Says so when a replica ends; the others go on, which is what this program is for. */
    private void watch(int replica, Process process) {
        var _ = process.onExit().thenAccept(ended -> {
            if (!closing) {
                say("replica " + replica + " (process " + ended.pid() + ") has stopped with exit code "
                        + ended.exitValue() + "; the others go on. To restart it: "
                        + Launch.typed("server", "--config", config(replica)));
            }
        });
    }

    /** Ends every replica of this directory, those too that were restarted by hand; none is left when this returns. */
    @Override
    public void close() {
        closing = true;
        List<ProcessHandle> running = new ArrayList<>();
        for (Process process : processes) {
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
