package dev.cairn.cli;

import dev.cairn.server.config.HostPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where to ask, and for how long: the options of every command that talks to a cluster. */
final class Endpoints {
    private static final int DEFAULT_PORT = 2379;

    @Option(
            names = "--endpoints",
            split = ",",
            paramLabel = "HOST[:PORT]",
            converter = Address.class,
            description = "Replicas to ask, in turn until one answers. Default: $CAIRN_ENDPOINTS, else"
                    + " 127.0.0.1:2379,2389,2399,2409. A bare port means 127.0.0.1.")
    private List<HostPort> endpoints = new ArrayList<>();

    @Option(
            names = "--timeout",
            defaultValue = "5",
            paramLabel = "SECONDS",
            description = "Give up after this time. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    List<HostPort> list() {
        if (endpoints.isEmpty()) {
            String named = System.getenv("CAIRN_ENDPOINTS");
            String all = named == null || named.isBlank() ? "2379,2389,2399,2409" : named;
            for (String one : all.split(",", -1)) {
                endpoints.add(parse(one.strip()));
            }
        }
        return List.copyOf(endpoints);
    }

    Duration timeout() {
        return Duration.ofNanos(Math.max(1, (long) (seconds * 1e9)));
    }

    private static HostPort parse(String text) {
        String address = text.startsWith("http://") ? text.substring("http://".length()) : text;
        boolean bare = !address.isEmpty() && address.chars().allMatch(c -> c >= '0' && c <= '9');
        return HostPort.parse(bare ? "127.0.0.1:" + address : address, DEFAULT_PORT);
    }

    static final class Address implements ITypeConverter<HostPort> {
        @Override
        public HostPort convert(String value) {
            try {
                return parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
