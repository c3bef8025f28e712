package dev.cairn.chaos.real;

import dev.cairn.cli.Main;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.genesis.HostPort;
import dev.cairn.server.config.NewCluster;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** An agent as people run it, a process of its own, asked by curl. */
final class RealAgent implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final int CURL_SECONDS = 30;

    private final Path home;
    private final Process process;

    /** @param status of HTTP, 0 where nobody answered */
    record Page(int status, String body) {}

    /**
     * Starts an agent in {@code home}, which may be one that ran before.
     *
     * @param replicas in the order in which they are asked
     * @param more lines of the configuration file
     */
    RealAgent(Path home, Path genesis, List<HostPort> replicas, String... more) throws Exception {
        this.home = Files.createDirectories(home);
        Files.copy(genesis, home.resolve(NewCluster.GENESIS), StandardCopyOption.REPLACE_EXISTING);
        List<String> lines = new ArrayList<>(List.of(
                "chain-id = " + GenesisFile.read(genesis).chainId().toHex(),
                "replicas = " + replicas.stream().map(HostPort::toString).collect(Collectors.joining(", "))));
        lines.addAll(List.of(more));
        Files.write(home.resolve("agent.conf"), lines);
        Files.deleteIfExists(socket());
        List<String> command =
                command("agent", "--config", home.resolve("agent.conf").toString());
        command.add("--until-stdin-closes");
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        Await.until(
                "the agent serves",
                START,
                () -> Files.exists(socket()) && get("/livez").status() == 200,
                this::said);
    }

    private static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(StartUp.java());
        command.addAll(List.of("-Xmx96m", Main.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    Path socket() {
        return home.resolve("agent.sock");
    }

    private Path log() {
        return home.resolve("log");
    }

    String said() {
        try {
            return Files.exists(log()) ? Files.readString(log()) : "(nothing)";
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** What curl gets. */
    Page get(String page) {
        return page("-w", "\n%{http_code}", page);
    }

    /** What curl gets for what it sends. */
    Page post(String page, String body) {
        return page("-w", "\n%{http_code}", "--data-binary", body, page);
    }

    private Page page(String... arguments) {
        try {
            Process curl = curl(arguments);
            String out = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!curl.waitFor(CURL_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("curl does not end");
            }
            int last = out.lastIndexOf('\n');
            return new Page(Integer.parseInt(out.substring(last + 1)), out.substring(0, last));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("curl is needed for this test", e);
        }
    }

    /** A stream of events. The caller ends the process. */
    Process stream(String page) throws IOException {
        return curl("-N", page);
    }

    private Process curl(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("curl", "-s", "--unix-socket", socket().toString()));
        command.addAll(List.of(arguments).subList(0, arguments.length - 1));
        command.add("http://agent" + arguments[arguments.length - 1]);
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Reads on until a line begins so. */
    static String lineOf(BufferedReader events, String beginning) throws IOException {
        for (String line = events.readLine(); line != null; line = events.readLine()) {
            if (line.startsWith(beginning)) {
                return line;
            }
        }
        throw new AssertionError("the stream ends before a line with " + beginning);
    }

    /** What {@code cairn agent status} ends with and prints. */
    Page status() throws Exception {
        Process status = new ProcessBuilder(command(
                        "agent",
                        "status",
                        "--config",
                        home.resolve("agent.conf").toString()))
                .redirectErrorStream(true)
                .start();
        String out = new String(status.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Page(status.waitFor(), out);
    }

    long residentKib() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    /** {@code kill -9}. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
