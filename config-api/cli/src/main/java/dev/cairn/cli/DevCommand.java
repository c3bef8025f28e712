package dev.cairn.cli;

import dev.cairn.cli.changes.FoundingOptions;
import dev.cairn.cli.changes.GovernanceReview;
import dev.cairn.genesis.GenesisException;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.model.Digest;
import dev.cairn.server.config.NewCluster;
import dev.cairn.server.config.StartupException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "dev",
        mixinStandardHelpOptions = true,
        description = {
            "Run a whole cluster on this machine until Ctrl-C: each replica a process of its own.",
            "Makes keys and genesis where DIR is empty, and carries on with the data where it is not. Replica i has its"
                    + " files in DIR/replica-<i>: log, pid, server.conf, data. A line that begins with \"ready\" says that"
                    + " every replica serves.",
            "Everybody may write everything without signatures, unless the options say otherwise when DIR is empty."
        })
final class DevCommand implements Callable<Integer> {
    private static final int REPLICAS = 4;
    private static final int BASE_PORT = 2379;

    @Option(
            names = "--dir",
            defaultValue = ".cairn-dev",
            paramLabel = "DIR",
            description = "Where the cluster lives. Default: ${DEFAULT-VALUE} in the current directory; remove it to"
                    + " start afresh.")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Option(
            names = "--replicas",
            paramLabel = "N",
            description = "How many replicas. Default: 4, or as many as DIR has.")
    private @Nullable Integer replicas;

    @Option(
            names = "--base-port",
            paramLabel = "PORT",
            description = "Replica i serves clients on PORT+10*i and replicas one above. Default: 2379, or as in DIR.")
    private @Nullable Integer basePort;

    @Mixin
    private LimitOptions limits = new LimitOptions();

    @Mixin
    private FoundingOptions founding = new FoundingOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Failure, GenesisException, StartupException, InterruptedException {
        Path home = directory.toAbsolutePath().normalize();
        PrintWriter out = spec.commandLine().getOut();
        GenesisFile genesis = Files.exists(home.resolve(NewCluster.GENESIS)) ? existing(home) : create(home, out);
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        try (PidFile _ = PidFile.claim(home.resolve("dev.pid"), "`cairn dev` in " + home);
                DevCluster cluster = new DevCluster(home, genesis, out)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndWait(stop, stopped), "stop"));
            if (!cluster.start(stop)) {
                return 0;
            }
            List<String> endpoints = cluster.serving().stream()
                    .map(i -> genesis.replicas().get(i).client().toString())
                    .toList();
            endpoints.forEach(endpoint -> out.println("  " + endpoint));
            if (genesis.replicas().getFirst().client().port() != BASE_PORT) {
                out.println("for " + Launch.called() + " in another terminal: export CAIRN_ENDPOINTS="
                        + String.join(",", endpoints));
            }
            out.println("ready: etcdctl --endpoints " + String.join(",", endpoints)
                    + " put greeting hello   (Ctrl-C stops all replicas)");
            out.flush();
            stop.await();
            return 0;
        } finally {
            stopped.countDown();
        }
    }

    private GenesisFile create(Path home, PrintWriter out) throws StartupException, Failure {
        Path copy = NewCluster.replicaDirectory(home, 0).resolve(NewCluster.GENESIS);
        if (Files.exists(copy)) {
            throw new Failure(home.resolve(NewCluster.GENESIS) + " is missing; copy it back from " + copy);
        }
        int n = replicas == null ? REPLICAS : replicas;
        int port = basePort == null ? BASE_PORT : basePort;
        try {
            List<NewCluster.Place> places = NewCluster.local(n, port);
            Ports.requireFree(
                    places.stream()
                            .flatMap(place -> Stream.of(place.client(), place.peer()))
                            .toList(),
                    "stop what uses that port, or choose others, for example: --base-port " + (port + 1000));
            GenesisFile genesis = new NewCluster(
                            "dev",
                            Instant.now(),
                            Parameters.DEFAULT,
                            places,
                            founding.lenient(),
                            false,
                            limits.limits())
                    .create(home);
            out.println("made keys and genesis of a new cluster in " + home);
            if (founding.isGiven()) {
                GovernanceReview.lines(genesis.governance(), genesis.created().getEpochSecond())
                        .forEach(out::println);
            }
            out.flush();
            return genesis;
        } catch (IllegalArgumentException e) {
            throw new picocli.CommandLine.ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private GenesisFile existing(Path home) throws GenesisException, Failure {
        GenesisFile genesis = GenesisFile.read(home.resolve(NewCluster.GENESIS));
        int n = genesis.replicas().size();
        int port = genesis.replicas().getFirst().client().port();
        if (replicas != null && replicas != n) {
            throw new Failure(
                    home + " holds a cluster of " + n + " replicas; leave out --replicas, or choose another --dir");
        }
        if (basePort != null && basePort != port) {
            throw new Failure(home + " holds a cluster with base port " + port
                    + "; leave out --base-port, or choose another --dir");
        }
        if (founding.isGiven()) {
            throw new Failure(
                    home + " holds a cluster that was founded already; leave out who may change what, or choose"
                            + " another --dir");
        }
        for (int i = 0; i < n; i++) {
            requireSame(genesis, home, NewCluster.replicaDirectory(home, i).resolve(NewCluster.GENESIS));
        }
        return genesis;
    }

    /** A replica of another cluster would start, and never be one of this one's. */
    private static void requireSame(GenesisFile genesis, Path home, Path copy) throws Failure {
        if (!isOfChain(genesis.chainId(), copy)) {
            throw new Failure(home.resolve(NewCluster.GENESIS) + " is another cluster's than " + copy
                    + "; copy the right one over the other, or choose another --dir");
        }
    }

    /** A copy that cannot be read is told by its replica, without which the others start. */
    private static boolean isOfChain(Digest chainId, Path copy) {
        try {
            return GenesisFile.read(copy).chainId().equals(chainId);
        } catch (GenesisException _) {
            return true;
        }
    }

    private static void stopAndWait(CountDownLatch stop, CountDownLatch stopped) {
        stop.countDown();
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
