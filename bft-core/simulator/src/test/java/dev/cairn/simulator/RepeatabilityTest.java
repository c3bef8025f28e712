package dev.cairn.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two processes, whose hash codes and iteration orders differ where a program may see them, make the same runs. */
class RepeatabilityTest {
    private static final int WORLDS = 12;

    @Test
    void equalWorldsGiveEqualRunsInDifferentProcesses() throws IOException, InterruptedException {
        List<String> here = fingerprints();
        assertThat(inAnotherProcess()).isEqualTo(here).hasSize(2 * WORLDS);
        assertThat(here).doesNotHaveDuplicates();
    }

    private static List<String> inAnotherProcess() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RepeatabilityTest.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var output = process.inputReader(StandardCharsets.US_ASCII)) {
            List<String> lines = output.lines().toList();
            assertThat(process.waitFor()).isZero();
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }

    /** The other process. */
    public static void main(String[] args) {
        fingerprints().forEach(System.out::println);
    }

    private static List<String> fingerprints() {
        return java.util.stream.LongStream.rangeClosed(1, WORLDS)
                .boxed()
                .flatMap(seed -> java.util.stream.Stream.of(World.honest(seed), World.hostile(seed)))
                .map(world -> Simulation.run(world).trace())
                .map(trace -> trace.fingerprint() + " " + trace.toString().hashCode())
                .toList();
    }
}
