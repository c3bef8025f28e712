package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Unmodified ansible-core and git, at a {@link Desk} of their own. {@code CAIRN_ANSIBLE} names the directory of Ansible's
 * programs, which {@code .ci/ansible} installs.
 */
final class Ansible {
    /** Continuous integration sets it: there, that Ansible or git is missing is a failure. */
    private static final boolean REQUIRED = Boolean.parseBoolean(System.getenv("CAIRN_REQUIRE_ANSIBLE"));

    private final Desk desk;

    /**
     * Skips the test where Ansible or git is not installed, unless they must be there.
     *
     * @param home of the user who runs Ansible, made if it is not there; where its commands start
     * @param variables of the environment, beside Ansible's own
     */
    Ansible(Path home, Map<String, String> variables) throws IOException {
        String programs = System.getenv().getOrDefault("CAIRN_ANSIBLE", "");
        require(!programs.isEmpty() && Files.isExecutable(Path.of(programs, "ansible-pull")), "ansible-core");
        requireGit();
        Map<String, String> all = new TreeMap<>(variables);
        all.putIfAbsent("ANSIBLE_NOCOLOR", "1");
        // What is written for people, without cows and hints.
        all.putIfAbsent("ANSIBLE_NOCOWS", "1");
        all.putIfAbsent("ANSIBLE_LOCALHOST_WARNING", "false");
        all.putIfAbsent("ANSIBLE_PYTHON_INTERPRETER", programs + "/python3");
        desk = new Desk(Files.createDirectories(home), Path.of(programs), all);
    }

    /** Skips the test where there is no git, unless it must be there. */
    static void requireGit() {
        require(
                Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "git"))),
                "git");
    }

    private static void require(boolean isThere, String what) {
        assertThat(isThere || !REQUIRED).as("there is " + what).isTrue();
        assumeThat(isThere)
                .as("skipped: no " + what + " here; CAIRN_ANSIBLE=$(.ci/ansible) has it tested")
                .isTrue();
    }

    Path home() {
        return desk.home();
    }

    /** Runs a line as typed into a shell. */
    Desk.Ended run(String line) throws IOException, InterruptedException {
        return desk.run(line);
    }

    /** Runs a line that ends well, and returns what it prints. */
    List<String> succeed(String line) throws IOException, InterruptedException {
        Desk.Ended ended = run(line);
        assertThat(ended.exitCode())
                .as("%s: %s %s", line, ended.out(), ended.err())
                .isZero();
        return ended.out();
    }
}
