package dev.cairn.cli;

import dev.cairn.genesis.HostPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where to ask, and for how long: the options of every command that talks to a cluster. */
public final class Endpoints {
    private static final int DEFAULT_PORT = 2379;
    private static final String VARIABLE = "CAIRN_ENDPOINTS";
    private static final String DEFAULT = "2379,2389,2399,2409";
    private static final double MAX_SECONDS = 86_400;

    @Option(
            names = "--endpoints",
            paramLabel = "HOST[:PORT],...",
            description = "Replicas to ask, in turn until one answers. Default: $CAIRN_ENDPOINTS, else"
                    + " 127.0.0.1:2379,2389,2399,2409. A bare port means 127.0.0.1.")
    private List<String> endpoints = new ArrayList<>();

    @Option(
            names = "--timeout",
            defaultValue = "5",
            paramLabel = "SECONDS",
            description = "Give up when there has been no answer for this time. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** Each once, in the order given. */
    List<HostPort> list() {
        return given().orElseGet(() -> parseAll(DEFAULT));
    }

    /** Those that were named, on the command line or by the environment. */
    Optional<List<HostPort>> given() {
        if (!endpoints.isEmpty()) {
            return Optional.of(parseAll("--endpoints", String.join(",", endpoints)));
        }
        String named = System.getenv(VARIABLE);
        return named == null || named.isBlank() ? Optional.empty() : Optional.of(parseAll("$" + VARIABLE, named));
    }

    private List<HostPort> parseAll(String source, String addresses) {
        try {
            return parseAll(addresses);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), source + ": " + e.getMessage(), e);
        }
    }

    Duration timeout() {
        if (!(seconds > 0 && seconds <= MAX_SECONDS)) {
            throw new ParameterException(
                    command.commandLine(), "--timeout: " + seconds + " s is not between 0 and a day");
        }
        return Duration.ofNanos(Math.max(1, (long) (seconds * 1e9)));
    }

    static List<HostPort> parseAll(String addresses) {
        Set<HostPort> all = new LinkedHashSet<>();
        for (String one : addresses.split(",", -1)) {
            all.add(parse(one.strip()));
        }
        return List.copyOf(all);
    }

    private static HostPort parse(String text) {
        if (text.startsWith("https://")) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" asks for TLS, which clients cannot have yet; write it as host:port");
        }
        String address = text.startsWith("http://") ? text.substring("http://".length()) : text;
        boolean bare = !address.isEmpty() && address.chars().allMatch(c -> c >= '0' && c <= '9');
        return HostPort.parse(bare ? "127.0.0.1:" + address : address, DEFAULT_PORT);
    }
}
