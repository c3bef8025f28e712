package dev.cairn.chaos.conformance;

import dev.cairn.server.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The two that are compared: those that properties name, by HOST:PORT, else a real etcd and a Cairn of one replica that
 * are started here. Skips the test where there is no etcd, unless it must be there.
 */
final class Servers implements AutoCloseable {
    private static final Optional<String> REFERENCE =
            Optional.ofNullable(System.getProperty("cairn.conformance.reference"));
    private static final Optional<String> CAIRN = Optional.ofNullable(System.getProperty("cairn.conformance.cairn"));

    /** What ends them. */
    private final List<Runnable> ends = new ArrayList<>();

    private final Pair pair;

    /** Whether both can be had. */
    static boolean areThere() {
        return REFERENCE.isPresent() || ReferenceEtcd.isThere();
    }

    /** @param directory for what they keep */
    Servers(Path directory) throws IOException, StartupException {
        this(directory, 1);
    }

    Servers(Path directory, int replicas) throws IOException, StartupException {
        Optional<Path> binary = REFERENCE.isPresent() ? Optional.empty() : Optional.of(ReferenceEtcd.binary());
        String reference = REFERENCE.isPresent() ? REFERENCE.get() : start(binary.orElseThrow(), directory);
        String cairn = CAIRN.isPresent() ? CAIRN.get() : start(directory, replicas);
        pair = new Pair(new Endpoint("etcd", reference), new Endpoint("Cairn", cairn));
        ends.add(pair::close);
        pair.reset();
    }

    private String start(Path binary, Path directory) throws IOException {
        // Disk flushes and how passwords are hashed are no part of the API, and cost most of the time.
        ReferenceEtcd etcd = new ReferenceEtcd(
                binary,
                Files.createDirectories(directory).resolve("etcd"),
                List.of("--unsafe-no-fsync", "--bcrypt-cost=4"));
        ends.add(etcd::close);
        return etcd.address();
    }

    private String start(Path directory, int replicas) throws IOException, StartupException {
        CairnInProcess started = new CairnInProcess(directory.resolve("cairn"), replicas);
        ends.add(started::close);
        return started.address(0);
    }

    Pair pair() {
        return pair;
    }

    @Override
    public void close() {
        ends.reversed().forEach(Runnable::run);
    }
}
