package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.server.config.NewCluster;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code cairn dev} as a process of its own, over replicas that are processes but need no consensus. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class DevCommandTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path temp;

    private final List<Process> started = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private Path launcher;

    private int basePort;

    @BeforeEach
    void writeLauncher() throws IOException {
        launcher = temp.resolve("a cairn");
        Files.writeString(
                launcher,
                "#!/bin/sh\nexec '" + java() + "' -XX:TieredStopAtLevel=1 -cp '" + System.getProperty("java.class.path")
                        + "' " + FakeReplica.class.getName() + " \"$@\"\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
        basePort = Ports.freeBase(4);
    }

    @AfterEach
    void end() {
        for (Process process : started) {
            List<ProcessHandle> children = process.descendants().toList();
            process.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void startsReportsADeathRefusesASecondAndLeavesNothingBehind() throws Exception {
        Dev dev = dev("--replicas=4", "--base-port=" + basePort);
        List<String> lines = dev.linesUntil("ready");
        assertThat(lines)
                .contains("  127.0.0.1:" + basePort, "  127.0.0.1:" + (basePort + 10))
                .anyMatch(line -> line.startsWith("made keys and genesis"));

        assertThat(dev().failure())
                .isEqualTo("cairn: `cairn dev` in " + home() + " is running already, as process " + dev.process.pid()
                        + "; stop it first: kill " + dev.process.pid());
        assertThat(dev("--replicas=2").failure()).contains("holds a cluster of 4 replicas; leave out --replicas");
        assertThat(dev("--base-port=1").failure()).contains("holds a cluster with base port " + basePort);

        long victim = pid(1);
        ProcessHandle.of(victim).orElseThrow().destroyForcibly();
        String news = dev.linesUntil("replica 1").getLast();
        assertThat(news)
                .contains("(process " + victim + ") has stopped", "the others go on")
                .contains("To restart it: '" + launcher + "' server --config " + config(1));
        Process restarted = start(new ProcessBuilder(
                launcher.toString(), "server", "--config", config(1).toString()));
        assertThat(restarted.inputReader(StandardCharsets.UTF_8).readLine()).startsWith("replica 1 of cluster");
        assertThat(pid(1)).isEqualTo(restarted.pid());

        for (int replica : List.of(2, 3)) {
            ProcessHandle.of(pid(replica)).orElseThrow().destroyForcibly();
            assertThat(dev.linesUntil("replica " + replica).getLast())
                    .contains(replica == 2 ? "the others go on" : "2 of 4 run and 3 are needed");
        }

        List<ProcessHandle> all = new ArrayList<>(dev.process.descendants().toList());
        all.add(restarted.toHandle());
        dev.process.destroy();
        assertThat(dev.process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(all).hasSize(2).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void replicasDieWithAKilledDevAndTheNextOneCarriesOn() throws Exception {
        Dev dev = dev("--replicas=1", "--base-port=" + basePort);
        dev.linesUntil("ready");
        byte[] genesis = Files.readAllBytes(home().resolve(NewCluster.GENESIS));
        ProcessHandle replica = ProcessHandle.of(pid(0)).orElseThrow();
        dev.process.destroyForcibly().waitFor();
        replica.onExit().get(30, TimeUnit.SECONDS);
        assertThat(home().resolve("dev.pid")).exists();
        Dev again = dev();
        assertThat(again.linesUntil("ready")).noneMatch(line -> line.startsWith("made keys"));
        assertThat(Files.readAllBytes(home().resolve(NewCluster.GENESIS))).isEqualTo(genesis);
    }

    @Test
    void aTakenPortIsFoundBeforeAnythingIsMade() throws Exception {
        try (ServerSocket _ = new ServerSocket(basePort + 11, 1, InetAddress.getLoopbackAddress())) {
            assertThat(dev("--base-port=" + basePort).failure())
                    .startsWith("cairn: cannot listen on 127.0.0.1:" + (basePort + 11))
                    .contains("--base-port");
            assertThat(home()).doesNotExist();
            for (String count : List.of("-1", "0", "101")) {
                Dev none = dev("--replicas=" + count);
                assertThat(none.err.readLine()).isEqualTo("cairn: a cluster has 1 to 100 replicas, not " + count);
                assertThat(none.process.waitFor()).isEqualTo(2);
            }
        }
    }

    @Test
    void aClusterStartsWithoutTheReplicasThatCannotWhileEnoughCan() throws Exception {
        Dev dev = dev("--base-port=" + basePort);
        dev.linesUntil("ready");
        List<ProcessHandle> all = dev.process.descendants().toList();
        dev.process.destroy();
        assertThat(dev.process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(all).noneMatch(ProcessHandle::isAlive);

        Files.writeString(config(1), "replicas = 1\n");
        Dev again = dev();
        assertThat(again.linesUntil("ready"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("replica 1 did not start: ")
                        .contains("unknown key", "Going on with 3", "server --config " + config(1)))
                .contains("  127.0.0.1:" + basePort)
                .doesNotContain("  127.0.0.1:" + (basePort + 10));
        again.process.destroy();
        assertThat(again.process.waitFor(30, TimeUnit.SECONDS)).isTrue();

        Files.move(config(2).getParent(), temp.resolve("elsewhere"));
        assertThat(dev().failure())
                .contains("did not start")
                .contains("Fewer than 3 replicas are left", "rm -r " + home());
    }

    @Test
    void aReplicaThatIsSlowIsNamedWithItsLog() throws Exception {
        Path go = temp.resolve("go");
        Files.writeString(
                launcher,
                Files.readString(launcher)
                        .replaceFirst(
                                "\nexec",
                                "\ncase \"\\$*\" in *replica-2*) until [ -e '" + go
                                        + "' ]; do sleep 0.1; done;; esac\nexec"));
        Dev dev = dev("--base-port=" + basePort);
        assertThat(dev.linesUntil("replica 2").getLast())
                .isEqualTo("replica 2 is not up yet after 5 s; its log is "
                        + config(2).resolveSibling("log"));
        Files.createFile(go);
        dev.linesUntil("ready");
    }

    @Test
    void aLostGenesisIsToBeCopiedBack() throws Exception {
        Dev dev = dev("--replicas=1", "--base-port=" + basePort);
        dev.linesUntil("ready");
        dev.process.destroy();
        assertThat(dev.process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        Files.delete(home().resolve(NewCluster.GENESIS));
        assertThat(dev().failure())
                .contains("is missing; copy it back from " + config(0).resolveSibling(NewCluster.GENESIS));
    }

    @Test
    void anotherClustersGenesisIsToldBeforeAnythingStarts() throws Exception {
        Dev dev = dev("--replicas=1", "--base-port=" + basePort);
        dev.linesUntil("ready");
        dev.process.destroy();
        assertThat(dev.process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        Path genesis = home().resolve(NewCluster.GENESIS);
        String other = Files.readString(genesis).replace("\"dev\"", "\"another\"");
        assertThat(other).isNotEqualTo(Files.readString(genesis));
        Files.writeString(genesis, other);
        assertThat(dev().failure())
                .isEqualTo("cairn: " + genesis + " is another cluster's than "
                        + config(0).resolveSibling(NewCluster.GENESIS)
                        + "; copy the right one over the other, or choose another --dir");
    }

    private record Dev(Process process, BufferedReader out, BufferedReader err) {
        List<String> linesUntil(String beginning) throws IOException {
            List<String> lines = new ArrayList<>();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
                if (line.startsWith(beginning)) {
                    return lines;
                }
            }
            throw new AssertionError("no line begins with " + beginning + ": " + lines
                    + err.lines().toList());
        }

        String failure() throws InterruptedException {
            List<String> lines = err.lines().toList();
            assertThat(process.waitFor()).isEqualTo(1);
            assertThat(lines).hasSize(1);
            return lines.getFirst();
        }
    }

    private Dev dev(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                java(),
                "-XX:TieredStopAtLevel=1",
                "-Dio.netty.transport.noNative=true",
                "-Dcairn.launcher=" + launcher,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "dev",
                "--dir=" + home()));
        command.addAll(List.of(options));
        Process process = start(new ProcessBuilder(command));
        return new Dev(
                process, process.inputReader(StandardCharsets.UTF_8), process.errorReader(StandardCharsets.UTF_8));
    }

    private Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private Path home() {
        return temp.resolve("home");
    }

    private Path config(int replica) {
        return NewCluster.replicaDirectory(home(), replica).resolve(NewCluster.CONFIG);
    }

    private long pid(int replica) {
        OptionalLong holder = PidFile.holder(config(replica).resolveSibling(NewCluster.PID));
        return holder.orElseThrow(() -> new AssertionError("replica " + replica + " does not run"));
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
