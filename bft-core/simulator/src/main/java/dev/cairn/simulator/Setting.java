package dev.cairn.simulator;

import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.Membership;
import dev.cairn.protocol.Timeouts;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.ReplicaId;
import java.util.ArrayList;
import java.util.List;

/** What all replicas of a world agree on before it begins. */
record Setting(
        Genesis genesis,
        Timeouts timeouts,
        SimCrypto crypto,
        int maxSyncMicros,
        int retainedBlocks,
        int chunkBytes,
        int maxTransferMicros) {
    static final long START_NANOS = 1_700_000_000_000_000_000L;

    static Setting of(World world) {
        List<Bytes> keys = new ArrayList<>();
        for (int i = 0; i < world.replicas(); i++) {
            keys.add(Bytes.utf8("replica " + i));
        }
        Genesis genesis = new Genesis(
                Hashing.sha256(new byte[] {7}),
                new Membership(Epoch.ZERO, keys),
                world.parameters(),
                START_NANOS,
                1,
                LedgerMachine.GENESIS.roots());
        return new Setting(
                genesis,
                world.timeouts(),
                new SimCrypto(genesis),
                world.maxSyncMicros(),
                world.retainedBlocks(),
                world.chunkBytes(),
                world.maxTransferMicros());
    }

    List<ReplicaId> peersOf(ReplicaId self) {
        return genesis.membership().quorums().members().stream()
                .filter(peer -> !peer.equals(self))
                .toList();
    }
}
