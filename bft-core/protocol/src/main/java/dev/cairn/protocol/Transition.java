package dev.cairn.protocol;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.View;

/** The state changes worth telling, one record each; every one of them passes through {@code Core.transition}. */
public sealed interface Transition {
    record Proposed(View view, Height height, Digest block, int requests) implements Transition {}

    record Voted(Ballot ballot) implements Transition {}

    record Prepared(QuorumCertificate certificate) implements Transition {}

    record Committed(Height height, Digest block) implements Transition {}

    record Suspected(View view, String why) implements Transition {}

    record ViewChangeStarted(View target) implements Transition {}

    record ViewEntered(View view, Height tip, Digest tipBlock) implements Transition {}

    record CheckpointStable(Height height) implements Transition {}

    record CatchingUp(Height from, Height to) implements Transition {}
}
