package dev.cairn.protocol;

import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The giving side of state transfer: a few executed states stay readable for peers that fetch them. Those of the last
 * two checkpoints always; besides, at most one that a peer needed between checkpoints, in turns; and each for as long as
 * somebody fetches from it, so that a transfer under load ends. Never more than {@value #MAX_PINS}.
 */
final class Snapshots {
    static final int MAX_PINS = 4;
    private static final int STANDING = 2;
    private static final long NEVER = Long.MIN_VALUE / 2;

    /** Nobody needs longer for one state than this many times the pin's time. */
    private static final int LONGEST_PINS = 60;

    /** A state between checkpoints is kept at least so many pin's times before it yields to another's need. */
    private static final int TURN_PINS = 4;

    private static final class Pin {
        final Chain.Base base;
        final QuorumCertificate proof;
        final boolean standing;
        final long sinceTick;
        long askedTick;
        boolean superseded;

        Pin(Chain.Base base, QuorumCertificate proof, boolean standing, long tick) {
            this.base = base;
            this.proof = proof;
            this.standing = standing;
            this.sinceTick = tick;
            this.askedTick = standing ? NEVER : tick;
        }

        Height height() {
            return base.block().height();
        }
    }

    private final Core core;

    /** Oldest first. */
    private final List<Pin> pins = new ArrayList<>();

    Snapshots(Core core) {
        this.core = core;
    }

    /** The state that the replica starts with stands in for a checkpoint's. */
    void onStart(Chain.Base head, Optional<QuorumCertificate> proof) {
        proof.ifPresent(certificate -> pin(head, certificate, true));
    }

    void onCommitted(Chain.Base head, QuorumCertificate proof) {
        if (core.parameters.isCheckpoint(head.block().height())) {
            trim(MAX_PINS - 1);
            pin(head, proof, true);
            trim(MAX_PINS);
        }
    }

    void onStatusBeat() {
        trim(MAX_PINS);
    }

    /** The committed state that led here was succeeded by the next. It goes, or stays for as long as it is pinned. */
    void onSuperseded(ExecutionId execution) {
        Optional<Pin> pinned = pins.stream()
                .filter(pin -> pin.base.execution().equals(execution))
                .findFirst();
        pinned.ifPresentOrElse(pin -> pin.superseded = true, () -> core.emit(new Effect.Discard(execution)));
    }

    // Peers.

    /** Offers the newest pinned state, or the head where none is high enough. Silence where the head is not either. */
    void offer(ReplicaId to, Height above, Chain.Base head, Optional<QuorumCertificate> headProof) {
        if (core.isQuarantined()) {
            return;
        }
        newestAbove(above).or(() -> pinHead(above, head, headProof)).ifPresent(pin -> {
            pin.askedTick = core.ticks();
            core.emit(new Effect.ServeSnapshot(
                    to, pin.base.execution(), pin.base.block(), pin.base.history(), pin.proof));
            core.transition(new Transition.SnapshotOffered(to, pin.height()));
        });
    }

    private Optional<Pin> newestAbove(Height above) {
        return pins.reversed().stream()
                .filter(pin -> pin.height().isAbove(above))
                .findFirst();
    }

    private Optional<Pin> pinHead(Height above, Chain.Base head, Optional<QuorumCertificate> proof) {
        List<Pin> between = pins.stream().filter(pin -> !pin.standing).toList();
        boolean taken = between.stream().anyMatch(pin -> ageTicks(pin) <= TURN_PINS * (long) core.timeouts.pinTicks());
        if (taken || proof.isEmpty() || !head.block().height().isAbove(above)) {
            return Optional.empty();
        }
        between.forEach(this::drop);
        trim(MAX_PINS - 1);
        return Optional.of(pin(head, proof.get(), false));
    }

    void onFetchChunk(ReplicaId from, Message.FetchChunk fetch) {
        Optional<Pin> pinned = core.isQuarantined() ? Optional.empty() : pinned(fetch.anchor());
        pinned.ifPresentOrElse(
                pin -> {
                    pin.askedTick = core.ticks();
                    core.emit(new Effect.ServeChunk(
                            from, pin.base.execution(), fetch.anchor(), fetch.from(), fetch.until()));
                },
                () -> core.send(from, new Message.NoSnapshot(fetch.anchor())));
    }

    private Optional<Pin> pinned(Digest anchor) {
        return pins.stream()
                .filter(pin -> pin.base.block().digest().equals(anchor))
                .findFirst();
    }

    // Pins.

    private Pin pin(Chain.Base base, QuorumCertificate proof, boolean standing) {
        Optional<Pin> known = pinned(base.block().digest());
        if (known.isPresent() && (known.get().standing || !standing)) {
            return known.get();
        }
        known.ifPresent(pins::remove); // the same state, now for a checkpoint
        Pin pin = new Pin(base, proof, standing, core.ticks());
        pins.add(pin);
        if (known.isEmpty()) {
            core.emit(new Effect.Pin(base.execution()));
            core.transition(new Transition.SnapshotPinned(pin.height()));
        }
        return pin;
    }

    /** Lets go of what nobody needs, and of more where there are too many, oldest first; never of the newest standing ones. */
    private void trim(int most) {
        List<Pin> kept = pins.reversed().stream()
                .filter(pin -> pin.standing)
                .limit(STANDING)
                .toList();
        for (Pin pin : List.copyOf(pins)) {
            if (!kept.contains(pin) && (pins.size() > most || !isWanted(pin))) {
                drop(pin);
            }
        }
    }

    private boolean isWanted(Pin pin) {
        long pinTicks = core.timeouts.pinTicks();
        return core.ticks() - pin.askedTick <= pinTicks && ageTicks(pin) <= LONGEST_PINS * pinTicks;
    }

    private long ageTicks(Pin pin) {
        return core.ticks() - pin.sinceTick;
    }

    private void drop(Pin pin) {
        pins.remove(pin);
        core.emit(new Effect.Unpin(pin.base.execution()));
        if (pin.superseded) {
            core.emit(new Effect.Discard(pin.base.execution()));
        }
    }
}
