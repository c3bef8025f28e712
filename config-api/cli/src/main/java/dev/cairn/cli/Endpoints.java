package dev.cairn.cli;

import dev.cairn.client.LineTls;
import dev.cairn.client.Login;
import dev.cairn.genesis.HostPort;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
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

    @Option(
            names = "--cacert",
            paramLabel = "FILE",
            description = "TLS, and believe replicas whose certificate this authority (PEM) signed. Default:"
                    + " $CAIRN_CACERT, else, with https:// endpoints, those that Java trusts.")
    private @Nullable Path cacert;

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "TLS, and show this certificate (PEM). Default: $CAIRN_CERT.")
    private @Nullable Path cert;

    @Option(
            names = "--cert-key",
            paramLabel = "FILE",
            description = "That certificate's key (PEM, PKCS #8). Default: $CAIRN_CERT_KEY.")
    private @Nullable Path certKey;

    @Mixin
    private UserOption user = new UserOption();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** Each once, in the order given. */
    List<HostPort> list() {
        return given().orElseGet(() -> parseAll(DEFAULT));
    }

    /** Those that were named, on the command line or by the environment. */
    Optional<List<HostPort>> given() {
        return text().map(named -> parseAll(endpoints.isEmpty() ? "$" + VARIABLE : "--endpoints", named));
    }

    private Optional<String> text() {
        if (!endpoints.isEmpty()) {
            return Optional.of(String.join(",", endpoints));
        }
        return Optional.ofNullable(System.getenv(VARIABLE)).filter(named -> !named.isBlank());
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
        String address = text.replaceFirst("^https?://", "");
        boolean bare = !address.isEmpty() && address.chars().allMatch(c -> c >= '0' && c <= '9');
        return HostPort.parse(bare ? "127.0.0.1:" + address : address, DEFAULT_PORT);
    }

    /** Calls of etcd's API. */
    EtcdClient client() throws Failure {
        return new EtcdClient(list(), timeout(), channels());
    }

    Channels channels() throws Failure {
        return new Channels(tls(), login());
    }

    /** Who asks; nothing where nobody was named. */
    Optional<Login> login() {
        return user.login();
    }

    /** TLS if an endpoint or an option asks for it, to all endpoints then. */
    Optional<SslContext> tls() throws Failure {
        Optional<Path> authority = file(cacert, "CAIRN_CACERT");
        Optional<Path> certificate = file(cert, "CAIRN_CERT");
        Optional<Path> ownKey = file(certKey, "CAIRN_CERT_KEY");
        if (certificate.isPresent() != ownKey.isPresent()) {
            throw new ParameterException(command.commandLine(), "--cert and --cert-key stand together: name both");
        }
        List<String> schemes = Stream.of(text().orElse("").split(",", -1))
                .map(String::strip)
                .filter(endpoint -> endpoint.contains("://"))
                .map(endpoint -> endpoint.substring(0, endpoint.indexOf("://")))
                .distinct()
                .toList();
        boolean asked = authority.isPresent() || certificate.isPresent() || schemes.contains("https");
        if (asked && schemes.contains("http")) {
            throw new ParameterException(
                    command.commandLine(), "--endpoints: http:// is clear text, and TLS is asked for; write https://");
        }
        if (!asked) {
            return Optional.empty();
        }
        Optional<LineTls.Own> own = certificate.map(file -> new LineTls.Own(file, ownKey.orElseThrow()));
        try {
            return Optional.of(new LineTls(authority, own).context());
        } catch (IOException e) {
            throw new Failure(String.valueOf(e.getMessage()), e);
        }
    }

    private static Optional<Path> file(@Nullable Path given, String variable) {
        String named = System.getenv(variable);
        return given == null && named != null && !named.isBlank()
                ? Optional.of(Path.of(named))
                : Optional.ofNullable(given);
    }
}
