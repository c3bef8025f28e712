package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.client.CairnClient;
import dev.cairn.client.ClientSettings;
import dev.cairn.client.Pin;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.OpenSsh;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The collection, built and installed as from a release, in unmodified Ansible, with an agent whose first replica lies. The
 * last tests leave the cluster dead.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RealAnsibleTest {
    private static final Path PLAYBOOKS = Path.of("src/test/ansible").toAbsolutePath();
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    private static final Path COLLECTION = REPOSITORY.resolve("deploy/ansible/cairn/store");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static Ansible ansible;

    @SuppressWarnings("NullAway.Init")
    private static RealCluster cluster;

    @SuppressWarnings("NullAway.Init")
    private static CairnClient client;

    @SuppressWarnings("NullAway.Init")
    private static LyingFrontEnd liar;

    @SuppressWarnings("NullAway.Init")
    private static RealAgent agent;

    @BeforeAll
    static void start() throws Exception {
        OpenSsh.require();
        Path programs = directory.resolve("programs");
        Desk.writeLauncher(programs);
        ansible = new Ansible(
                directory.resolve("home"),
                Map.of(
                        "CAIRN_PIN", directory.resolve("cluster/genesis.json").toString(),
                        "CAIRN_AGENT_SOCKET",
                                directory.resolve("agent/agent.sock").toString(),
                        "CAIRN_PROGRAMS", programs.toString(),
                        "ANSIBLE_COLLECTIONS_PATH", "collections",
                        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED", "true"));
        ansible.succeed("mkdir .ssh; for i in id_ed25519 bob; do ssh-keygen -q -t ed25519 -N '' -f .ssh/$i; done");
        List<String> keys = ansible.succeed("cut -d' ' -f1,2 .ssh/id_ed25519.pub .ssh/bob.pub");
        cluster = new RealCluster(
                directory,
                Governance.parse(
                        Bytes.utf8(
                                "cairn-governance-1\nperson alice\nkey alice " + keys.getFirst()
                                        + "\nperson bob\nkey bob " + keys.getLast() + "\n"
                                        + "guard registry threshold 2 people alice,bob roles - author counts keys any valid 604800\n"
                                        + "open prefix /inventory/\nopen prefix apps/\n"
                                        + "guard prefix one/ threshold 1 people alice roles - author counts keys any valid 604800\n"
                                        + "guard prefix prod/ threshold 2 people alice,bob roles - author counts keys any valid 7200\n")));
        cluster.startAll();
        client = CairnClient.connect(
                ClientSettings.of(Pin.read(cluster.directory(0).resolve("genesis.json")))
                        .withEndpoints(IntStream.range(0, RealCluster.REPLICAS)
                                .mapToObj(cluster::endpoint)
                                .toList())
                        .withTimeout(Duration.ofSeconds(30)));
        liar = new LyingFrontEnd(cluster.endpoint(0), LyingFrontEnd.Lie.CORRUPT);
        List<HostPort> replicas = new ArrayList<>(List.of(liar.address()));
        IntStream.range(1, RealCluster.REPLICAS).mapToObj(cluster::endpoint).forEach(replicas::add);
        agent = new RealAgent(
                directory.resolve("agent"),
                cluster.directory(0).resolve("genesis.json"),
                replicas,
                "cache = apps/",
                "timeout-millis = 8000");
        ansible.succeed("ansible-galaxy collection build '" + COLLECTION + "' --output-path built");
        ansible.succeed("ansible-galaxy collection install built/*.tar.gz --offline -p collections");
        fill();
    }

    private static void fill() throws Exception {
        put("apps/limit", Bytes.utf8("20"));
        put("apps/sub/a", Bytes.utf8("1"));
        put("apps/sub/b", Bytes.utf8("{{ 2 }}"));
        put("apps/binary", Bytes.wrap(new byte[] {(byte) 0xff, 0}));
        put("/inventory/hosts/web1/vars", Bytes.utf8("zone: north\n"));
        put("/inventory/hosts/web2/vars", Bytes.utf8("{zone: south, literal: '{{ 2 }}'}"));
        put("/inventory/groups/web/hosts", Bytes.utf8("[web1, web2]"));
        put("/inventory/groups/web/vars", Bytes.utf8("web_port: 80"));
        put("/inventory/groups/servers/children", Bytes.utf8("- web\n"));
    }

    private static void put(String key, Bytes value) throws Exception {
        var _ = client.submit(new Operation.Put(Bytes.utf8(key), value, 0, false, false, false));
    }

    @AfterAll
    static void stop() {
        if (agent != null) {
            agent.close();
        }
        if (liar != null) {
            liar.close();
        }
        if (client != null) {
            client.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    private static String playbook(String name, String arguments) {
        return "PATH=$PATH:$CAIRN_PROGRAMS ansible-playbook '" + PLAYBOOKS.resolve(name) + "' " + arguments;
    }

    /** What a playbook prints that must not end well. */
    private static String fail(String line) throws Exception {
        Desk.Ended ended = ansible.run(line);
        assertThat(ended.exitCode()).as("%s: %s", line, ended).isNotZero();
        return String.join("\n", ended.out()) + String.join("\n", ended.err());
    }

    @Test
    @Order(1)
    void lookupsOfARunReadAtOneRevision() throws Exception {
        String chain = client.pin().chainId().toHex();
        ansible.succeed(
                playbook("lookups.yml", "-i one,two, -e endpoint=" + cluster.endpoint(1) + " -e chain_id=" + chain));
        assertThat(liar.told()).isPositive();
    }

    @Test
    @Order(2)
    void whatIsNotProvenIsAnErrorAndNeverAnEmptyList() throws Exception {
        ansible.succeed(playbook("refused.yml", ""));
        assertThat(fail(playbook("missing.yml", "")))
                .contains("there is no key 'apps/none'; that is proven")
                .doesNotContain("NOT REACHED");
    }

    @Test
    @Order(2)
    void ansibleDocShowsTheLookup() throws Exception {
        assertThat(ansible.succeed("ansible-doc -t lookup cairn.store.config"))
                .anyMatch(line -> line.contains("cairn.store.config"))
                .anyMatch(line -> line.contains("EXAMPLES"));
    }

    @Test
    @Order(2)
    void theInventoryIsWhatTheKeysSay() throws Exception {
        String inventory = "-i '" + PLAYBOOKS.resolve("fleet.cairn.yml") + "'";
        ansible.succeed(playbook("inventory.yml", inventory));
        assertThat(ansible.succeed("ansible-inventory --graph " + inventory)).contains("  |--@canary:", "  |  |--web1");
        put("/inventory/groups/web/hosts", Bytes.utf8("[web1, web2, web3]"));
        assertThat(fail("ansible-inventory --graph " + inventory))
                .contains("group web has host web3, which has no /inventory/hosts/web3/vars");
        put("/inventory/groups/web/hosts", Bytes.utf8("[web1, web2]"));
        put("/inventory/host/web3/vars", Bytes.utf8("{}"));
        assertThat(fail(playbook("inventory.yml", inventory)))
                .contains("/inventory/host/web3/vars is no key of an inventory")
                .doesNotContain("TASK");
    }

    @Test
    @Order(2)
    void aDraftIsTheTextThatCairnDrafts() throws Exception {
        String draft = playbook("draft.yml", "-e dest=$PWD/change.txt --diff");
        assertThat(ansible.succeed(draft + " --check")).contains("+30").anyMatch(line -> line.contains("changed=True"));
        assertThat(ansible.home().resolve("change.txt")).doesNotExist();
        assertThat(ansible.succeed(draft)).contains("+30").anyMatch(line -> line.contains("changed=True"));
        String text = Files.readString(ansible.home().resolve("change.txt"));
        ansible.succeed("\"$CAIRN_PROGRAMS/cairn\" draft -o cli.txt --author alice"
                + " -m \"$(printf 'Raise the limit, f\\303\\274r Ticket 42')\" --put prod/limit=30 --delete prod/old --put 'prod/a key%='"
                + " --valid-from " + time(text, "valid-from") + " --expires " + time(text, "expires"));
        assertThat(ansible.home().resolve("cli.txt")).hasContent(text);
        ansible.succeed("diff -r change.txt.values cli.txt.values");
        assertThat(ansible.succeed(draft)).anyMatch(line -> line.contains("changed=False"));
        assertThat(ansible.home().resolve("change.txt")).hasContent(text);
        // What the guard allows.
        assertThat(Duration.between(Instant.parse(time(text, "valid-from")), Instant.parse(time(text, "expires"))))
                .isEqualTo(Duration.ofHours(2));
    }

    private static String time(String text, String field) {
        Matcher found =
                Pattern.compile("^" + field + " (.*)$", Pattern.MULTILINE).matcher(text);
        assertThat(found.find()).as(text).isTrue();
        return found.group(1);
    }

    @Test
    @Order(2)
    void nothingIsSubmittedUnsignedAndWhatIsSignedWaitsForTheOthers() throws Exception {
        String draft = playbook("draft.yml", "-e dest=$PWD/waits.txt -e '{submit: true}'");
        assertThat(fail(draft)).contains("waits.txt is not signed");
        List<String> told = ansible.succeed(draft + " -e key=$PWD/.ssh/id_ed25519");
        assertThat(String.join(" ", told))
                .contains("changed=True standing=pending missing=")
                .contains("bob");
        String id = ansible.succeed("sha256sum waits.txt | cut -d' ' -f1").getFirst();
        assertThat(String.join(" ", told)).contains("id=" + id);
        assertThat(ansible.succeed("\"$CAIRN_PROGRAMS/cairn\" pending --json").toString())
                .contains(id);
        assertThat(fail(playbook("draft.yml", "-e dest=$PWD/x.txt -e expected=7")))
                .contains("prod/limit was expected as written at revision 7; it is not there");
        assertThat(fail(playbook("draft.yml", "-e dest=$PWD/x.txt -e author=mallory")))
                .contains("nobody is called mallory here; there are alice, bob");
        assertThat(ansible.home().resolve("x.txt")).doesNotExist();
    }

    @Test
    @Order(2)
    void aChangeThatOneMaySignIsExecutedOnce() throws Exception {
        ansible.succeed(playbook("whole.yml", "-e dest=$PWD/whole.txt -e key=$PWD/.ssh/id_ed25519"));
    }

    @Test
    @Order(2)
    void theRoleInstallsAReplicaAndAnAgentAndNothingTwice() throws Exception {
        ansible.succeed("mkdir -p checkout/.cairn/app-1/lib; echo app-1 >checkout/.cairn/current;"
                + " echo jar >checkout/.cairn/app-1/lib/a.jar; cp '" + REPOSITORY.resolve("cairn") + "' checkout;"
                + " ln -s '" + REPOSITORY.resolve("deploy") + "' checkout/deploy");
        String play = playbook(
                "node.yml",
                "-e node_root=$PWD/root -e node_checkout=$PWD/checkout -e node_genesis=$PWD/../cluster/genesis.json"
                        + " -e node_replica_directory=" + cluster.directory(1) + " -e node_chain_id=");
        String chain = client.pin().chainId().toHex();
        assertThat(fail(play + chain.replaceFirst("^.", "x"))).contains("is not the genesis document of chain x");
        ansible.succeed(play + chain + " --check");
        assertThat(ansible.home().resolve("root")).doesNotExist();
        ansible.succeed(play + chain);
        assertThat(ansible.succeed("cd root; find . -type f -perm /111; sha256sum <etc/cairn/genesis.json;"
                        + " grep ^chain-id etc/cairn/agent.conf; stat -c %a var/lib/cairn/replica/vote.key"))
                .contains("./usr/bin/cairn", "./opt/cairn/cairn", chain + "  -", "chain-id = " + chain, "600");
        ansible.succeed("echo other >root/var/lib/cairn/replica/vote.key");
        assertThat(String.join("\n", ansible.succeed(play + chain))).contains(" changed=0 ");
        assertThat(ansible.home().resolve("root/var/lib/cairn/replica/vote.key"))
                .hasContent("other");
    }

    @Test
    @Order(3)
    void withoutAQuorumOnlyWhoAskedForItGetsTheCopy() throws Exception {
        cluster.kill(1, 2, 3);
        // The last of three tasks alone fails.
        assertThat(fail(playbook("stale.yml", "")))
                .contains("apps/limit is from the agent's copy, at revision")
                .contains("The lookup plugin 'cairn.store.config' failed")
                .containsPattern("localhost +: ok=2 .* failed=1 ");
        assertThat(fail("ansible-inventory --list -i '" + PLAYBOOKS.resolve("fleet.cairn.yml") + "'"))
                .contains("Completely failed to parse inventory source");
    }

    @Test
    @Order(4)
    void withoutAnAgentThereIsNoAnswer() throws Exception {
        agent.kill();
        assertThat(fail(playbook("missing.yml", "")))
                .contains("no agent answers at ")
                .doesNotContain("NOT REACHED");
    }
}
