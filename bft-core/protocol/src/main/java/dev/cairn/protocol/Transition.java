package dev.cairn.protocol;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.View;

/** The state changes worth telling, one record each; every one of them passes through {@code Core.transition}. */
public sealed interface Transition {
    record Proposed(View view, Height height, Digest block, int requests) implements Transition {}

    record Voted(Phase phase, Ballot ballot) implements Transition {}

    record Prepared(QuorumCertificate certificate) implements Transition {}

    record Committed(Height height, Digest block) implements Transition {}

    record Suspected(View view, String why) implements Transition {}

    /** As primary, hands over to {@code heir}, or to those on the way to it, after {@code servedTicks} in office. */
    record Resigned(View view, ReplicaId heir, long servedTicks) implements Transition {}

    record ViewChangeStarted(View target) implements Transition {}

    record ViewEntered(View view, Height tip, Digest tipBlock) implements Transition {}

    record CheckpointStable(Height height) implements Transition {}

    record CatchingUp(Height from, Height to) implements Transition {}

    /** A state is kept for peers that may transfer it. */
    record SnapshotPinned(Height height) implements Transition {}

    record SnapshotOffered(ReplicaId to, Height height) implements Transition {}

    record TransferBegun(Height anchor, Digest block, ReplicaId offeredBy) implements Transition {}

    record ChunkStored(ReplicaId source, int bytes) implements Transition {}

    record ChunkRefused(ReplicaId source, String why) implements Transition {}

    record TransferAbandoned(Height anchor, String why) implements Transition {}

    record TransferCompleted(Height anchor, Digest block) implements Transition {}

    /** This replica's state contradicts what is certified at {@code height}: it answers nothing until it was replaced. */
    record Quarantined(Height height, String why) implements Transition {}
}
