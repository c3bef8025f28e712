package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.genesis.GenesisFile;
import dev.cairn.genesis.HostPort;
import dev.cairn.server.config.ServerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitCommandTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path temp;

    @Test
    void makesADirectoryForEachHost() throws Exception {
        Path dir = temp.resolve("c");
        Run run = Run.of(
                new InitCommand(),
                "--dir=" + dir,
                "--replicas=a.example, b.example:4000,[::1]",
                "--name=prod",
                "--open=");
        assertThat(run.exitCode()).isZero();
        GenesisFile genesis = GenesisFile.read(dir.resolve("genesis.json"));
        assertThat(genesis.cluster()).isEqualTo("prod");
        assertThat(genesis.replicas())
                .extracting(GenesisFile.Member::client)
                .containsExactly(
                        new HostPort("a.example", 2379), new HostPort("b.example", 4000), new HostPort("::1", 2379));
        assertThat(genesis.replicas())
                .extracting(GenesisFile.Member::peer)
                .containsExactly(
                        new HostPort("a.example", 2380), new HostPort("b.example", 4001), new HostPort("::1", 2380));
        assertThat(run.out())
                .contains(genesis.chainId().toHex())
                .contains("tolerates 0 faulty replicas")
                .contains("replica 2  clients [::1]:2379");
        assertThat(dir.resolve(".gitignore")).content().contains("*");
        for (int i = 0; i < 3; i++) {
            Path config = dir.resolve("replica-" + i).resolve("server.conf");
            ServerConfig.load(config);
            String seed = Files.readString(config.resolveSibling("vote.key")).strip();
            assertThat(run.out()).doesNotContain(seed);
        }
    }

    @Test
    void refusesWhatIsThereAndWhatMakesNoSense() {
        Path dir = temp.resolve("c");
        assertThat(Run.of(new InitCommand(), "--dir=" + dir, "--open", "").exitCode())
                .isZero();
        Run again = Run.of(new InitCommand(), "--dir=" + dir, "--open", "");
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("nothing in it will be overwritten").hasLineCount(1);
        assertThat(Run.of(new InitCommand(), "--dir=" + dir, "--open=", "--replicas=a:b")
                        .exitCode())
                .isEqualTo(2);
        assertThat(Run.of(new InitCommand(), "--dir=" + temp.resolve("d"), "--open=", "--replicas=a,a")
                        .err())
                .contains("the same address stands twice: a:2379");
        assertThat(Run.of(new InitCommand(), "--dir=" + temp.resolve("d"), "--open=", "--base-port=65530")
                        .exitCode())
                .isEqualTo(2);
        for (String nonsense : List.of("--replicas=0", "--replicas=4000", "--name=a=b")) {
            assertThat(Run.of(new InitCommand(), "--dir=" + temp.resolve("d"), "--open=", nonsense))
                    .as(nonsense)
                    .extracting(Run::exitCode)
                    .isEqualTo(2);
        }
        assertThat(Run.of(
                                new InitCommand(),
                                "--dir=" + temp.resolve("d"),
                                "--open=",
                                "--replicas=a,b",
                                "--base-port=1000")
                        .exitCode())
                .isEqualTo(2);
        assertThat(Run.of(new InitCommand()).exitCode()).isEqualTo(2);
        assertThat(temp.resolve("d")).doesNotExist();
    }
}
