package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.cairn.genesis.json.Json;
import dev.cairn.proto.etcdserverpb.PutRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A change is drafted and compared against what real processes prove. */
class RealDraftTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private record Ended(int exitCode, List<String> lines) {}

    private Ended cairn(RealCluster cluster, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(StartUp.cairn());
        command.addAll(List.of(arguments));
        command.addAll(List.of(
                "--timeout",
                "30",
                "--pin",
                cluster.directory(0).resolve("genesis.json").toString()));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().remove("CAIRN_ENDPOINTS");
        builder.environment().put("XDG_STATE_HOME", directory.resolve("state").toString());
        Process process = builder.start();
        List<String> lines = process.inputReader(StandardCharsets.UTF_8).lines().toList();
        return new Ended(process.waitFor(), lines);
    }

    private static void put(RealCluster cluster, String key, String value) {
        put(cluster, 0, key, value);
    }

    private static void put(RealCluster cluster, int replica, String key, String value) {
        var _ = cluster.kv(replica)
                .put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(ByteString.copyFromUtf8(value))
                        .build());
    }

    private Ended draft(RealCluster cluster, String... more) throws Exception {
        List<String> all =
                new ArrayList<>(List.of("draft", "--governance", "governance", "--author", "alice", "-m", "why"));
        all.addAll(List.of(more));
        return cairn(cluster, all.toArray(String[]::new));
    }

    @Test
    void aDraftExpectsWhatIsThereAndTheDiffShowsWhatHasChangedSince() throws Exception {
        Files.writeString(directory.resolve("governance"), "cairn-governance-1\nopen everything\n");
        Files.createDirectories(directory.resolve("wanted"));
        Files.writeString(directory.resolve("wanted").resolve("a"), "1");
        Files.writeString(directory.resolve("wanted").resolve("b"), "2");
        try (RealCluster cluster = new RealCluster(directory)) {
            cluster.startAll();
            put(cluster, "app/a", "1");
            put(cluster, "app/old", "x");
            put(cluster, "tmp/1", "y");

            Ended drafted = draft(cluster, "--from-dir", "wanted", "app/", "--prune", "--delete-range", "tmp/", "tmp0");
            assertThat(drafted.exitCode()).as("%s", drafted.lines()).isZero();
            assertThat(Files.readAllLines(directory.resolve("change.txt")))
                    .contains("expect app/b absent", "expect app/old revision 3", "expect tmp/1 revision 4")
                    .contains("delete app/old", "delete-range tmp/ tmp0")
                    .noneMatch(line -> line.startsWith("put app/a "));

            Ended diff = cairn(cluster, "diff", "change.txt");
            assertThat(diff.exitCode()).as("%s", diff.lines()).isZero();
            assertThat(diff.lines())
                    .containsSequence(
                            "--- (absent)", "+++ app/b", "+2", "--- app/old  (revision 3)", "+++ (deleted)", "-x");

            put(cluster, "app/old", "changed");
            Ended late = cairn(cluster, "diff", "change.txt");
            assertThat(late.exitCode()).isEqualTo(4);
            assertThat(late.lines())
                    .last()
                    .isEqualTo("conflict: key app/old should be that of revision 3, and it was last written at"
                            + " revision 5");

            put(cluster, "app/b", "2");
            Ended nothing = draft(cluster, "--from-dir", "wanted", "app/", "-o", "none.txt");
            assertThat(nothing.exitCode()).isEqualTo(1);
            assertThat(nothing.lines()).containsExactly("cairn: nothing to change: every key is as its file already");

            Ended same = draft(cluster, "--put", "app/b=2", "--delete", "app/none", "-o", "none.txt");
            assertThat(same.exitCode()).isEqualTo(1);
            assertThat(same.lines())
                    .containsExactly("cairn: nothing to change: every key is already as this would make it;"
                            + " --allow-unchanged drafts it all the same");
            assertThat(directory.resolve("none.txt")).doesNotExist();
            Ended allTheSame = draft(cluster, "--put", "app/b=2", "-o", "same.txt", "--allow-unchanged");
            assertThat(allTheSame.exitCode()).as("%s", allTheSame.lines()).isZero();

            Ended nobody = cairn(cluster, "people");
            assertThat(nobody.exitCode()).isZero();
            assertThat(nobody.lines()).containsExactly("cairn: this cluster has no people; see `cairn init --person`");
            assertThat(cairn(cluster, "pending").lines()).containsExactly("cairn: nothing waits");

            Ended dead = draft(cluster, "--put", "app/c=1", "-o", "old.txt", "--valid-from", "2020-01-01T00:00:00Z");
            assertThat(dead.exitCode()).as("an expired draft: %s", dead.lines()).isEqualTo(2);
            draft(cluster, "--put", "app/c=1", "-o", "old.txt");
            Path old = directory.resolve("old.txt");
            Files.writeString(
                    old,
                    Files.readString(old)
                            .replaceFirst("valid-from .*", "valid-from 2020-01-01T00:00:00Z")
                            .replaceFirst("expires .*", "expires 2020-01-02T00:00:00Z"));
            Ended expired = cairn(cluster, "diff", "old.txt");
            assertThat(expired.exitCode()).isEqualTo(4);
            assertThat(expired.lines())
                    .contains("+++ app/c")
                    .last()
                    .isEqualTo("cairn: the change expired at 2020-01-02T00:00:00Z of block time; draft and sign it"
                            + " anew");

            draft(cluster, "--put", "app/c=1", "-o", "ahead.txt", "--base", "1000");
            String ahead = "the base revision 1000 is above the store's, 6; draft it anew";
            Ended verified = cairn(cluster, "verify", "ahead.txt");
            assertThat(verified.exitCode()).isEqualTo(4);
            assertThat(verified.lines()).contains("refused: " + ahead);
            assertThat(cairn(cluster, "diff", "ahead.txt").lines()).contains("conflict: " + ahead);

            String nowhere = "127.0.0.1:1";
            Ended elsewhere = cairn(cluster, "diff", "change.txt", "--endpoints", nowhere + "," + cluster.endpoint(0));
            assertThat(elsewhere.lines())
                    .filteredOn(line -> line.contains(nowhere))
                    .hasSize(1)
                    .allMatch(line -> line.startsWith("cairn: passed over: "));
        }
    }

    @Test
    void theTermOfAProvenAnswerIsTheViewOfItsBlock() throws Exception {
        try (RealCluster cluster = new RealCluster(directory)) {
            cluster.startAll();
            cluster.kill(0);
            put(cluster, 1, "app/a", "1");
            Ended found = cairn(cluster, "get", "app/a", "--json");
            assertThat(found.exitCode()).as("%s", found.lines()).isZero();
            Json answer = Json.parse(found.lines().getLast());
            assertThat(number(answer, "header", "raft_term"))
                    .isGreaterThan(1)
                    .isEqualTo(1 + number(answer, "verified", "view"));
        }
    }

    private static long number(Json answer, String object, String field) {
        Json.Fields inner = (Json.Fields)
                Objects.requireNonNull(((Json.Fields) answer).values().get(object));
        return ((Json.Whole) Objects.requireNonNull(inner.values().get(field))).value();
    }
}
