package dev.cairn.chaos.real;

import dev.cairn.cli.Main;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How Java is started for a process of this build: with a start-up cache, as the launcher does, because the tests start
 * hundreds. Java makes one of jars alone, so there is none where Maven was not asked to package.
 */
final class StartUp {
    /** In which an agent between four replicas is rehearsed, and with it what replicas and commands load. */
    private static final List<String> REHEARSAL = List.of("training", "agent");

    private static final int PATIENCE_SECONDS = 120;
    private static final List<String> FLAGS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1");
    private static final List<String> JAVA = prepare();

    private StartUp() {}

    /** The beginning of a command: what follows are options of Java, a main class and its arguments. */
    static List<String> java() {
        return JAVA;
    }

    /** The beginning of a {@code cairn}: what follows are its arguments. */
    static List<String> cairn() {
        return Stream.concat(JAVA.stream(), Stream.of(Main.class.getName())).toList();
    }

    private static List<String> prepare() {
        List<String> entries = List.of(System.getProperty("java.class.path").split(File.pathSeparator));
        List<String> jars =
                entries.stream().filter(entry -> entry.endsWith(".jar")).toList();
        List<String> ours =
                entries.stream().filter(entry -> !entry.endsWith(".jar")).toList();
        List<String> java = new ArrayList<>();
        java.add(ProcessHandle.current().info().command().orElseThrow());
        java.addAll(FLAGS);
        boolean isPackaged = ours.stream().allMatch(entry -> entry.contains("chaos-tests"));
        if (isPackaged) {
            Path cache = cache(java, jars);
            java.addAll(List.of("-XX:AOTCache=" + cache, "-Xlog:aot*=off", "-Xlog:cds*=off"));
        }
        // The cache is good for a class path that begins with the one it was made with.
        java.add("-cp");
        java.add(Stream.concat(jars.stream(), ours.stream()).collect(Collectors.joining(File.pathSeparator)));
        return List.copyOf(java);
    }

    private static Path cache(List<String> java, List<String> jars) {
        try {
            Path directory =
                    Files.createTempDirectory(Path.of("target"), "start-up").toAbsolutePath();
            Path cache = directory.resolve("aot");
            Path log = directory.resolve("log");
            List<String> command = new ArrayList<>(java);
            command.add("-XX:AOTCacheOutput=" + cache);
            command.addAll(List.of("-cp", String.join(File.pathSeparator, jars), Main.class.getName()));
            command.addAll(REHEARSAL);
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || !Files.exists(cache)) {
                process.destroyForcibly();
                throw new IOException("no start-up cache was made: " + Files.readString(log));
            }
            return cache;
        } catch (IOException e) {
            throw new IllegalStateException("cannot prepare the start of processes", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
