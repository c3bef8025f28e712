package dev.cairn.cli;

import dev.cairn.cli.changes.FoundingOptions;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.Parameters;
import dev.cairn.server.config.NewCluster;
import dev.cairn.server.config.NewCluster.Place;
import dev.cairn.server.config.StartupException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description = {
            "Make the keys, certificates, configuration and genesis document of a new cluster.",
            "Every replica gets a directory of its own under DIR, complete in itself: copy replica-<i> to host i, keep"
                    + " it secret there, and run `${ROOT-COMMAND-NAME} server --config"
                    + " replica-<i>/server.conf`.",
            "Who may change what is laid down here too, for good but for what it says itself: nobody who is not named,"
                    + " and nothing without signatures that is not open."
        },
        footer = {
            "",
            "For example, two who sign, and all that etcd lets its clients do:",
            "  ${ROOT-COMMAND-NAME} init --dir c --person al=al.pub --person bo=bo.pub --guard prod/=2",
            "  ${ROOT-COMMAND-NAME} init --dir c --open '' --gateways-may compact --gateways-may auth"
        })
final class InitCommand implements Callable<Integer> {
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");
    private static final Pattern COUNT = Pattern.compile("[1-9][0-9]{0,2}");
    private static final int CLIENT_PORT = 2379;

    @Option(
            names = "--dir",
            required = true,
            paramLabel = "DIR",
            description = "Where to write; must not exist yet, or be empty.")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Option(
            names = "--replicas",
            defaultValue = "4",
            paramLabel = "N|HOST[:PORT],...",
            description = {
                "The addresses that clients use, in the order of replica ids; the peer port is one above (default port"
                        + " 2379).",
                "Or a number: that many replicas on this machine. Default: ${DEFAULT-VALUE}."
            })
    @SuppressWarnings("NullAway.Init")
    private String replicas;

    @Option(
            names = "--base-port",
            paramLabel = "PORT",
            description =
                    "With --replicas N: replica i has client port PORT+10*i, peer port one above." + " Default: 2379.")
    private @Nullable Integer basePort;

    @Option(
            names = "--name",
            defaultValue = "cairn",
            paramLabel = "NAME",
            description = "The cluster's name, for people. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    @Option(
            names = "--client-tls",
            description = "Clients use TLS: each replica gets a certificate for its address. Clients believe it with"
                    + " --cacert DIR/replica-0/ca.crt.")
    private boolean clientTls;

    @Mixin
    private LimitOptions limits = new LimitOptions();

    @Mixin
    private FoundingOptions founding = new FoundingOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws StartupException, Failure {
        List<Place> places = places();
        Governance governance = founding.strict();
        GenesisFile genesis;
        try {
            genesis = new NewCluster(
                            name, Instant.now(), Parameters.DEFAULT, places, governance, clientTls, limits.limits())
                    .create(directory);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        PrintWriter out = spec.commandLine().getOut();
        GenesisReview.lines(genesis).forEach(out::println);
        out.println(
                "This is " + directory.resolve(NewCluster.GENESIS) + ", and the chain id binds every byte of it: see"
                        + " that it is what you want, for afterwards it changes by those signatures alone, or never. To read it"
                        + " again: " + Launch.called() + " genesis show FILE");
        out.println("Next: copy each "
                + NewCluster.replicaDirectory(directory, 0).resolveSibling("replica-<i>") + " to its host and run `"
                + Launch.called() + " server --config replica-<i>/" + NewCluster.CONFIG + "` there.");
        return 0;
    }

    private List<Place> places() {
        try {
            if (DIGITS.matcher(replicas).matches()) {
                if (!COUNT.matcher(replicas).matches()) {
                    throw new IllegalArgumentException("a cluster has 1 to 100 replicas, not " + replicas);
                }
                return NewCluster.local(Integer.parseInt(replicas), basePort == null ? CLIENT_PORT : basePort);
            }
            if (basePort != null) {
                throw new IllegalArgumentException("with hosts, write each port behind its host, not as --base-port");
            }
            List<Place> places = new ArrayList<>();
            for (String address : replicas.split(",", -1)) {
                HostPort client = HostPort.parse(address.strip(), CLIENT_PORT);
                places.add(new Place(client, client.withPort(client.port() + 1)));
            }
            return places;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--replicas: " + e.getMessage(), e);
        }
    }
}
