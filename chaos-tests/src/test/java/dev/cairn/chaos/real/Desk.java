package dev.cairn.chaos.real;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One person at a machine of their own: a home directory, and a shell in which {@code cairn} and {@code ssh-keygen} are
 * run as people run them.
 */
record Desk(Path home, Path programs, Map<String, String> variables) {
    private static final int PATIENCE_SECONDS = 120;

    /** @param err what was said beside the output */
    record Ended(int exitCode, List<String> out, List<String> err) {}

    /** Writes {@code cairn} into {@code programs}: this build, started as its launcher does. */
    static void writeLauncher(Path programs) throws IOException {
        Files.createDirectories(programs);
        Path launcher = programs.resolve("cairn");
        String line = StartUp.cairn().stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        Files.writeString(launcher, "#!/bin/sh\nexec " + line + " \"$@\"\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
    }

    Desk {
        variables = Map.copyOf(variables);
    }

    /** Runs a line as typed into a shell. */
    Ended run(String line) throws IOException, InterruptedException {
        Path out = Files.createTempFile(home.getParent(), "out", "");
        Path err = Files.createTempFile(home.getParent(), "err", "");
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", line)
                .directory(home.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("CAIRN_") || name.startsWith("XDG_"));
        environment.remove("SSH_AUTH_SOCK");
        environment.putAll(variables);
        environment.put("HOME", home.toString());
        environment.put("PATH", programs + ":" + environment.get("PATH"));
        environment.put("TZ", "UTC");
        environment.put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new IOException(line + ": not within " + PATIENCE_SECONDS + " s");
        }
        return new Ended(process.exitValue(), lines(out), lines(err));
    }

    private static List<String> lines(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        Files.delete(file);
        return lines;
    }
}
