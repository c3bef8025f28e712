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

/** A real etcd of one member, in a process of its own that does not outlive this object or this virtual machine. */
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
        List<Integer> ports = FreePorts.distinct(2);
        address = "127.0.0.1:" + ports.get(0);
        String peer = "http://127.0.0.1:" + ports.get(1);
        Path log = data.resolveSibling(data.getFileName() + ".log");
        List<String> command = new ArrayList<>(List.of(
                binary.toString(),
                "--data-dir=" + data,
                "--listen-client-urls=http://" + address,
                "--advertise-client-urls=http://" + address,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=default=" + peer,
                "--log-level=error"));
        command.addAll(options);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        atExit = new Thread(process::destroyForcibly, "kill-etcd");
        Runtime.getRuntime().addShutdownHook(atExit);
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
