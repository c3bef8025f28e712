package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.genesis.HostPort;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.OpenSsh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Unmodified git, and ansible-pull, fetch from two agents. Each agent asks one who lies first, and then honest replicas; four
 * real processes are behind them. The tests go on from each other, and the last leaves the cluster without a quorum.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RealGitTest {
    private static final String TIMEOUT = "timeout-millis = 8000";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static Desk alice;

    @SuppressWarnings("NullAway.Init")
    private static RealCluster cluster;

    private static final List<AutoCloseable> OPEN = new ArrayList<>();

    /** Says for ever what was true when it was first asked. */
    @SuppressWarnings("NullAway.Init")
    private static LyingFrontEnd past;

    @BeforeAll
    static void publish() throws Exception {
        OpenSsh.require();
        Ansible.requireGit();
        Path programs = directory.resolve("programs");
        Desk.writeLauncher(programs);
        Path helper = Path.of("..", "deploy", "ansible", "bin", "git-remote-cairn");
        Files.createSymbolicLink(programs.resolve("git-remote-cairn"), helper.toRealPath());
        Path home = Files.createDirectories(directory.resolve("alice"));
        alice = new Desk(
                home,
                programs,
                Map.of(
                        "CAIRN_PIN",
                        "../cluster/genesis.json",
                        "CAIRN_AGENT_SOCKET",
                        directory.resolve("one/agent.sock").toString()));
        run("mkdir .ssh; ssh-keygen -q -t ed25519 -N '' -C alice -f .ssh/id_ed25519");
        String key = run("cut -d' ' -f1,2 .ssh/id_ed25519.pub").getFirst();
        cluster = new RealCluster(
                directory,
                Governance.parse(Bytes.utf8("cairn-governance-1\nperson alice\nkey alice " + key
                        + "\nguard registry threshold 1 people alice roles - author counts keys any valid 3600\n")));
        cluster.startAll();
        past = lying(LyingFrontEnd.Lie.REPEAT, 1);
        run(
                "mkdir -p site/roles; cd site; echo hello >'a file'; : >empty; echo '#!/bin/sh' >run; chmod +x run;"
                        + " ln -s ../run roles/run; head -c 300000 /dev/urandom >roles/binary; echo '*.retry' >.gitignore;"
                        + " printf -- '- hosts: localhost\\n  gather_facts: false\\n  tasks:\\n  - debug: msg=ran\\n' >local.yml");
        run("cairn push site web -m 'First' --sign && cairn submit change.txt && cp -a site before");
        agent("one", lying(LyingFrontEnd.Lie.CORRUPT, 0).address(), cluster.endpoint(1), cluster.endpoint(2));
        agent("two", lying(LyingFrontEnd.Lie.UNCERTIFIED, 3).address(), cluster.endpoint(2), cluster.endpoint(3));
    }

    private static LyingFrontEnd lying(LyingFrontEnd.Lie lie, int replica) throws IOException {
        LyingFrontEnd liar = new LyingFrontEnd(cluster.endpoint(replica), lie);
        OPEN.add(liar);
        return liar;
    }

    private static RealAgent agent(String name, HostPort... replicas) throws Exception {
        Path genesis = cluster.directory(0).resolve("genesis.json");
        RealAgent agent = new RealAgent(directory.resolve(name), genesis, List.of(replicas), TIMEOUT);
        OPEN.add(agent);
        return agent;
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable each : OPEN.reversed()) {
            each.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    /** What is printed by a command that must end well. */
    private static List<String> run(String line) throws Exception {
        Desk.Ended ended = alice.run(line);
        assertThat(ended.exitCode()).as("%s: %s", line, ended).isZero();
        return ended.out();
    }

    /** A fetch that must fail, through the agent of that name: git says one line, and there is no directory. */
    private static String refused(String agent, String repository) throws Exception {
        Desk.Ended ended = alice.run(
                "CAIRN_AGENT_SOCKET=../" + agent + "/agent.sock git clone -q cairn://" + repository + " never");
        assertThat(ended.exitCode()).as(ended.toString()).isNotZero();
        assertThat(ended.err()).hasSize(1);
        assertThat(alice.home().resolve("never")).doesNotExist();
        return ended.err().getFirst();
    }

    @Test
    @Order(1)
    void twoAgentsMakeTheSameCommitOfWhatWasPublished() throws Exception {
        run("git clone -q cairn://web one && diff -r --no-dereference -x .git site one && test -x one/run");
        run("CAIRN_AGENT_SOCKET=../two/agent.sock git clone -q --depth 1 cairn://web two");
        run("diff -r --no-dereference -x .git site two && git -C one fsck --strict && git -C two fsck --strict");
        assertThat(run("git -C two rev-parse HEAD")).isEqualTo(run("git -C one rev-parse HEAD"));
        assertThat(run("git -C one log --format='%an %ae %s %P' ; git -C one status -s"))
                .containsExactly("alice alice@real First ");
        // It is told what is true now, and repeats it later.
        agent("three", past.address());
        assertThat(alice.run("CAIRN_AGENT_SOCKET=../three/agent.sock git ls-remote cairn://web")
                        .exitCode())
                .isNotZero();
    }

    @Test
    @Order(2)
    void whatIsPublishedAnewIsFetchedAndTheOldIsATag() throws Exception {
        long revision = Long.parseLong(
                run("git -C one log -1 --format=%B | sed -n 's/^Revision: //p'").getFirst());
        run(
                "cd site; rm empty; chmod -x run; echo more >>'a file'; cd ..; cairn push site web -m 'Second' --sign --force"
                        + " && cairn submit change.txt");
        run("git -C one fetch -q && git -C one reset -q --hard origin/main");
        run("diff -r --no-dereference -x .git site one && test ! -x one/run && git -C one fsck --strict");
        run("CAIRN_AGENT_SOCKET=../two/agent.sock git clone -q cairn://web fresh");
        assertThat(run("git -C fresh cat-file commit HEAD")).isEqualTo(run("git -C one cat-file commit HEAD"));
        assertThat(run("git -C fresh show-ref --tags"))
                .isEqualTo(run("git -C one show-ref --tags"))
                .hasSize(2);
        run("git clone -q --depth 1 -b rev-" + revision
                + " cairn://web old && diff -r --no-dereference -x .git before old");
        long start = System.nanoTime();
        run("for i in 1 2 3 4 5 6 7 8 9 10; do git -C one fetch -q || exit 1; done");
        System.out.println("an unchanged fetch, all of it: " + Duration.ofNanos((System.nanoTime() - start) / 10));
        Desk.Ended pushed = alice.run("git -C one push -q origin main");
        assertThat(pushed.exitCode()).isNotZero();
        assertThat(pushed.err()).anyMatch(line -> line.contains("`cairn push DIR web`"));
    }

    /** {@code CAIRN_LARGE_COLLECTION=$(.ci/large-collection)} has it tested: 873 files, 10 MB. */
    @Test
    @Order(3)
    @EnabledIfEnvironmentVariable(named = "CAIRN_LARGE_COLLECTION", matches = ".+")
    void aLargeCollectionIsTheSameFromBothAgents() throws Exception {
        String collection = System.getenv("CAIRN_LARGE_COLLECTION");
        run("cairn push '" + collection + "' general -m 'All of it' --sign -o general.txt && cairn submit general.txt");
        run("git clone -q cairn://general general-1 && diff -r --no-dereference -x .git '" + collection
                + "' general-1");
        run("CAIRN_AGENT_SOCKET=../two/agent.sock git clone -q cairn://general general-2");
        run("diff -r --no-dereference -x .git '" + collection + "' general-2");
        assertThat(run("git -C general-2 rev-parse HEAD")).isEqualTo(run("git -C general-1 rev-parse HEAD"));
    }

    @Test
    @Order(3)
    void ansiblePullRunsWhatWasPublished() throws Exception {
        Ansible ansible = new Ansible(
                directory.resolve("node"),
                Map.of(
                        "CAIRN_AGENT_SOCKET",
                        directory.resolve("two/agent.sock").toString(),
                        "PATH",
                        directory.resolve("programs") + ":" + System.getenv("PATH")));
        assertThat(ansible.succeed("ansible-pull -i localhost, -U cairn://web -d D"))
                .anyMatch(line -> line.contains("ran"));
        assertThat(ansible.succeed("git -C D rev-parse HEAD; git -C D fsck --strict"))
                .isEqualTo(run("git -C one rev-parse HEAD"));
        String first = run("git -C one tag --sort=version:refname").getFirst();
        ansible.succeed("ansible-pull -i localhost, -U cairn://web -C " + first + " --full -d D");
        assertThat(ansible.succeed("cat 'D/a file'")).containsExactly("hello");
        String commit = run("git -C one rev-parse HEAD").getFirst();
        ansible.succeed("ansible-pull -i localhost, -U cairn://web -C " + commit + " -d D2");
        assertThat(ansible.succeed("cat 'D2/a file'")).containsExactly("hello", "more");
        Desk.Ended down = ansible.run("CAIRN_AGENT_SOCKET=none ansible-pull -i localhost, -U cairn://web -d D3");
        assertThat(down.exitCode()).isNotZero();
        assertThat(down.out()).noneMatch(line -> line.contains("ran"));
    }

    @Test
    @Order(4)
    void whatOnlyLiarsTellIsNeverCheckedOut() throws Exception {
        agent(
                "four",
                lying(LyingFrontEnd.Lie.CORRUPT, 0).address(),
                lying(LyingFrontEnd.Lie.UNCERTIFIED, 1).address());
        assertThat(refused("four", "web")).startsWith("fatal: remote error: ");
        assertThat(refused("none", "web")).startsWith("git-remote-cairn: the agent does not answer at ");
    }

    /** The second agent has seen what was published last; then all that it can ask is one who tells of before. */
    @Test
    @Order(5)
    void anAgentThatBeganAnewIsNotTakenBack() throws Exception {
        RealAgent two = (RealAgent) OPEN.stream()
                .filter(each ->
                        each instanceof RealAgent agent && agent.socket().startsWith(directory.resolve("two")))
                .findFirst()
                .orElseThrow();
        two.close();
        agent("two", past.address());
        assertThat(past.told()).isPositive();
        assertThat(refused("two", "web")).startsWith("fatal: remote error: ");
    }

    @Test
    @Order(6)
    void whatIsNoTreeIsRefusedWhereItIsPublishedAndWhereItIsFetched() throws Exception {
        run("mkdir -p m g/sub l; : >m/.gitmodules; git init -q g/sub; ln -s ../../etc/passwd l/a");
        for (String each : List.of("m", "g", "l")) {
            Desk.Ended ended = alice.run("cairn push " + each + " bad -m 'Bad'");
            assertThat(ended.exitCode()).as(ended.toString()).isEqualTo(1);
            assertThat(ended.err()).hasSize(1);
        }
        run("printf 'cairn-modes-1\\n160000 a\\n' >link; printf 'cairn-modes-1\\n120000 a\\n' >modes;"
                + " cairn draft --put /repos/m/.gitmodules=x --put-file /repos/g/.cairn/modes=link --put /repos/g/a=x"
                + " --put-file /repos/l/.cairn/modes=modes --put /repos/l/a=../../etc/passwd --put /repos/d/a/../b=x"
                + " -m 'No trees' --force && cairn sign change.txt && cairn submit change.txt");
        assertThat(refused("one", "m")).endsWith("repository m: .gitmodules: .gitmodules would be taken for git's own");
        assertThat(refused("one", "g"))
                .contains("repository g: what says which files are executable or links cannot be read");
        assertThat(refused("one", "l"))
                .endsWith("repository l: a: the link leads out of the tree, to \"../../etc/passwd\"");
        assertThat(refused("one", "d")).contains("repository d: a/../b: no part of a path is empty");
        run("git -C one fetch -q");
    }

    @Test
    @Order(7)
    void withoutAQuorumNothingIsFetched() throws Exception {
        cluster.kill(0, 3);
        assertThat(refused("one", "web")).startsWith("fatal: remote error: ");
    }
}
