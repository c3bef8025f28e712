package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.chaos.real.LyingFrontEnd.Lie;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.OpenSsh;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory is published to four real processes, and comes back from them as it was. */
class RealRepositoriesTest {
    private static final int FILES = 1000;
    private static final int ALL_BYTES = 10 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Desk alice;

    @SuppressWarnings("NullAway.Init")
    private RealCluster cluster;

    @BeforeEach
    void found() throws Exception {
        OpenSsh.require();
        Desk.writeLauncher(directory.resolve("programs"));
        Path home = Files.createDirectories(directory.resolve("alice"));
        alice = new Desk(home, directory.resolve("programs"), Map.of("CAIRN_PIN", "../cluster/genesis.json"));
        run("mkdir .ssh; ssh-keygen -q -t ed25519 -N '' -C alice -f .ssh/id_ed25519");
        String key = run("cut -d' ' -f1,2 .ssh/id_ed25519.pub").getFirst();
        cluster = new RealCluster(
                directory,
                Governance.parse(Bytes.utf8("cairn-governance-1\nperson alice\nkey alice " + key
                        + "\nguard registry threshold 1 people alice roles - author counts keys any valid 3600\n")));
        cluster.startAll();
    }

    @AfterEach
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    /** What is printed by a command that must end well. */
    private List<String> run(String line) throws Exception {
        Desk.Ended ended = alice.run(line);
        assertThat(ended.exitCode()).as("%s: %s", line, ended).isZero();
        return ended.out();
    }

    private Desk.Ended end(String line) throws Exception {
        return alice.run(line);
    }

    @Test
    void aDirectoryIsPublishedReadAndPublishedAnew() throws Exception {
        run("mkdir -p site/roles; cd site; echo hello >'a file'; : >empty; echo '#!/bin/sh' >run; chmod +x run;"
                + " ln -s ../run roles/run; head -c 3000 /dev/urandom >roles/binary;"
                + " echo '*.retry' >.gitignore; touch x.retry");
        assertThat(run("cairn push site web -m 'First' --dry-run"))
                .contains("A a file", "A roles/run")
                .last()
                .asString()
                .startsWith("repository web: 6 added, 0 modified, 0 deleted, 0 as they are; ");
        assertThat(alice.home().resolve("change.txt")).doesNotExist();
        run("cairn push site web -m 'First' --sign");
        assertThat(run("cairn diff change.txt"))
                .contains("+++ /repos/web/a%20file", "+hello", "+120000 roles/run")
                .anyMatch(line -> line.startsWith("+(3000 bytes, SHA-256 "));
        assertThat(run("cairn submit change.txt").getLast()).contains("is executed, at revision 2");
        Desk.Ended again = end("cairn push site web -m 'Nothing' -o none.txt");
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).containsExactly("cairn: nothing to change: repository web is as site already");

        assertThat(run("cairn repo list")).containsExactly("web");
        assertThat(run("cairn repo show web"))
                .contains("120000         6 roles/run -> ../run", "100755        10 run")
                .last()
                .asString()
                .startsWith("repository web, revision 2: 6 files, ");
        run("cairn repo export web copy; rm site/x.retry; diff -r --no-dereference site copy; test -x copy/run");

        assertThat(run("cairn diff site web")).containsExactly("repository web is as site already");
        run("cd site; rm empty; chmod -x run; echo more >>'a file'");
        assertThat(run("cairn diff site web"))
                .contains("--- /repos/web/a%20file  (revision 2)", "+more", "+++ (deleted)", "-100755 run")
                .doesNotContain("+++ /repos/web/run");
        run("cairn diff site web --json | grep '\"conflicts\":\\[\\]'");
        assertThat(end("cairn diff site").err())
                .first()
                .isEqualTo("cairn: site is a directory; name the repository too: cairn diff site NAME");
        run("cairn push site web -m 'Second' --sign --force --json | grep '\"added\":0,\"modified\":2,\"deleted\":1,'");
        run("cairn submit change.txt");
        run("cairn repo export web; diff -r --no-dereference site web; test ! -x web/run");
        run("cairn repo export web old --rev 2; diff -r --no-dereference copy old");
        assertThat(run("cairn repo log web --oneline"))
                .satisfiesExactly(
                        line -> assertThat(line).endsWith(" 3 alice: Second"),
                        line -> assertThat(line).endsWith(" 2 alice: First"));
        assertThat(run("cairn repo log web")).contains("  2 put, 1 deleted", "  7 put, 0 deleted");
        Desk.Ended missing = end("cairn repo export none");
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).containsExactly("cairn: there is no repository none at revision 3");
        nothingFalseIsBelieved();
    }

    /** Three that lie and one that does not are as good as one; where only liars answer nothing is read and nothing written. */
    private void nothingFalseIsBelieved() throws Exception {
        List<String> reads = List.of(
                "cairn repo list",
                "cairn repo show web --json",
                "cairn repo log web",
                "cairn repo export web FRESH && diff -r --no-dereference site FRESH",
                "cairn push copy web -m 'Back' --dry-run");
        Lie[] lies = Lie.values();
        List<LyingFrontEnd> liars = new ArrayList<>();
        try {
            for (int i = 0; i < lies.length; i++) {
                liars.add(new LyingFrontEnd(cluster.endpoint(i), lies[i]));
            }
            String lying = liars.stream().map(liar -> liar.address().toString()).collect(Collectors.joining(","));
            String among = "export CAIRN_ENDPOINTS=" + lying + "," + cluster.endpoint(lies.length) + "; ";
            String alone = "export CAIRN_ENDPOINTS=" + lying + "; ";
            for (String read : reads) {
                List<String> honest = run("rm -rf fresh; " + read.replace("FRESH", "fresh"));
                assertThat(run(among + "rm -rf lied; " + read.replace("FRESH", "lied")))
                        .as(read)
                        .isEqualTo(honest.stream()
                                .map(line -> line.replace("fresh", "lied"))
                                .toList());
            }
            for (String read : reads.subList(reads.size() - 2, reads.size())) {
                Desk.Ended refused = end(alone + read.replace("FRESH", "unproven"));
                assertThat(refused.exitCode()).as("%s: %s", read, refused).isEqualTo(3);
                assertThat(refused.out()).as(read).isEmpty();
            }
            assertThat(alice.home().resolve("unproven")).doesNotExist();
            assertThat(liars).allSatisfy(liar -> assertThat(liar.told()).isPositive());
        } finally {
            liars.forEach(LyingFrontEnd::close);
        }
    }

    @Test
    void aThousandFilesAreOneChange() throws Exception {
        Random random = new Random(1);
        for (int i = 0; i < FILES; i++) {
            byte[] content = new byte[ALL_BYTES / FILES];
            random.nextBytes(content);
            Path file = alice.home().resolve("site/roles/role-" + i % 50 + "/tasks/file-" + i + ".yml");
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        }
        timed("push", "cairn push site web -m 'A thousand' --sign");
        timed("diff", "cairn diff change.txt >diff");
        List<String> submitted = timed("submit", "cairn submit change.txt");
        assertThat(submitted.getLast()).contains("is executed");
        timed("export", "cairn repo export web copy");
        run("diff -r site copy");
        assertThat(timed("log", "cairn repo log web")).contains("  1001 put, 0 deleted");
    }

    /** For docs/performance.md; with what a command takes to start. */
    private List<String> timed(String what, String line) throws Exception {
        long start = System.nanoTime();
        List<String> out = run(line);
        System.out.printf(
                "%s, %d files, %d bytes: %s%n", what, FILES, ALL_BYTES, Duration.ofNanos(System.nanoTime() - start));
        return out;
    }
}
