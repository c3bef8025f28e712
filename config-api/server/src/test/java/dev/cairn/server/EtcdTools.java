package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A real etcd's programs, where there are any. */
public final class EtcdTools {
    /** Continuous integration sets it: there, that they are missing is a failure. */
    private static final boolean REQUIRED = Boolean.parseBoolean(System.getenv("CAIRN_REQUIRE_REFERENCE"));

    private static final int PATIENCE_SECONDS = 60;
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Path directory;

    private EtcdTools(Path directory) {
        this.directory = directory;
    }

    /** Skips the test where there is no etcd, unless it must be there. */
    public static EtcdTools find() {
        Optional<Path> found = Optional.ofNullable(System.getenv("CAIRN_REFERENCE_ETCD"))
                .map(Path::of)
                .filter(directory -> Files.isExecutable(directory.resolve("etcd"))
                        && Files.isExecutable(directory.resolve("etcdctl"))
                        && Files.isExecutable(directory.resolve("etcdutl")));
        assertThat(found.isPresent() || !REQUIRED)
                .as("CAIRN_REFERENCE_ETCD names a directory with etcd, etcdctl and etcdutl")
                .isTrue();
        assumeThat(found)
                .as("skipped: no etcd here; CAIRN_REFERENCE_ETCD names a directory with etcd, etcdctl and etcdutl")
                .isPresent();
        return new EtcdTools(found.orElseThrow());
    }

    public String ctl(int port, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                directory.resolve("etcdctl").toString(), "--endpoints=127.0.0.1:" + port, "--command-timeout=20s"));
        command.addAll(List.of(arguments));
        return run(command);
    }

    public String utl(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(directory.resolve("etcdutl").toString()));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("etcd-tool", ".err");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        try (InputStream output = process.getInputStream()) {
            String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(ended && process.exitValue() == 0)
                    .as("%s: %s %s", command, text, Files.readString(errors))
                    .isTrue();
            return text;
        } finally {
            process.destroyForcibly();
            Files.delete(errors);
        }
    }

    /** A process that ends with this. */
    public static final class Running implements AutoCloseable {
        private final Process process;
        public final int port;

        private Running(Process process, int port) {
            this.process = process;
            this.port = port;
        }

        @Override
        public void close() {
            process.destroy();
            try {
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Starts an etcd of one member on {@code data}, and waits until it answers. */
    public Running start(Path data) throws IOException, InterruptedException {
        int port = freePort();
        String peer = "http://127.0.0.1:" + freePort();
        Path log = data.resolveSibling(data.getFileName() + ".log");
        Process process = new ProcessBuilder(
                        directory.resolve("etcd").toString(),
                        "--data-dir=" + data,
                        "--listen-client-urls=http://127.0.0.1:" + port,
                        "--advertise-client-urls=http://127.0.0.1:" + port,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=default=" + peer,
                        "--unsafe-no-fsync",
                        "--log-level=error")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Running running = new Running(process, port);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!listens(port)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                running.close();
                throw new IOException("etcd does not serve: " + Files.readString(log));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return running;
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
