package dev.cairn.simulator;

import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.Occupancy;
import dev.cairn.protocol.Transition;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.StateRoots;
import dev.cairn.protocol.model.Testimony;
import java.util.List;
import java.util.Optional;

/** Is told everything that happens to honest replicas, as it happens, and nothing that only Byzantine ones see. */
interface Observer {

    /** A block became final at a replica; {@code life} counts its starts, {@code executed} all requests in its state. */
    record Decided(
            ReplicaId replica,
            int life,
            Block block,
            QuorumCertificate proof,
            StateRoots roots,
            int executed,
            long fastestClockNanos) {}

    /**
     * How a world ended: the committed chain of each honest replica, and in words what is still open, which is nothing
     * where {@code open} is empty.
     */
    record Ending(List<List<Block>> chains, String open) {}

    default void onSubmitted(Request request) {}

    /** A header that anybody, honest or not, put on the network. */
    default void onSeen(Header header) {}

    /** A message has left the replica. */
    default void onSent(ReplicaId from, Message message) {}

    /** A record will survive every crash from now on. */
    default void onDurable(ReplicaId replica, LogRecord entry) {}

    /**
     * A replica starts with {@code head} and, below and with it, {@code chain}, the committed blocks of its log without a
     * gap: from height 1 on, or from where it took a state from others.
     */
    default void onStarted(ReplicaId replica, int life, Block head, List<Block> chain) {}

    /** The state that the replica starts with, after {@code head}. */
    default void onState(ReplicaId replica, Block head, StateRoots roots) {}

    default void onTransition(ReplicaId replica, Transition transition) {}

    default void onDecided(Decided decided) {}

    /** The replica told its clients that the block's requests are done. */
    default void onAnswered(ReplicaId replica, Block block) {}

    /** A read was released at a replica whose head is {@code committed}. */
    default void onRead(ReplicaId replica, Height committed, Height mustSee) {}

    /** What a replica gives, with its committed state, to a reader who asked with {@code challenge} and trusts nobody. */
    default void onTestimony(ReplicaId replica, Digest challenge, Optional<Testimony> testimony) {}

    /** A replica accuses another; {@code isFalse} where that one is honest. */
    default void onAccused(ReplicaId accuser, Evidence evidence, boolean isFalse) {}

    default void onHalted(ReplicaId replica, String reason) {}

    /** What a replica holds in memory at some moment. */
    default void onOccupied(ReplicaId replica, Occupancy held) {}

    default void onEnd(Ending ending) {}
}
