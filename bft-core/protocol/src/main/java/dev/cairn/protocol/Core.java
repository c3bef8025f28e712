package dev.cairn.protocol;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.Vote;
import dev.cairn.protocol.quorum.QuorumSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of a replica share: who it is, the view it is in, the clock it was told, the greatest prepare
 * certificate, and the list of effects that the current step gathers.
 */
final class Core {
    final ReplicaId self;
    final Genesis genesis;
    final Digest chainId;
    final Epoch epoch;
    final QuorumSystem quorums;
    final Parameters parameters;
    final Timeouts timeouts;

    private final Signer signer;
    private List<Effect> effects = new ArrayList<>();
    private CurrentView view;
    private Optional<QuorumCertificate> highestPrepared;
    private long ticks;
    private long wallNanos;
    private boolean waitsForTime;
    private long lastExecution;
    private @Nullable String haltReason;
    private @Nullable Height quarantinedAt;
    private boolean retired;

    Core(ReplicaId self, Genesis genesis, Timeouts timeouts, Signer signer, CurrentView view, Recovery recovery) {
        this.self = self;
        this.genesis = genesis;
        this.chainId = genesis.chainId();
        this.epoch = genesis.membership().epoch();
        this.quorums = genesis.membership().quorums();
        this.parameters = genesis.parameters();
        this.timeouts = timeouts;
        this.signer = signer;
        this.view = view;
        this.highestPrepared = recovery.prepared();
    }

    // The outbox.

    void emit(Effect effect) {
        effects.add(effect);
    }

    void persist(LogRecord record) {
        emit(new Effect.Persist(record));
    }

    void broadcast(Message message) {
        emit(new Effect.Broadcast(message));
    }

    void send(ReplicaId to, Message message) {
        emit(new Effect.Send(to, message));
    }

    void reject(ReplicaId from, Rejection reason, String detail) {
        emit(new Effect.Reject(from, reason, detail));
    }

    /** The one place through which changes of state are told. */
    void transition(Transition transition) {
        emit(new Effect.Note(transition));
    }

    /** Stops this replica for good; later events have no effect. */
    void halt(String reason) {
        if (haltReason == null) {
            haltReason = reason;
            emit(new Effect.Halt(reason));
        }
    }

    boolean isHalted() {
        return haltReason != null;
    }

    /** Another core goes on from the log: later events have no effect here. */
    void retire(Effect.Restart restart) {
        retired = true;
        emit(restart);
    }

    boolean isRetired() {
        return retired;
    }

    // Quarantine.

    /** This replica's state cannot be trusted from {@code height} on: it votes, proposes, reads and executes no more. */
    void quarantine(Height height, String why) {
        quarantinedAt = height;
        transition(new Transition.Quarantined(height, why));
    }

    boolean isQuarantined() {
        return quarantinedAt != null;
    }

    /** The lowest height at which a state from elsewhere would mend this one. */
    Optional<Height> quarantinedAt() {
        return Optional.ofNullable(quarantinedAt);
    }

    List<Effect> takeEffects() {
        List<Effect> taken = effects;
        effects = new ArrayList<>();
        return taken;
    }

    // Signing.

    Signature sign(Statement statement) {
        return signer.sign(statement);
    }

    Vote signVote(Phase phase, Ballot ballot) {
        return Vote.of(phase, ballot, self, sign(Statement.of(phase.kind(), chainId, ballot)));
    }

    Ballot ballot(Height height, Digest block) {
        return new Ballot(epoch, view.number(), height, block);
    }

    // The view.

    CurrentView view() {
        return view;
    }

    /** Views only grow, and a view that was left is never voted in again. */
    void moveTo(CurrentView next) {
        boolean forward = next.number().isAfter(view.number());
        boolean activates = next.number().equals(view.number()) && !view.active() && next.active();
        if (!forward && !activates) {
            throw new IllegalStateException("a replica in " + view + " cannot move to " + next);
        }
        view = next;
    }

    ReplicaId primary() {
        return quorums.primary(view.number());
    }

    boolean isPrimary() {
        return primary().equals(self);
    }

    // The greatest prepare certificate.

    Optional<QuorumCertificate> highestPrepared() {
        return highestPrepared;
    }

    /** Keeps {@code certificate} if it is the greatest by (view, height), durably before anything sent after. */
    void learnPrepared(QuorumCertificate certificate) {
        boolean greater = highestPrepared
                .map(known -> Ballot.BY_VIEW_THEN_HEIGHT.compare(certificate.ballot(), known.ballot()) > 0)
                .orElse(true);
        if (greater) {
            highestPrepared = Optional.of(certificate);
            persist(new LogRecord.PreparedCertificate(certificate));
        }
    }

    // Time and numbering.

    void tick(Event.Ticked tick) {
        ticks++;
        wallNanos = tick.wallNanos();
        waitsForTime = tick.waitsForTime();
    }

    long ticks() {
        return ticks;
    }

    long wallNanos() {
        return wallNanos;
    }

    /** Whether the committed state, as it was at the last tick, waits for a block only because that brings its time. */
    boolean waitsForTime() {
        return waitsForTime;
    }

    /** False until the first tick: before it there is no time to propose or to judge with. */
    boolean knowsTime() {
        return ticks > 0;
    }

    ExecutionId nextExecution() {
        return new ExecutionId(++lastExecution);
    }
}
