package dev.cairn.cli.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.changes.FakeSnapshot;
import dev.cairn.client.NotVerifiedException;
import org.junit.jupiter.api.Test;

class NodesTest {
    private final FakeSnapshot store = new FakeSnapshot();

    private void result(String node, String status, int revision, String more) {
        store.put(
                "/nodes/" + node + "/pull",
                "{\"node\":\"%s\",\"repository\":\"web\",\"status\":\"%s\",\"revision\":%d,\"at\":\"2026-11-26T11:00:00Z\"%s}"
                        .formatted(node, status, revision, more));
    }

    private static String converged(int revision) {
        return ",\"converged\":{\"revision\":%d,\"commit\":\"00\",\"at\":\"2026-11-26T10:00:00Z\"}".formatted(revision);
    }

    @Test
    void whoIsBehindFailedOrNeverConvergedIsMarked() throws NotVerifiedException {
        store.put("/repos/web/.cairn/modes", "cairn-modes-1\n"); // revision 2
        result("web1", "converged", 2, converged(2));
        result("web2", "unchanged", 2, converged(2));
        result("web3", "failed", 2, converged(1));
        result("web4", "unread", 1, "");
        assertThat(Nodes.read(store).table()).isEqualTo("""
                NODE  RUNS   PUBLISHED  LAST RUN                           LAST CONVERGED
                web1  web 2  2          converged 2  2026-11-26T11:00:00Z  2026-11-26T10:00:00Z
                web2  web 2  2          unchanged 2  2026-11-26T11:00:00Z  2026-11-26T10:00:00Z
                web3  web 1  2          failed 2     2026-11-26T11:00:00Z  2026-11-26T10:00:00Z  <
                web4  -      2          unread 1     2026-11-26T11:00:00Z  never                 <
                """);
    }

    @Test
    void aNewPublicationLeavesAllBehind() throws NotVerifiedException {
        store.put("/repos/web/.cairn/modes", "cairn-modes-1\n");
        result("web1", "converged", 2, converged(2));
        assertThat(Nodes.read(store).areCurrent()).isTrue();
        store.put("/repos/web/.cairn/modes", "cairn-modes-1\n");
        assertThat(Nodes.read(store).areCurrent()).isFalse();
    }

    @Test
    void whatIsNoResultIsSaidAndHidesNothing() throws NotVerifiedException {
        store.put("/nodes/a/pull", "hello");
        store.put("/nodes/b/pull", "{\"repository\":\"web\",\"status\":\"great\",\"at\":\"now\"}");
        store.put("/nodes/c/pull", "{\"repository\":\"no repository\",\"status\":\"failed\",\"at\":\"\\u001b[2J\"}");
        store.put("/nodes/c/other", "x");
        store.put("/nodes/c/d/pull", "x");
        Nodes nodes = Nodes.read(store);
        assertThat(nodes.table().lines())
                .hasSize(4)
                .anyMatch(line -> line.startsWith("a     -") && line.contains("no result: ") && line.endsWith("<"))
                .anyMatch(line -> line.contains("no result: no status \"great\" is known"))
                .anyMatch(line -> line.startsWith("c ") && line.contains("\\u{1b}[2J") && line.endsWith("<"));
        assertThat(nodes.json().renderLine()).startsWith("{\"current\":false,\"nodes\":[{\"node\":\"a\",");
    }
}
