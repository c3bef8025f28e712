package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.StateRoots;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that starts again, with one replica making up the whole cluster. */
class BootTest {
    @TempDir
    private Path directory;

    private static void commitOne(TestCluster cluster) {
        RequestId id = cluster.submit(0);
        Await.until(
                "the request is committed", () -> cluster.heard.get(0).requests.contains(id));
    }

    private ToyMachine.State grown(TestCluster cluster) throws BootException {
        cluster.startAll();
        for (int i = 0; i < 5; i++) {
            commitOne(cluster);
        }
        cluster.stop(0);
        ToyMachine.State last = cluster.disks.get(0).written;
        assertThat(last.height().value()).isGreaterThanOrEqualTo(5);
        return last;
    }

    @Test
    void aStateThatWasLostIsRebuiltFromTheLog() throws BootException {
        try (TestCluster cluster = new TestCluster(directory, 1)) {
            ToyMachine.State last = grown(cluster);
            cluster.disks.get(0).written = ToyMachine.State.EMPTY;
            cluster.startAll();
            assertThat(cluster.disks.get(0).written).isEqualTo(last);
            commitOne(cluster);
        }
    }

    @Test
    void aStateThatContradictsTheCertifiedHeaderIsRefused() throws BootException {
        try (TestCluster cluster = new TestCluster(directory, 1)) {
            ToyMachine.State last = grown(cluster);
            StateRoots roots = last.roots();
            ToyMachine.State forged = new ToyMachine.State(
                    last.height(),
                    new StateRoots(
                            roots.firstRevision(), roots.lastRevision(), 0, Digest.ZERO, Digest.ZERO, Digest.ZERO));
            cluster.disks.get(0).written = forged;
            assertRefused(cluster, BootException.Cause.STATE, "root");
            assertThat(cluster.disks.get(0).written).isEqualTo(forged);
            cluster.disks.get(0).written = last;
            cluster.startAll();
        }
    }

    @Test
    void aStateAheadOfTheLogIsRefused() throws BootException {
        try (TestCluster cluster = new TestCluster(directory, 1)) {
            ToyMachine.State last = grown(cluster);
            cluster.disks.get(0).written = new ToyMachine.State(last.height().plus(1), last.roots());
            assertRefused(
                    cluster, BootException.Cause.CORRUPT, "with its votes forgotten this replica must not run again");
        }
    }

    @Test
    void aTakenPortIsNamedAsConfiguredAndInTheSystemsOwnWords() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, 1)) {
            int port = cluster.peers.getFirst().port();
            try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                assertRefused(
                        cluster,
                        BootException.Cause.UNUSABLE,
                        "cannot listen for the other replicas on localhost:" + port
                                + " (Address already in use); check");
            }
        }
    }

    private static void assertRefused(TestCluster cluster, BootException.Cause kind, String saying) {
        assertThatThrownBy(cluster::startAll)
                .asInstanceOf(type(BootException.class))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(kind))
                .satisfies(e -> assertThat(e).hasMessageContaining(saying));
    }

    @Test
    void aNodeThatWasClosedSaysSoAndTakesNothing() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, 1)) {
            cluster.startAll();
            ReplicaNode<ToyMachine.State> node = cluster.node(0);
            assertThat(node.status().committed()).isEqualTo(Height.GENESIS);
            node.close();
            assertThat(node.terminated().get()).isEqualTo(new Ending.Closed());
            assertThat(node.readIndex(1, Optional.empty())).isFalse();
        }
    }
}
