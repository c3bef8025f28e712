package dev.cairn.chaos.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.cairn.chaos.real.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A member of a real etcd, usually the only one, in a process of its own that does not outlive this object or this virtual machine. */
final class ReferenceEtcd implements AutoCloseable {
    /** Continuous integration sets it: there, that etcd is missing is a failure. */
    private static final boolean REQUIRED = Boolean.parseBoolean(System.getenv("CAIRN_REQUIRE_REFERENCE"));

    static final String MISSING =
            "skipped: no etcd here to compare with; CAIRN_REFERENCE_ETCD=$(.ci/reference) has it tested";

    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int STOP_SECONDS = 10;

    private final Process process;
    private final Thread atExit;
    private final String address;
    private final Path log;

    /** Whether tests that need one can run; where it is required they run and fail. */
    static boolean isThere() {
        return REQUIRED || found().isPresent();
    }

    /** Skips the test where there is no etcd, unless it must be there. */
    static Path binary() {
        assumeThat(isThere()).as(MISSING).isTrue();
        Optional<Path> found = found();
        assertThat(found).as("CAIRN_REFERENCE_ETCD names a directory with etcd").isPresent();
        return found.orElseThrow();
    }

    private static Optional<Path> found() {
        return Optional.ofNullable(System.getenv("CAIRN_REFERENCE_ETCD"))
                .map(directory -> Path.of(directory, "etcd"))
                .filter(Files::isExecutable);
    }

    /** Returns when it serves. */
    ReferenceEtcd(Path binary, Path data, List<String> options) throws IOException {
        this(binary, data, options, Member.alone());
        awaitServing();
    }

    /** Starts as many members of one cluster, and returns when all serve. */
    static List<ReferenceEtcd> cluster(Path binary, Path directory, int members) throws IOException {
        List<ReferenceEtcd> started = new ArrayList<>();
        try {
            for (Member member : Member.cluster(members)) {
                started.add(new ReferenceEtcd(binary, directory.resolve(member.name()), List.of(), member));
            }
            for (ReferenceEtcd etcd : started) {
                etcd.awaitServing();
            }
        } catch (IOException e) {
            started.forEach(ReferenceEtcd::close);
            throw e;
        }
        return started;
    }

    /** @param cluster the members, as etcd's option {@code --initial-cluster} wants them */
    private record Member(String name, String client, String peer, String cluster) {
        static Member alone() throws IOException {
            return cluster(1).getFirst();
        }

        static List<Member> cluster(int members) throws IOException {
            List<Integer> ports = FreePorts.distinct(2 * members);
            String all = IntStream.range(0, members)
                    .mapToObj(i -> name(i) + "=http://" + address(ports.get(2 * i + 1)))
                    .collect(Collectors.joining(","));
            return IntStream.range(0, members)
                    .mapToObj(i -> new Member(
                            name(i), address(ports.get(2 * i)), "http://" + address(ports.get(2 * i + 1)), all))
                    .toList();
        }

        private static String name(int index) {
            return index == 0 ? "default" : "member-" + index;
        }

        private static String address(int port) {
            return "127.0.0.1:" + port;
        }
    }

    private ReferenceEtcd(Path binary, Path data, List<String> options, Member member) throws IOException {
        address = member.client();
        log = data.resolveSibling(data.getFileName() + ".log");
        List<String> command = new ArrayList<>(List.of(
                binary.toString(),
                "--name=" + member.name(),
                "--data-dir=" + data,
                "--listen-client-urls=http://" + address,
                "--advertise-client-urls=http://" + address,
                "--listen-peer-urls=" + member.peer(),
                "--initial-advertise-peer-urls=" + member.peer(),
                "--initial-cluster=" + member.cluster(),
                "--log-level=error"));
        command.addAll(options);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        atExit = new Thread(process::destroyForcibly, "kill-etcd");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    private void awaitServing() throws IOException {
        try (Endpoint endpoint = new Endpoint("etcd", address)) {
            long end = System.nanoTime() + START_NANOS;
            while (!endpoint.isServing()) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    close();
                    throw new IOException("etcd does not serve: " + Files.readString(log));
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }

    String address() {
        return address;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IllegalStateException e) {
            // The virtual machine is ending; the hook runs.
            process.destroyForcibly();
        }
    }
}
