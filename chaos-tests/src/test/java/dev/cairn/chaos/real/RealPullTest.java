package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.genesis.HostPort;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.OpenSsh;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node that pulls with unmodified Ansible, from an agent whose first replica lies, and what the traps of ansible-pull would
 * have made of it. The last test ends the agent.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RealPullTest {
    private static final String PROGRAM = Path.of("..", "deploy", "ansible", "bin", "cairn-pull")
            .toAbsolutePath()
            .toString();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static Ansible node;

    @SuppressWarnings("NullAway.Init")
    private static Desk alice;

    @SuppressWarnings("NullAway.Init")
    private static RealCluster cluster;

    @SuppressWarnings("NullAway.Init")
    private static LyingFrontEnd liar;

    @SuppressWarnings("NullAway.Init")
    private static RealAgent agent;

    @BeforeAll
    static void start() throws Exception {
        OpenSsh.require();
        Path programs = directory.resolve("programs");
        Desk.writeLauncher(programs);
        node = new Ansible(directory.resolve("web1"), Map.of("ANSIBLE_STDOUT_CALLBACK", "minimal"));
        alice = new Desk(
                Files.createDirectories(directory.resolve("alice")),
                programs,
                Map.of("CAIRN_PIN", "../cluster/genesis.json"));
        for (String home : List.of("alice", "web1")) {
            typed("mkdir ../" + home + "/.ssh; ssh-keygen -q -t ed25519 -N '' -f ../" + home + "/.ssh/id_ed25519");
        }
        List<String> keys = typed("cut -d' ' -f1,2 .ssh/id_ed25519.pub ../web1/.ssh/id_ed25519.pub");
        cluster = new RealCluster(
                directory,
                Governance.parse(
                        Bytes.utf8(
                                "cairn-governance-1\nperson alice\nkey alice " + keys.getFirst()
                                        + "\nnode web1\nkey web1 " + keys.getLast() + "\n"
                                        + "guard registry threshold 1 people alice roles - author counts keys any valid 3600\n"
                                        + "guard prefix /nodes/web1/ threshold 1 people alice,web1 roles - author counts keys any valid 3600\n")));
        cluster.startAll();
        liar = new LyingFrontEnd(cluster.endpoint(0), LyingFrontEnd.Lie.CORRUPT);
        List<HostPort> honest = IntStream.range(1, RealCluster.REPLICAS)
                .mapToObj(cluster::endpoint)
                .toList();
        agent = new RealAgent(
                directory.resolve("agent"),
                cluster.directory(0).resolve("genesis.json"),
                Stream.concat(Stream.of(liar.address()), honest.stream()).toList(),
                "node = web1",
                "key = " + directory.resolve("web1/.ssh/id_ed25519"),
                "timeout-millis = 8000");
        typed("mkdir site");
        publish(
                "hosts: all",
                "ansible.builtin.copy: {content: '{{ said | default(\"hello\") }}', dest: "
                        + directory.resolve("web1/out") + "}");
        settings("when-unchanged = skip");
    }

    /** Writes the node's configuration. */
    private static void settings(String... more) throws Exception {
        List<String> lines = Stream.concat(
                        Stream.of(
                                "repository = fleet",
                                "node = web1",
                                "socket = " + directory.resolve("agent/agent.sock"),
                                "state = " + directory.resolve("web1/state"),
                                "ansible-playbook = " + System.getenv("CAIRN_ANSIBLE") + "/ansible-playbook"),
                        Stream.of(more))
                .toList();
        Files.write(node.home().resolve("pull.conf"), lines);
    }

    /** What is printed by a command of Alice's that must end well. */
    private static List<String> typed(String line) throws Exception {
        Desk.Ended ended = alice.run(line);
        assertThat(ended.exitCode()).as("%s: %s", line, ended).isZero();
        return ended.out();
    }

    private static void publish(String hosts, String task) throws Exception {
        Files.writeString(
                alice.home().resolve("site/site.yml"),
                "- " + hosts + "\n  gather_facts: false\n  tasks:\n  - " + task + "\n");
        typed("cairn push site fleet -m 'As it shall be' --sign --force && cairn submit change.txt");
    }

    private static Desk.Ended pull(String... options) throws Exception {
        return node.run("umask 022; '" + PROGRAM + "' --config pull.conf " + String.join(" ", options));
    }

    private static Desk.Ended pulled() {
        try {
            return pull();
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    private static String said(Desk.Ended ended, int exitCode) {
        assertThat(ended.exitCode()).as(ended.toString()).isEqualTo(exitCode);
        return ended.err().getLast();
    }

    private static String nodes() throws Exception {
        return String.join("\n", typed("cairn nodes"));
    }

    @Test
    @Order(1)
    void theNodeBecomesWhatIsPublishedAndSaysSo() throws Exception {
        Desk.Ended dry = pull("--dry-run");
        assertThat(said(dry, 0)).contains("web1 would be what fleet at revision", "nothing was changed");
        assertThat(node.home().resolve("out")).doesNotExist();
        assertThat(alice.run("cairn nodes").err().getLast()).contains("no node has written a result");

        Desk.Ended first = pull("--json");
        assertThat(said(first, 0)).contains("1 tasks changed something").doesNotContain("not written");
        assertThat(first.out()).hasSize(1).first().asString().contains("\"status\": \"converged\"");
        assertThat(node.home().resolve("out")).hasContent("hello");
        assertThat(nodes()).contains("web1  fleet ", " converged ").doesNotContain("<");
        assertThat(node.succeed("ls state"))
                .as("nothing of the tree is left")
                .containsExactly("converged.json", "lock");
        typed("cairn nodes --check");

        assertThat(said(pull(), 0)).endsWith("as it was; when-unchanged = skip");
        assertThat(nodes()).contains(" unchanged ").doesNotContain("<");
        assertThat(liar.told()).isPositive();
    }

    @Test
    @Order(2)
    void aFailedPlaybookIsRunAgainThoughNothingWasPublished() throws Exception {
        publish(
                "hosts: all",
                "ansible.builtin.shell: echo tried >>" + node.home().resolve("tries") + "; exit 1");
        for (int tries = 1; tries <= 2; tries++) {
            assertThat(said(pull(), 1)).contains("failed; the next run begins anew");
            assertThat(Files.readAllLines(node.home().resolve("tries"))).hasSize(tries);
        }
        assertThat(nodes()).contains(" failed ").contains("<");
        assertThat(alice.run("cairn nodes --check").exitCode()).isEqualTo(1);
    }

    @Test
    @Order(3)
    void aPlayForNobodyIsAFailure() throws Exception {
        publish("hosts: elsewhere", "ansible.builtin.debug: msg=ran");
        assertThat(said(pull(), 1)).contains("no task of fleet at revision").contains("ran on web1");
        assertThat(nodes()).contains(" nothing-ran ");
    }

    @Test
    @Order(4)
    void whatLiesAroundIsNotUsed() throws Exception {
        typed("echo '* text eol=crlf' >site/.gitattributes; echo plain >site/plain");
        publish(
                "hosts: all",
                "ansible.builtin.copy: {content: '{{ said | default(\"hello\") }}', dest: "
                        + node.home().resolve("out")
                        + "}\n  - ansible.builtin.copy: {src: '{{ playbook_dir }}/plain', dest: "
                        + node.home().resolve("plain") + "}");
        // An old checkout with variables and a hook in it; a template for new repositories; variables of who calls.
        node.succeed(
                "mkdir -p state/run-old/tree/host_vars hooks/hooks; echo 'said: planted' >state/run-old/tree/host_vars/web1.yml;"
                        + " printf '#!/bin/sh\\ntouch " + node.home()
                        + "/hooked\\n' >hooks/hooks/post-checkout; chmod +x hooks/hooks/*;"
                        + " git config --global init.templateDir $PWD/hooks; git config --global core.hooksPath $PWD/hooks/hooks");
        Desk.Ended ended = node.run("ANSIBLE_STRATEGY=planted GIT_TEMPLATE_DIR=$PWD/hooks ANSIBLE_INVENTORY=none '"
                + PROGRAM + "' --config pull.conf");
        assertThat(said(ended, 0)).contains("web1 is what fleet at revision");
        assertThat(node.home().resolve("out")).hasContent("hello");
        assertThat(node.home().resolve("plain")).hasBinaryContent("plain\n".getBytes(StandardCharsets.UTF_8));
        assertThat(node.home().resolve("hooked")).doesNotExist();
        assertThat(node.home().resolve("state/run-old")).doesNotExist();
    }

    @Test
    @Order(5)
    void anInventoryThatCannotBeReadAsAWholeIsAFailure() throws Exception {
        typed("mkdir -p site/inventory; echo 'all: {hosts: {web1: }}' >site/inventory/hosts.yml;"
                + " echo 'plugin: cairn.none.hosts' >site/inventory/fleet.cairn.yml");
        publish("hosts: all", "ansible.builtin.file: {path: " + node.home().resolve("half") + ", state: touch}");
        settings("inventory = inventory");
        assertThat(said(pull(), 1)).contains("no task of fleet at revision");
        assertThat(node.home().resolve("half")).doesNotExist();
        typed("rm site/inventory/fleet.cairn.yml");
        publish("hosts: all", "ansible.builtin.debug: msg=ran");
        assertThat(said(pull(), 0)).contains("web1 is what fleet at revision");
        settings("when-unchanged = skip");
    }

    @Test
    @Order(5)
    void oneAtATime() throws Exception {
        Desk.Ended ended =
                node.run("mkdir -p state; chmod 700 state; flock state/lock '" + PROGRAM + "' --config pull.conf");
        assertThat(said(ended, 4)).isEqualTo("cairn-pull: another cairn-pull is under way here");
    }

    @Test
    @Order(6)
    void whicheverReplicaStopsOrIsKilledMeanwhileTheNodePullsAndReads() throws Exception {
        publish(
                "hosts: all",
                "ansible.builtin.uri: {url: 'http://agent/v1/get?key=/repos/fleet/plain', unix_socket: "
                        + directory.resolve("agent/agent.sock")
                        + ", return_content: true}\n    register: read\n    loop: [1, 2, 3]"
                        + "\n  - ansible.builtin.assert: {that: \"read.results | map(attribute='json.value') | unique == ['plain\\n']\"}");
        settings();
        for (int replica = 0; replica < RealCluster.REPLICAS; replica++) {
            CompletableFuture<Desk.Ended> meanwhile = CompletableFuture.supplyAsync(RealPullTest::pulled);
            cluster.signal(replica, "STOP");
            try {
                assertThat(said(meanwhile.join(), 0))
                        .as("while replica " + replica + " stops")
                        .contains("web1 is what");
                assertThat(said(pull(), 0))
                        .as("while replica " + replica + " hangs")
                        .contains("web1 is what");
            } finally {
                cluster.signal(replica, "CONT");
            }
            cluster.kill(replica);
            assertThat(said(pull(), 0)).as("without replica " + replica).contains("web1 is what");
            cluster.start(replica);
            cluster.awaitServing(replica);
        }
        settings("when-unchanged = skip");
    }

    @Test
    @Order(7)
    void aMistakeInTheSettingsIsOneLine() throws Exception {
        settings("reposiory = web");
        Desk.Ended ended = pull();
        assertThat(said(ended, 2)).startsWith("cairn-pull: pull.conf:6: there is no setting 'reposiory'; there are ");
        assertThat(ended.err()).hasSize(1);
        settings("playbook = ../site.yml");
        assertThat(said(pull(), 2))
                .isEqualTo("cairn-pull: pull.conf: playbook is a path in the repository, without '..'");
        settings();
        Path file = node.home().resolve("pull.conf");
        Files.writeString(file, Files.readString(file).replaceFirst("state = .*", "state = pull.conf"));
        assertThat(said(pull(), 2)).startsWith("cairn-pull: state ").endsWith("; make it, or set state to another");
        settings("when-unchanged = skip");
    }

    @Test
    @Order(8)
    void aSocketThatOthersCouldReplaceIsNotAsked() throws Exception {
        node.succeed("chmod o+w ../agent");
        try {
            assertThat(said(pull(), 3)).contains("nothing was run").contains("can be written by others");
        } finally {
            node.succeed("chmod o-w ../agent");
        }
    }

    @Test
    @Order(9)
    void withoutAnAgentNothingRuns() throws Exception {
        publish("hosts: all", "ansible.builtin.file: {path: " + node.home().resolve("ran") + ", state: touch}");
        agent.close();
        Desk.Ended ended = pull();
        assertThat(said(ended, 3)).startsWith("cairn-pull: nothing was run: no agent answers at ");
        assertThat(node.home().resolve("ran")).doesNotExist();
    }

    @AfterAll
    static void stop() {
        if (agent != null) {
            agent.close();
        }
        if (liar != null) {
            liar.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }
}
