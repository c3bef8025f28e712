package dev.cairn.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.agent.http.AllowedUids;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.config.NewCluster;
import dev.cairn.server.config.StartupException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentConfigTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path temp;

    @SuppressWarnings("NullAway.Init")
    private GenesisFile genesis;

    @BeforeEach
    void found() throws Exception {
        genesis = new NewCluster("demo", Instant.now(), Parameters.DEFAULT, NewCluster.local(4, 2379), Governance.OPEN)
                .create(temp.resolve("c"));
    }

    private AgentConfig load(String... lines) throws Exception {
        Path file = temp.resolve("c").resolve("agent.conf");
        Files.writeString(file, String.join("\n", lines));
        return AgentConfig.load(file);
    }

    private String chainLine() {
        return "chain-id = " + genesis.chainId().toHex();
    }

    @Test
    void theChainIdIsAllThatMustBeSaid() throws Exception {
        AgentConfig config = load(chainLine());
        assertThat(config.pin().chainId()).isEqualTo(genesis.chainId());
        assertThat(config.replicas()).hasSize(4).contains(new HostPort("127.0.0.1", 2379));
        assertThat(config.socket()).isEqualTo(temp.resolve("c").resolve("agent.sock"));
        assertThat(config.state()).isEqualTo(temp.resolve("c").resolve("state"));
        assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.cached()).isEmpty();
        int own = (Integer) Files.getAttribute(temp, "unix:uid");
        assertThat(config.allowed().allows(own)).isTrue();
        assertThat(config.allowed().allows(0)).isTrue();
        assertThat(config.allowed().allows(own + 1)).isFalse();
    }

    @Test
    void aUserHasAPasswordInAFileOfTheAgentsOwn() throws Exception {
        Path file = temp.resolve("c").resolve("pw");
        Files.writeString(file, "hidden word\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        AgentConfig config = load(chainLine(), "user = web", "password-file = pw");
        assertThat(config.user()).contains(new AgentUser("web", Optional.of(file)));
        assertThat(config.toString()).doesNotContain("hidden");
        assertThat(load(chainLine()).user()).isEmpty();
        assertThat(load(chainLine(), "user = web", "tls-authority = a", "tls-certificate = b", "tls-key = c")
                        .user())
                .contains(new AgentUser("web", Optional.empty()));

        refusedUser("nothing shows who the agent is; set password-file", "user = web");
        refusedUser("whose password is it? Set user", "password-file = pw");
        refusedUser("there is no such file", "user = web", "password-file = none");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        refusedUser("others may read or change this password; run: chmod 600", "user = web", "password-file = pw");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        for (String text : List.of("", "\n", "hidden\nwords\n")) {
            Files.writeString(file, text);
            refusedUser("a password is one line", "user = web", "password-file = pw");
        }
    }

    private void refusedUser(String why, String... lines) {
        String[] all =
                Stream.concat(Stream.of(chainLine()), Arrays.stream(lines)).toArray(String[]::new);
        assertThatThrownBy(() -> load(all))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining("hidden");
    }

    @Test
    void everythingElseMayBeSaid() throws Exception {
        AgentConfig config = load(
                chainLine(),
                "replicas = a:1, b:2",
                "allow-uids = 7, 1000",
                "cache = apps/web/, fleet/, apps/",
                "cache-bytes = 1000",
                "timeout-millis = 250",
                "etcd-listen = 127.0.0.1:2379",
                "etcd-socket = run/etcd.sock",
                "socket = run/a.sock");
        assertThat(config.replicas()).containsExactly(new HostPort("a", 1), new HostPort("b", 2));
        assertThat(config.allowed()).isEqualTo(new AllowedUids.Some(Set.of(7, 1000)));
        assertThat(config.cached()).containsExactly(Bytes.utf8("apps/"), Bytes.utf8("fleet/"));
        assertThat(config.cacheBytes()).isEqualTo(1000);
        assertThat(config.timeout()).isEqualTo(Duration.ofMillis(250));
        assertThat(config.etcdListen()).hasValue(new HostPort("127.0.0.1", 2379));
        assertThat(config.etcdSocket()).hasValue(temp.resolve("c").resolve("run/etcd.sock"));
        assertThat(load(chainLine(), "allow-uids = any").allowed()).isEqualTo(new AllowedUids.Any());
    }

    @Test
    void theDocumentationShowsOneThatLoads() throws Exception {
        String[] shown = Files.readString(Path.of("..", "..", "docs", "agent.md"))
                .lines()
                .dropWhile(line -> !line.equals("## Starting it"))
                .skip(2)
                .takeWhile(line -> line.startsWith("    "))
                .map(line -> line.startsWith("    chain-id") ? chainLine() : line.strip())
                .toArray(String[]::new);
        AgentConfig config = load(shown);
        assertThat(config.cached()).hasSize(2);
        assertThat(config.socket()).isEqualTo(Path.of("/run/cairn/agent.sock"));
    }

    @Test
    void whatIsWrongIsToldWithItsLine() {
        assertRefused("the key \"chain-id\" is missing", "socket = a");
        assertRefused(
                "agent.conf:1: chain-id: the genesis document is that of chain "
                        + genesis.chainId().toHex(),
                "chain-id = " + "ab".repeat(32));
        assertRefused("agent.conf:2: unknown key \"sockets\"", chainLine(), "sockets = a");
        assertRefused("agent.conf:2: allow-uids: \"root\" is no user id", chainLine(), "allow-uids = root");
        assertRefused("agent.conf:2: replicas: \"a\" has no port", chainLine(), "replicas = a");
        assertRefused(
                "agent.conf:2: socket: the path of a socket has at most 107",
                chainLine(),
                "socket = " + "a".repeat(108));
        assertRefused("agent.conf:2: timeout-millis: nothing is answered", chainLine(), "timeout-millis = 0");
        assertThatThrownBy(() -> AgentConfig.load(temp.resolve("none.conf")))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("there is no such configuration file");
    }

    private void assertRefused(String why, String... lines) {
        assertThatThrownBy(() -> load(lines))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining(why);
    }

    @Test
    void withAKeyWhoeverReachesEtcdsApiIsAWriter() throws Exception {
        newKey();
        String[] signer = {chainLine(), "key = node.key", "node = web1"};
        String listen = "etcd-listen = 127.0.0.1:2379";
        String socket = "etcd-socket = etcd.sock";
        String everyUser = "agent.conf:4: etcd-listen: with a key, every user of this machine";
        assertRefused(everyUser, with(signer, listen));
        assertRefused(everyUser, with(signer, listen, "write-uids = 0, 7"));
        assertThat(load(with(signer, listen, "write-uids = any")).etcdListen()).isPresent();

        String allAllowed = "agent.conf:4: etcd-socket: with a key, all of allow-uids";
        assertRefused(allAllowed, with(signer, socket, "allow-uids = 7, 8", "write-uids = 7"));
        assertRefused(allAllowed, with(signer, socket, "allow-uids = any", "write-uids = 7"));
        assertThat(load(with(signer, socket)).etcdSocket()).isPresent();
        assertThat(load(with(signer, socket, "allow-uids = 7", "write-uids = 7, 8"))
                        .etcdSocket())
                .isPresent();

        assertThat(load(chainLine(), listen, socket, "allow-uids = any").key()).isEmpty();
    }

    @Test
    void tlsNeedsToKnowWhomToBelieveAndACertificateItsKey() throws Exception {
        String authority = "tls-authority = ca.crt";
        String certificate = "tls-certificate = agent.crt";
        String key = "tls-key = agent.key";
        assertThat(load(chainLine()).tls()).isEmpty();
        assertThat(load(chainLine(), authority).tls().orElseThrow().own()).isEmpty();
        assertThat(load(chainLine(), authority, certificate, key)
                        .tls()
                        .orElseThrow()
                        .own())
                .isPresent();
        assertRefused("stand together", chainLine(), authority, certificate);
        assertRefused("stand together", chainLine(), authority, key);
        assertRefused("set tls-authority", chainLine(), certificate, key);
    }

    private static String[] with(String[] lines, String... more) {
        return Stream.concat(Arrays.stream(lines), Arrays.stream(more)).toArray(String[]::new);
    }

    private Path newKey() throws Exception {
        Path key = temp.resolve("c").resolve("node.key");
        Process made = new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString())
                .inheritIO()
                .start();
        assertThat(made.waitFor()).isZero();
        return key;
    }

    @Test
    void aKeyStandsWithTheNameOfItsNode() throws Exception {
        Path key = newKey();
        AgentConfig config = load(chainLine(), "key = node.key", "node = web1", "write-uids = 7");
        assertThat(config.key()).hasValueSatisfying(signer -> {
            assertThat(signer.name().text()).isEqualTo("web1");
            assertThat(signer.toString()).contains("SHA256:");
        });
        assertThat(config.writers().allows(7)).isTrue();
        assertThat(config.writers().allows(0)).isFalse();
        assertThatThrownBy(() -> load(chainLine(), "key = node.key"))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("key and node stand together");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> load(chainLine(), "key = node.key", "node = web1"))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("chmod 600");
        assertThatThrownBy(() -> load(chainLine(), "key = none.key", "node = web1"))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("there is no such private key");
    }
}
