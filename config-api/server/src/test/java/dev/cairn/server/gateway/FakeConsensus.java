package dev.cairn.server.gateway;

import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.View;
import dev.cairn.runtime.CommittedChain;
import dev.cairn.runtime.TransferProgress;
import dev.cairn.server.Consensus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes down what it is asked. */
public final class FakeConsensus implements Consensus {
    final List<Request> requests = new ArrayList<>();
    final List<Long> readRounds = new ArrayList<>();

    boolean full;

    @Override
    public boolean submit(Request request) {
        return !full && requests.add(request);
    }

    @Override
    public boolean readIndex(long readId, Optional<Digest> challenge) {
        return !full && readRounds.add(readId);
    }

    @Override
    public boolean handOver(ReplicaId heir) {
        return !full;
    }

    @Override
    public Request sign(RequestId id, Bytes operations) {
        return new Request(id, operations, new Signature(Bytes.EMPTY));
    }

    @Override
    public Optional<TransferProgress> transfer() {
        return Optional.empty();
    }

    @Override
    public CommittedChain chain() {
        throw new UnsupportedOperationException("nothing is committed here");
    }

    @Override
    public ReplicaStatus status() {
        return new ReplicaStatus(
                new ReplicaId(0),
                View.ZERO,
                false,
                new ReplicaId(0),
                Height.GENESIS,
                Digest.ZERO,
                Digest.ZERO,
                Height.GENESIS,
                Height.GENESIS,
                0,
                0,
                false,
                List.of(),
                List.of());
    }
}
