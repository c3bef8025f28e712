package dev.cairn.simulator;

import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import java.util.List;

/** Tells every invariant what happened, as it happens. */
final class Checker {
    private final List<Invariant> invariants;

    Checker(Genesis genesis, SimCrypto crypto) {
        this.invariants = List.of(
                new Invariants.Agreement(),
                new Invariants.PrefixOrder(genesis.block().digest()),
                new Invariants.CertificateSoundness(crypto),
                new Invariants.NoDoubleVote(),
                new Invariants.Validity(),
                new Invariants.ExactlyOnce(),
                new Invariants.StateRootEquality(),
                new Invariants.LinearizableReads(),
                new Invariants.BoundedMemory());
    }

    void onSubmitted(Request request) {
        invariants.forEach(invariant -> invariant.onSubmitted(request));
    }

    void onSent(ReplicaId from, Message message) {
        invariants.forEach(invariant -> invariant.onSent(from, message));
    }

    void onStarted(SimReplica replica, List<Block> chain) {
        invariants.forEach(invariant -> invariant.onStarted(replica.id, chain));
    }

    void onCommitted(SimReplica replica, Block block, QuorumCertificate proof, LedgerMachine.State state) {
        invariants.forEach(invariant -> invariant.onCommitted(
                replica.id,
                replica.incarnation(),
                block,
                proof,
                state.roots(),
                state.executed().size()));
    }

    void onRead(SimReplica replica, Height mustSee) {
        invariants.forEach(invariant -> invariant.onRead(replica.id, replica.committedHeight(), mustSee));
    }

    void onBounds(SimReplica replica, World world) {
        replica.core().ifPresent(core -> invariants.forEach(invariant -> invariant.onStatus(core.status(), world)));
    }
}
