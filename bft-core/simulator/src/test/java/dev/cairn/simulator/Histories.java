package dev.cairn.simulator;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.StateRoots;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.Trigger;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes what handcrafted histories are made of. */
final class Histories {
    static final ReplicaId R0 = new ReplicaId(0);
    static final ReplicaId R1 = new ReplicaId(1);
    static final StateRoots ROOTS = LedgerMachine.GENESIS.roots();
    static final Setting SETTING = Setting.of(World.honest(1).withReplicas(4));
    static final Genesis GENESIS = SETTING.genesis();
    static final Block START = GENESIS.block();
    static final Signature NONE = new Signature(Bytes.EMPTY);
    static final Block FIRST = block(START, 1);
    static final Block OTHER = block(START, 2);
    static final Block SECOND = block(FIRST, 3);

    private Histories() {}

    static void assertRefused(Runnable history, Invariant by) {
        assertThatThrownBy(history::run)
                .isInstanceOf(Violation.class)
                .hasMessageStartingWith(by.getClass().getSimpleName() + ":");
    }

    static Block block(Block parent, long time, Request... requests) {
        Header g = START.header();
        return new Block(
                new Header(
                        g.formatVersion(),
                        g.chainId(),
                        g.epoch(),
                        parent.height().next(),
                        parent.digest(),
                        time,
                        g.requestsRoot(),
                        ROOTS,
                        g.historyRoot(),
                        g.validators(),
                        g.nextValidators(),
                        g.parameters(),
                        1),
                List.of(requests));
    }

    static Request request(long sequence) {
        return new Request(new RequestId(new ClientId(0), 1, sequence), Bytes.utf8("x" + sequence), NONE);
    }

    static Ballot ballot(Block block, long view) {
        return new Ballot(Epoch.ZERO, new View(view), block.height(), block.digest());
    }

    static Vote vote(int voter, Phase phase, Ballot ballot) {
        ReplicaId id = new ReplicaId(voter);
        Statement statement = Statement.of(phase.kind(), GENESIS.chainId(), ballot);
        return Vote.of(phase, ballot, id, SimCrypto.sign(id, statement));
    }

    static QuorumCertificate proof(Phase phase, Ballot ballot, int... voters) {
        List<QuorumCertificate.Signed> votes = new ArrayList<>();
        for (int voter : voters) {
            votes.add(new QuorumCertificate.Signed(
                    new ReplicaId(voter), vote(voter, phase, ballot).signature()));
        }
        return new QuorumCertificate(phase, ballot, votes);
    }

    static Message.PrePrepare proposal(Block block, long view) {
        return new Message.PrePrepare(new View(view), block, R0, NONE);
    }

    static Message.ViewChange viewChange(ReplicaId sender, long target, Optional<QuorumCertificate> prepared) {
        return new Message.ViewChange(
                Epoch.ZERO,
                new View(target),
                prepared,
                Optional.empty(),
                new Trigger.Suspicion(List.of()),
                sender,
                NONE);
    }

    static Message.NewView newView(ReplicaId primary, long view, Message.ViewChange... changes) {
        return new Message.NewView(Epoch.ZERO, new View(view), List.of(changes), primary, NONE);
    }

    static void start(Observer observer, ReplicaId replica, int life, Block... chain) {
        Block head = chain.length == 0 ? START : chain[chain.length - 1];
        observer.onStarted(replica, life, head, List.of(chain));
    }

    static void commit(Observer observer, ReplicaId replica, int life, Block block) {
        commit(observer, replica, life, block, block.requests().size());
    }

    static void commit(Observer observer, ReplicaId replica, int life, Block block, int executed) {
        QuorumCertificate proof = proof(Phase.COMMIT, ballot(block, 0), 0, 1, 2);
        observer.onDecided(new Observer.Decided(replica, life, block, proof, ROOTS, executed, 0));
    }

    static Digest digest(long number) {
        return new Digest(number, number, number, number);
    }

    static Height height(long value) {
        return new Height(value);
    }
}
