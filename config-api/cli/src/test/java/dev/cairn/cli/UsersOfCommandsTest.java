package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cli.bench.BenchCommand;
import dev.cairn.proto.etcdserverpb.Member;
import dev.cairn.proto.v1.ReplicaStatusResponse;
import dev.cairn.server.config.KeyFiles;
import dev.cairn.server.config.NewCluster;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/** Commands with {@code --user}, and those that should have had it. */
class UsersOfCommandsTest {
    private static final String USER = "--user=ann:secret:word";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private final FakeEtcd.Store store = new FakeEtcd.Store();

    @SuppressWarnings("NullAway.Init")
    private FakeEtcd replica;

    @BeforeEach
    void start() throws Exception {
        replica = new FakeEtcd(store);
    }

    @AfterEach
    void stop() throws Exception {
        replica.close();
    }

    private Run run(Function<Output, Object> command, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--endpoints=" + replica.endpoint());
        return Run.of(command, all.toArray(String[]::new));
    }

    @Test
    void aUserIsSignedIn() {
        replica.users().enable("secret:word");
        assertThat(run(PutCommand::new, "a", "1", USER)).isEqualTo(new Run(0, "OK\n", ""));
        assertThat(run(GetCommand::new, "a", USER)).isEqualTo(new Run(0, "a\n1\n", ""));
        assertThat(run(ListCommand::new, USER).out()).isEqualTo("a\n");
        assertThat(run(WatchCommand::new, "a", "--rev=2", "--limit=1", USER).out())
                .contains("a");
        assertThat(run(DelCommand::new, "a", USER).out()).isEqualTo("1\n");
    }

    @Test
    void aLoadIsAUsersToo() {
        replica.users().enable("word");
        String endpoint = "--endpoints=" + replica.endpoint();
        String[] load = {"put", "--total=20", "--warmup=0", "--clients=2", endpoint};
        assertThat(Run.of(new BenchCommand(), load).exitCode()).isEqualTo(1);
        String[] anns = {"put", "--total=20", "--warmup=0", "--clients=2", endpoint, "--user=ann:word"};
        Run run = Run.of(new BenchCommand(), anns);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(replica.users().passwordsSent()).isEqualTo(1);
    }

    @Test
    void noPasswordIsSentWherePermissionsAreNotEnabled() {
        assertThat(run(PutCommand::new, "a", "1", USER)).isEqualTo(new Run(0, "OK\n", ""));
        assertThat(replica.users().passwordsSent()).isZero();
    }

    @Test
    void whoNamesNobodyHearsOfTheOption() {
        replica.users().enable("word");
        List<Run> runs =
                List.of(run(PutCommand::new, "a", "1"), run(GetCommand::new, "a"), run(WatchCommand::new, "a"));
        for (Run run : runs) {
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err())
                    .isEqualTo("cairn: " + replica.endpoint()
                            + ": permissions are enabled, and it is not told who asks; sign in with --user NAME\n");
        }
    }

    @Test
    void aWrongPasswordIsSaidToBeOneAndNotPrinted() {
        replica.users().enable("word");
        Run run = run(GetCommand::new, "a", "--json", "--user=ann:guessed");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("cairn: " + replica.endpoint()
                        + ": user ann is not signed in: authentication failed, invalid user ID or password\n");
        assertThat(run.out() + run.err()).doesNotContain("guessed");
        assertThat(replica.users().passwordsSent()).isEqualTo(1);
    }

    @Test
    void whatIsNotPermittedIsNamed() {
        replica.users().enable("word");
        replica.refuse(Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied"));
        denied("user ann may not write the key \"b/1\"", run(PutCommand::new, "b/1", "x", "--user=ann:word"));
        denied("user ann may not read the key \"b\"", run(GetCommand::new, "b", "--user=ann:word"));
        denied(
                "user ann may not read the keys that begin with \"b/\"",
                run(GetCommand::new, "b/", "--prefix", "--user=ann:word"));
        denied("user ann may not read all keys", run(ListCommand::new, "--user=ann:word"));
        denied("user ann may not delete the key \"b\"", run(DelCommand::new, "b", "--user=ann:word"));
    }

    private void denied(String what, Run run) {
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("cairn: " + replica.endpoint() + ": permission denied: " + what + "\n");
    }

    @Test
    void aRefusedWatchIsToldInTheSameWords() {
        Status status =
                Permission.ofCancelledWatch("rpc error: code = PermissionDenied desc = etcdserver: permission denied");
        assertThat(Permission.problem(status, Optional.empty(), "watch all keys"))
                .isEqualTo("permission denied: whoever asks here may not watch all keys");
        assertThat(Permission.problem(Permission.ofCancelledWatch("gone"), Optional.empty(), "watch"))
                .isEqualTo("gone");
    }

    @Test
    void statusNeedsNoPasswordUntilItAsksForMembers() {
        replica.users().enable("word");
        replica.report(ReplicaStatusResponse.newBuilder().setReplicas(2).build());
        replica.nameMembers(List.of(Member.newBuilder()
                .setName("replica-1")
                .addClientURLs("http://127.0.0.1:1")
                .build()));
        assertThat(run(StatusCommand::new).out()).doesNotContain("127.0.0.1:1 ");
        assertThat(run(StatusCommand::new, "--user=ann:word").out()).contains("127.0.0.1:1 ");
        replica.report(ReplicaStatusResponse.newBuilder().setReplicas(1).build());
        int before = replica.users().passwordsSent();
        run(StatusCommand::new, "--user=ann:word");
        assertThat(replica.users().passwordsSent()).isEqualTo(before);
    }

    @Test
    void aReplicaThatWantsACertificateSaysSo() throws Exception {
        Path cluster = directory.resolve("c");
        assertThat(Run.of(new InitCommand(), "--dir=" + cluster, "--client-tls", "--open=")
                        .exitCode())
                .isZero();
        Path files = NewCluster.replicaDirectory(cluster, 0);
        String cacert = "--cacert=" + files.resolve(KeyFiles.TLS_AUTHORITY);
        FakeEtcd strict = FakeEtcd.wantingCertificates(store, files);
        try {
            String endpoints = "--endpoints=https://" + strict.endpoint();
            String wanted = "it wants to see a certificate of the client's: name one with --cert and --cert-key";
            assertThat(Run.of(StatusCommand::new, cacert, endpoints).out()).contains(wanted);
            assertThat(Run.of(GetCommand::new, "a", cacert, endpoints).err()).contains(wanted);
            String foreign =
                    "its certificate is of no authority that is believed here: name the right one with --cacert";
            assertThat(Run.of(StatusCommand::new, endpoints).out()).contains(foreign);
        } finally {
            strict.close();
        }
    }

    /** The option alone. */
    static final class Bare {
        @Mixin
        UserOption user = new UserOption();
    }

    private static Optional<UserOption.Named> named(String option, Map<String, String> environment, String... typed) {
        Bare bare = new Bare();
        var _ = new CommandLine(bare);
        return bare.user.named(
                option.isEmpty() ? null : option,
                environment,
                user -> typed.length == 0 ? Optional.empty() : Optional.of(typed[0] + " of " + user));
    }

    @Test
    void theNameEndsAtTheFirstColonAndThePasswordMayComeFromElsewhere() {
        assertThat(named("", Map.of())).isEmpty();
        assertThat(named("ann:a:b", Map.of())).contains(new UserOption.Named("ann", "a:b"));
        assertThat(named("ann:", Map.of("CAIRN_PASSWORD", "p"))).contains(new UserOption.Named("ann", ""));
        assertThat(named("ann", Map.of("CAIRN_PASSWORD", "p"))).contains(new UserOption.Named("ann", "p"));
        assertThat(named("", Map.of("CAIRN_USER", "bob:q"))).contains(new UserOption.Named("bob", "q"));
        assertThat(named("ann", Map.of("CAIRN_USER", "bob:q"), "typed"))
                .contains(new UserOption.Named("ann", "typed of ann"));
        assertThatThrownBy(() -> named("ann", Map.of()))
                .isInstanceOf(ParameterException.class)
                .hasMessage("--user: there is no terminal to ask for the password of ann on; set $CAIRN_PASSWORD");
        assertThatThrownBy(() -> named(":p", Map.of())).hasMessage("--user names nobody; write NAME");
        assertThat(new UserOption.Named("ann", "hidden").toString()).doesNotContain("hidden");
    }
}
