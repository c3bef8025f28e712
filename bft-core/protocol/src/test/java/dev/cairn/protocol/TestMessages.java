package dev.cairn.protocol;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.StateRoots;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.List;

/** Blocks and signed messages as an honest replica makes them, for tests to make them a little wrong. */
final class TestMessages {
    private final TestCluster cluster;

    TestMessages(TestCluster cluster) {
        this.cluster = cluster;
    }

    Block childOfGenesis(List<Request> requests) {
        return block(cluster.genesis.block(), 1, cluster.wallNanos(), requests);
    }

    /** With the roots that execution gives, so that a replica finds nothing wrong but what the test wants to be wrong. */
    Block block(Block parent, long height, long time, List<Request> requests) {
        Header above = parent.header();
        StateRoots roots = TestCluster.outcome(above.roots(), new Proposal(new Height(height), time, requests));
        Header header = new Header(
                Header.FORMAT,
                cluster.genesis.chainId(),
                Epoch.ZERO,
                new Height(height),
                parent.digest(),
                time,
                Block.requestsRoot(cluster.genesis.chainId(), requests),
                roots,
                MerkleFrontier.EMPTY.append(parent.digest()).root(),
                above.validators(),
                above.validators(),
                above.parameters(),
                above.applicationVersion());
        return new Block(header, requests);
    }

    Block grandchildOfGenesis(Block parent) {
        return grandchildOfGenesis(parent, parent.header().timeNanos() + 1);
    }

    Block grandchildOfGenesis(Block parent, long time) {
        Header h = block(parent, 2, time, List.of()).header();
        MerkleFrontier history =
                MerkleFrontier.EMPTY.append(cluster.genesis.block().digest()).append(parent.digest());
        return new Block(
                new Header(
                        h.formatVersion(),
                        h.chainId(),
                        h.epoch(),
                        h.height(),
                        h.parent(),
                        h.timeNanos(),
                        h.requestsRoot(),
                        h.roots(),
                        history.root(),
                        h.validators(),
                        h.nextValidators(),
                        h.parameters(),
                        h.applicationVersion()),
                List.of());
    }

    static Ballot ballotOf(long view, Block block) {
        return new Ballot(Epoch.ZERO, new View(view), block.height(), block.digest());
    }

    Message.PrePrepare prePrepare(int primary, Block block) {
        ReplicaId self = new ReplicaId(primary);
        Ballot ballot = new Ballot(Epoch.ZERO, View.ZERO, block.height(), block.digest());
        Statement statement = Statement.of(Statement.Kind.PRE_PREPARE, cluster.genesis.chainId(), ballot);
        return new Message.PrePrepare(View.ZERO, block, self, TestCluster.FakeAuthenticator.sign(self, statement));
    }

    Vote vote(Phase phase, Ballot ballot, int voter) {
        ReplicaId self = new ReplicaId(voter);
        Statement statement = Statement.of(phase.kind(), cluster.genesis.chainId(), ballot);
        return Vote.of(phase, ballot, self, TestCluster.FakeAuthenticator.sign(self, statement));
    }

    Message.Suspect suspect(int sender, long view) {
        ReplicaId self = new ReplicaId(sender);
        Statement statement = Authenticator.suspicion(cluster.genesis.chainId(), Epoch.ZERO, new View(view));
        return new Message.Suspect(
                Epoch.ZERO, new View(view), self, TestCluster.FakeAuthenticator.sign(self, statement));
    }

    static List<Vote> votesOf(List<Effect> effects) {
        return effects.stream()
                .flatMap(e ->
                        e instanceof Effect.Broadcast(Vote vote) ? List.of(vote).stream() : List.<Vote>of().stream())
                .toList();
    }
}
