package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.genesis.HostPort;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.OpenSsh;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/signed-changes.md does not show: what programs read, watches, approvals taken back, and compaction. */
class RealChangesTest {
    private static final Pattern DIGEST = Pattern.compile("\"digest\":\"([0-9a-f]{64})\"");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final Map<String, Desk> desks = new HashMap<>();

    @SuppressWarnings("NullAway.Init")
    private RealCluster cluster;

    @BeforeEach
    void found() throws Exception {
        OpenSsh.require();
        Desk.writeLauncher(directory.resolve("programs"));
        StringBuilder governance = new StringBuilder("cairn-governance-1\n");
        for (String name : List.of("alice", "bob", "carol")) {
            Path home = Files.createDirectories(directory.resolve(name));
            Desk desk = new Desk(home, directory.resolve("programs"), Map.of("CAIRN_PIN", "../cluster/genesis.json"));
            desks.put(name, desk);
            run(name, "mkdir .ssh; ssh-keygen -q -t ed25519 -N '' -C " + name + " -f .ssh/id_ed25519");
            String key = run(name, "cut -d' ' -f1,2 .ssh/id_ed25519.pub").getFirst();
            governance.append("person " + name + "\nkey " + name + " " + key + "\n");
        }
        governance.append(
                "guard registry threshold 2 people alice,bob,carol roles - author counts keys any valid 3600\n");
        governance.append(
                "guard prefix prod/ threshold 2 people alice,bob,carol roles - author excluded keys any valid 3600\n");
        cluster = new RealCluster(directory, Governance.parse(Bytes.utf8(governance.toString())));
        cluster.startAll();
    }

    @AfterEach
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    private Desk.Ended end(String who, String line) throws Exception {
        return Objects.requireNonNull(desks.get(who)).run(line);
    }

    /** What is printed by a command that must end well. */
    private List<String> run(String who, String line) throws Exception {
        Desk.Ended ended = end(who, line);
        assertThat(ended.exitCode()).as("%s$ %s: %s", who, line, ended).isZero();
        return ended.out();
    }

    /** The digest of what was submitted. */
    private String submitted(String who, String draft) throws Exception {
        run(who, draft + " -o change.txt --force -m why");
        run(who, "cairn sign change.txt");
        String told = run(who, "cairn submit --json change.txt").getLast();
        assertThat(told).contains("\"standing\":\"pending\"", "\"why\":[\"the guard on ");
        Matcher digest = DIGEST.matcher(told);
        assertThat(digest.find()).isTrue();
        return digest.group(1);
    }

    @Test
    void programsReadAndWatchesTellWhatBecomesOfChanges() throws Exception {
        Path watched = directory.resolve("watched");
        String first = submitted("alice", "cairn draft --put prod/a=1");
        CompletableFuture<Desk.Ended> watch = CompletableFuture.supplyAsync(() -> {
            try {
                return end("bob", "cairn pending --json --watch --limit 2 >" + watched);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        Await.until("the watch has begun", PATIENCE, () -> watched.toFile().length() > 0);

        assertThat(run("bob", "cairn approve --json --yes " + first))
                .last()
                .asString()
                .contains("\"pending\"");
        assertThat(run("carol", "cairn approve --json --yes " + first))
                .containsExactly("{\"digest\":\"" + first + "\",\"standing\":\"executed\",\"revision\":4,\"why\":[]}");
        assertThat(watch.join().exitCode()).isZero();
        assertThat(Files.readAllLines(watched))
                .satisfiesExactly(
                        line -> assertThat(line).contains("\"standing\":\"pending\"", "\"missing\":2"),
                        line -> assertThat(line)
                                .contains("\"standing\":\"pending\"", "\"missing\":1", "\"name\":\"bob\""),
                        line -> assertThat(line).contains("\"standing\":\"executed\""));
        assertThat(end("carol", "cairn log elsewhere/").err())
                .containsExactly("cairn: no change was executed of a key that begins with \"elsewhere/\"");
        assertThat(end("carol", "cairn get -v prod/a").err())
                .singleElement()
                .asString()
                .startsWith("verified: revision 4, block ");
        assertThat(run("carol", "cairn blame --json prod/a").getFirst())
                .startsWith("{\"key\":\"prod/a\",\"mod_revision\":4,\"signed\":true,")
                .contains("\"author\":\"alice\"", "\"name\":\"bob\"", "\"name\":\"carol\"", "\"complete\":true");

        String second = submitted("alice", "cairn draft --put prod/a=2");
        run("bob", "cairn approve --yes " + second);
        Desk.Ended asked = end("carol", "cairn withdraw " + second + " </dev/null");
        assertThat(asked.exitCode()).isEqualTo(1);
        assertThat(asked.out())
                .anyMatch(
                        line -> line.startsWith("You have not approved this change, so there is nothing to take back"));
        assertThat(run("alice", "cairn approve --key .ssh/id_ed25519 " + second))
                .anyMatch(line -> line.startsWith("alice has signed this before (taken in at 20"));
        assertThat(run("bob", "cairn approve " + second))
                .anyMatch(line -> line.startsWith("bob has approved this before (taken in at 20"))
                .noneMatch(line -> line.startsWith("Approve this change?"))
                .last()
                .asString()
                .contains("needs 1 more of 2 signatures; ask carol");
        assertThat(run("bob", "cairn withdraw --yes " + second))
                .last()
                .asString()
                .contains("needs 2 more of 2");
        assertThat(run("carol", "cairn approve --yes " + second))
                .anyMatch(line -> line.startsWith("not counted: bob has withdrawn") && line.contains("(taken in at 20"))
                .anyMatch(line -> line.startsWith("withdrawn by bob with ssh-ed25519 "))
                .last()
                .asString()
                .contains("needs 1 more of 2 signatures; too few are left who have not withdrawn");
        assertThat(run("alice", "cairn pending")).noneMatch(line -> line.contains("ask "));
        Desk.Ended inFiles = end("bob", "cp -r ../alice/change.txt* . && cairn sign --approve change.txt");
        assertThat(inFiles.exitCode()).isZero();
        assertThat(inFiles.err()).last().asString().startsWith("warning: it will not count: bob has withdrawn");
        Desk.Ended again = end("bob", "cairn approve --yes " + second);
        assertThat(again.exitCode()).isEqualTo(4);
        assertThat(again.out()).last().asString().contains("bob has withdrawn from this change, which is final");

        Desk.Ended same = end("alice", "cairn admin --set-person alice -o same.txt -m why");
        assertThat(same.exitCode()).isEqualTo(1);
        assertThat(same.err())
                .containsExactly("cairn: nothing to change: who governs is already as this would make it");
    }

    @Test
    void aChangeWhoseAuthorHasANewKeyIsStuckAndWithdrawn() throws Exception {
        run("alice", "cairn draft --put prod/a=1 -m why -o stuck.txt && cairn sign stuck.txt");
        run("alice", "cairn submit stuck.txt && ssh-keygen -q -t ed25519 -N '' -f .ssh/new");
        String rotation =
                submitted("alice", "cairn admin --set-key alice=.ssh/new.pub --revoke-key alice=.ssh/id_ed25519.pub");
        run("bob", "cairn approve --yes " + rotation);
        run("alice", "mv .ssh/new .ssh/id_ed25519; mv .ssh/new.pub .ssh/id_ed25519.pub");
        String hint = "its author's signature is by a revoked key: draft it anew, and `cairn withdraw ";

        Desk.Ended again = end("alice", "cairn sign stuck.txt && cairn submit stuck.txt");
        assertThat(again.exitCode()).isEqualTo(4);
        assertThat(again.out())
                .noneMatch(line -> line.contains("sign with another") || line.contains("ask "))
                .last()
                .asString()
                .startsWith(hint);
        Desk.Ended verified = end("alice", "cairn verify stuck.txt");
        assertThat(verified.exitCode()).isEqualTo(4);
        assertThat(verified.out()).last().asString().startsWith("refused: " + hint);
        assertThat(run("bob", "cairn pending")).last().asString().contains("refused: " + hint);
        assertThat(end("bob", "cairn approve --yes ../alice/stuck.txt").out())
                .last()
                .asString()
                .startsWith(hint);
        assertThat(run("alice", "cairn withdraw --yes stuck.txt"))
                .last()
                .asString()
                .endsWith("is withdrawn");
    }

    @Test
    void aGenesisDocumentOfAnotherClusterIsToldOnce() throws Exception {
        run("carol", "cairn init --dir other --base-port 2379 --open ''");
        Desk.Ended asked = end(
                "carol",
                "cairn get a --pin other/genesis.json --endpoints "
                        + IntStream.range(0, RealCluster.REPLICAS)
                                .mapToObj(cluster::endpoint)
                                .map(HostPort::toString)
                                .collect(Collectors.joining(",")));
        assertThat(asked.exitCode()).isEqualTo(3);
        assertThat(asked.err())
                .singleElement()
                .asString()
                .startsWith("cairn: these replicas are of chain ")
                .endsWith(": wrong file, or wrong --endpoints?");
    }

    @Test
    void whatHasExpiredIsDraftedAnew() throws Exception {
        run("alice", "cairn draft --put prod/a=1 --expires 1s -m why && cp -r change.txt* ../bob");
        Instant expires =
                Instant.parse(run("alice", "sed -n 's/^expires //p' change.txt").getFirst());
        Await.until("it has expired", PATIENCE, () -> !Instant.now().isBefore(expires));
        Desk.Ended approved = end("bob", "cairn approve --yes change.txt");
        assertThat(approved.exitCode()).isEqualTo(1);
        assertThat(approved.err()).last().asString().contains("change.txt: the change expired at ", "draft and sign");
    }

    @Test
    void whatNeverArrivedIsWithdrawnAndNeverTakenIn() throws Exception {
        run("alice", "cairn draft --put prod/a=1 -m why");
        run("alice", "cairn sign change.txt");
        Desk.Ended other = end("bob", "cp -r ../alice/change.txt* . && cairn withdraw --yes change.txt");
        assertThat(other.exitCode()).isEqualTo(1);
        assertThat(other.err())
                .containsExactly("cairn: the change does not wait, so there is nothing to take back; only its author,"
                        + " alice, withdraws it beforehand");
        assertThat(run("alice", "cairn withdraw --yes change.txt"))
                .last()
                .asString()
                .endsWith("is withdrawn");
        Desk.Ended late = end("bob", "cairn submit ../alice/change.txt");
        assertThat(late.exitCode()).isEqualTo(4);
        assertThat(late.out()).last().asString().endsWith("is withdrawn");
    }

    @Test
    void valuesThatDoNotFitIntoOneRequestComeInOthers() throws Exception {
        StringBuilder draft = new StringBuilder("cairn draft");
        for (int i = 0; i < 6; i++) {
            run("alice", "head -c 400000 /dev/zero | tr '\\0' " + i + " >value" + i);
            draft.append(" --put-file other/" + i + "=value" + i);
        }
        String change = submitted("alice", draft.toString());
        assertThat(run("bob", "cairn approve --yes " + change))
                .last()
                .asString()
                .contains("is executed");
        assertThat(run("carol", "cairn get other/5 | tail -n 1 | tr -d '\\n' | cmp - ../alice/value5"))
                .isEmpty();
    }

    @Test
    void whoGovernedWhenIsKnownAfterCompaction() throws Exception {
        run("bob", "ssh-keygen -q -t ed25519 -N '' -f .ssh/new");
        List<String> changes = new ArrayList<>();
        changes.add(submitted("alice", "cairn draft --put other=1"));
        run("bob", "cairn approve --yes " + changes.getLast());
        changes.add(submitted("bob", "cairn admin --set-key bob=.ssh/new.pub --revoke-key bob=.ssh/id_ed25519.pub"));
        run("alice", "cairn approve --yes " + changes.getLast());
        changes.add(submitted("alice", "cairn draft --put other=2"));
        run("bob", "cairn approve --yes --key .ssh/new " + changes.getLast());
        Desk.Ended before = end("carol", "cairn log --json");
        assertThat(before.exitCode()).isZero();
        changes.add(submitted("alice", "cairn admin --compact 7"));
        assertThat(run("carol", "cairn approve --yes " + changes.getLast())).contains("  compact 7");
        assertThat(end("carol", "cairn get --rev 3 other").err())
                .first()
                .asString()
                .contains("compacted");

        List<String> after = run("carol", "cairn log --json");
        assertThat(after).hasSize(changes.size()).allMatch(line -> line.contains("\"complete\":true"));
        assertThat(after.subList(1, after.size())).isEqualTo(before.out());
    }
}
