package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a checkout whose Maven and Java are scripts that note how they were called. */
class LauncherTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path temp;

    @SuppressWarnings("NullAway.Init")
    private Path checkout;

    @SuppressWarnings("NullAway.Init")
    private Path jdk;

    @BeforeEach
    void prepare() throws IOException {
        checkout = Files.createDirectories(temp.resolve("my checkout"));
        for (String directory :
                List.of("proto/src", "bft-core/src", "kv-store/src", "config-api/src", "config-api/cli")) {
            Files.createDirectories(checkout.resolve(directory));
        }
        Files.writeString(checkout.resolve("pom.xml"), "<project/>");
        Files.writeString(checkout.resolve("proto/src/a.proto"), "");
        Files.copy(Path.of("../../cairn"), checkout.resolve("cairn"));
        script(
                temp.resolve("bin/mvn"),
                "echo run >>'" + temp + "/mvn.log'",
                "echo '[INFO] Building cairn-kv-store 0.1.0-SNAPSHOT                [5/16]'",
                "mkdir -p config-api/cli/target/lib",
                "echo jar >config-api/cli/target/lib/a.jar",
                "echo jar >config-api/cli/target/cairn-cli-1.jar");
        jdk = jdk("my jdk", "25.0.1");
        age(checkout);
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = temp.resolve(name);
        script(
                home.resolve("bin/java"),
                "for a in \"$@\"; do case $a in -XX:AOTCacheOutput=*) echo cache >\"${a#*=}\"; exit;; esac; done",
                "printf '%s\\n' \"$@\"");
        script(home.resolve("bin/javac"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private static void script(Path file, String... lines) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Makes every file look a minute old, so that what is changed later is newer whatever the file system's clock. */
    private static void age(Path root) throws IOException {
        FileTime then = FileTime.from(Instant.now().minusSeconds(60));
        try (var files = Files.walk(root)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, then);
            }
        }
    }

    private Process start(Path launcher, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        return start(new ProcessBuilder(command));
    }

    private Process start(ProcessBuilder builder) throws IOException {
        builder.directory(temp.toFile());
        builder.environment()
                .putAll(Map.of("JAVA_HOME", jdk.toString(), "PATH", temp.resolve("bin") + ":" + System.getenv("PATH")));
        return builder.start();
    }

    private static Run finish(Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), out, err);
    }

    private Run run(String... arguments) throws Exception {
        return finish(start(checkout.resolve("cairn"), arguments));
    }

    private long builds() throws IOException {
        return Files.readAllLines(temp.resolve("mvn.log")).size();
    }

    @Test
    void buildsOnceAndPassesArgumentsOn() throws Exception {
        Run first = run("get", "a key", "--prefix");
        assertThat(first.exitCode()).isZero();
        assertThat(first.err())
                .contains(
                        "building with Maven",
                        "5 of 16: cairn-kv-store (",
                        "start-up cache of the cli, once per build: about 7 s");
        Path real = checkout.toRealPath();
        assertThat(first.out().lines().toList())
                .contains(
                        "-XX:TieredStopAtLevel=1", "dev.cairn.cli.Main", "-Dcairn.called=" + checkout.resolve("cairn"))
                .anyMatch(line -> line.startsWith("-XX:AOTCache=" + real))
                .endsWith("get", "a key", "--prefix");
        Run second = run("get", "a key", "--prefix");
        assertThat(second).isEqualTo(new Run(0, first.out(), ""));
        assertThat(builds()).isOne();
    }

    @Test
    void buildsAnewWhenASourceIsNewerButNeverUnderARunningCluster() throws Exception {
        String before = run("get").out();
        Path source = Files.writeString(checkout.resolve("proto/src/b.proto"), "");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(run("get").out()).isNotEqualTo(before);
        assertThat(builds()).isEqualTo(2);
        String jar = before.lines()
                .dropWhile(line -> !line.equals("-cp"))
                .skip(1)
                .findFirst()
                .orElseThrow();
        assertThat(jar.split(":")).allSatisfy(path -> assertThat(Path.of(path)).exists());
    }

    @Test
    void serverAndBenchGetFlagsOfTheirOwn() throws Exception {
        assertThat(run("server", "--config", "x").out())
                .contains("server.aot", "-Xmx")
                .doesNotContain("TieredStopAtLevel");
        assertThat(run("agent", "--config", "x").out())
                .contains("agent.aot", "-Xmx96m")
                .doesNotContain("TieredStopAtLevel");
        assertThat(run("agent", "status").out()).contains("cli.aot");
        assertThat(run("bench").out()).doesNotContain("AOTCache", "TieredStopAtLevel");
        assertThat(run("audit").out()).contains("-Xmx512m").doesNotContain("AOTCache", "TieredStopAtLevel");
    }

    @Test
    void worksThroughALink() throws Exception {
        Path link = Files.createSymbolicLink(temp.resolve("bin/cairn-link"), Path.of("../my checkout/cairn"));
        assertThat(finish(start(link, "get")).out())
                .contains("-Dcairn.launcher=" + checkout.toRealPath().resolve("cairn"))
                .contains("-Dcairn.called=cairn-link\n"); // it is on the path
    }

    @Test
    void whatIsNotAsciiSurvivesTheCLocale() throws Exception {
        script(jdk.resolve("bin/java"), "echo \"[$LC_ALL]\"");
        for (String locale : List.of("C", "POSIX", "")) {
            ProcessBuilder get = new ProcessBuilder(checkout.resolve("cairn").toString(), "get");
            get.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
            if (!locale.isEmpty()) {
                get.environment().put("LC_ALL", locale);
            }
            assertThat(finish(start(get)).out()).as(locale).isEqualTo("[C.UTF-8]\n");
        }
        ProcessBuilder get = new ProcessBuilder(checkout.resolve("cairn").toString(), "get");
        get.environment().put("LC_ALL", "de_CH.UTF-8");
        assertThat(finish(start(get)).out()).isEqualTo("[de_CH.UTF-8]\n");
    }

    @Test
    void aClosedStandardInputIsAnEmptyOne() throws Exception {
        run("get");
        script(jdk.resolve("bin/java"), "cat && echo end");
        Run closed = finish(start(new ProcessBuilder(
                "sh", "-c", "exec \"$0\" get <&-", checkout.resolve("cairn").toString())));
        assertThat(closed).isEqualTo(new Run(0, "end\n", ""));
    }

    @Test
    void whoOnlyWantsHelpWaitsForNoCache() throws Exception {
        assertThat(run("get", "--help").err()).doesNotContain("start-up cache");
        assertThat(run("dev", "--help").err()).doesNotContain("start-up cache");
    }

    @Test
    void aBuildThatIsInterruptedLeavesNothingRunning() throws Exception {
        Path pid = temp.resolve("mvn.pid");
        script(
                temp.resolve("bin/mvn"),
                "echo $$ >'" + pid + ".draft'; mv '" + pid + ".draft' '" + pid + "'; exec sleep 300");
        Process process = start(checkout.resolve("cairn"), "get");
        while (!Files.exists(pid)) {
            Thread.onSpinWait();
        }
        ProcessHandle maven =
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
        process.children().forEach(ProcessHandle::destroy); // the launcher's part that holds the lock and builds
        assertThat(finish(process).exitCode()).isNotZero();
        assertThat(maven.onExit().get(10, TimeUnit.SECONDS).isAlive()).isFalse();
    }

    @Test
    void firstRunsAtOnceBuildOnce() throws Exception {
        List<Process> runs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            runs.add(start(checkout.resolve("cairn"), "get"));
        }
        for (Process process : runs) {
            assertThat(finish(process).exitCode()).isZero();
        }
        assertThat(builds()).isOne();
    }

    @Test
    void aFailedBuildIsShownAndTriedAgain() throws Exception {
        script(temp.resolve("bin/mvn"), "echo '[ERROR] it does not compile'; exit 1");
        Run failed = run("get");
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.out()).isEmpty();
        assertThat(failed.err()).contains("[ERROR] it does not compile", "the build failed");
        prepareAgain();
        assertThat(run("get").exitCode()).isZero();
    }

    private void prepareAgain() throws IOException {
        script(
                temp.resolve("bin/mvn"),
                "mkdir -p config-api/cli/target/lib",
                "echo jar >config-api/cli/target/cairn-cli-1.jar",
                "echo jar >config-api/cli/target/lib/a.jar");
    }

    @Test
    void anOlderJavaHomeIsPassedOver() throws Exception {
        Path newer = jdk;
        jdk = jdk("old jdk", "17.0.2");
        Files.createSymbolicLink(temp.resolve("bin/java"), newer.resolve("bin/java"));
        assertThat(run("get").exitCode()).isZero();
    }

    @Test
    void aCacheThatCannotBeMadeOnlyCostsTime() throws Exception {
        script(
                jdk.resolve("bin/java"),
                "for a in \"$@\"; do case $a in -XX:AOTCacheOutput=*) exit 3;; esac; done",
                "printf '%s\\n' \"$@\"");
        assertThat(run("get").out()).doesNotContain("AOTCache").contains("dev.cairn.cli.Main");
        assertThat(run("get").err()).isEmpty();
    }
}
