package dev.cairn.protocol;

import dev.cairn.protocol.model.ReplicaId;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides when this replica loses patience with its primary. Only liveness hangs on it: a wrong guess costs a view
 * change, never safety. While a view change is under way the only clock that runs is the new view's, and that only from
 * the moment q replicas are on their way, so staggered starts do not climb to long timeouts.
 */
final class Patience {
    private final Core core;
    private final RequestPool pool;
    private final NormalCase normalCase;
    private final ViewChanger viewChanger;
    private final Transfer transfer;

    /** A request may take this many times the usual time to commit... */
    private static final int PATIENCE_FACTOR = 8;

    /** ...but patience never grows beyond this many times what the table says. */
    private static final int MOST_PATIENCE = 8;

    /** Weight of the newest measurement in the smoothed time to commit: one in this many. */
    private static final int SMOOTHING = 8;

    private final Set<ReplicaId> lost = new TreeSet<>();
    private long usualCommitMilliTicks;
    private long heardFromPrimaryTick;
    private long lastProgressTick;
    private long viewEnteredTick;
    private Optional<Long> preparedSinceTick = Optional.empty();
    private Optional<Long> newViewSinceTick = Optional.empty();
    private final Pace pace;
    private boolean tooSlow;
    private boolean provenView = true;
    private int failedViews;
    private int commitsInView;

    Patience(Core core, RequestPool pool, NormalCase normalCase, ViewChanger viewChanger, Transfer transfer) {
        this.core = core;
        this.pool = pool;
        this.normalCase = normalCase;
        this.viewChanger = viewChanger;
        this.pace = new Pace(core.timeouts.paceBlocks());
        this.transfer = transfer;
        // Generous until measured: a process that has just started is slow at everything.
        this.usualCommitMilliTicks = 4000L * core.timeouts.requestTicks() / PATIENCE_FACTOR;
    }

    void onHeardFromPrimary() {
        heardFromPrimaryTick = core.ticks();
    }

    void onLeftView() {
        failedViews += provenView ? 0 : 1;
        newViewSinceTick = Optional.empty();
        provenView = false;
    }

    void onEnteredView() {
        long now = core.ticks();
        heardFromPrimaryTick = now;
        lastProgressTick = now;
        viewEnteredTick = now;
        preparedSinceTick = Optional.empty();
        newViewSinceTick = Optional.of(now);
        provenView = false;
        commitsInView = 0;
        pace.restart();
        tooSlow = false;
    }

    /**
     * {@code waitedTicks}: how long the oldest of this replica's requests in the block has waited; {@code proposedTick}:
     * when this view's primary proposed the block.
     */
    void onCommitted(Optional<Long> waitedTicks, Optional<Long> proposedTick) {
        waitedTicks.ifPresent(ticks -> usualCommitMilliTicks += (1000 * ticks - usualCommitMilliTicks) / SMOOTHING);
        if (waitedTicks.isPresent() && proposedTick.isPresent() && core.view().active()) {
            long arrivedTick = Math.max(core.ticks() - waitedTicks.get(), viewEnteredTick);
            long waited = Math.max(0, proposedTick.get() - arrivedTick);
            tooSlow |= pace.isTooSlowAfter(waited, core.ticks() - proposedTick.get());
        }
        lastProgressTick = core.ticks();
        provenView = true;
        commitsInView++;
        if (commitsInView >= core.parameters.window()) {
            failedViews = 0;
        }
    }

    void onLinkUp(ReplicaId peer) {
        lost.remove(peer);
    }

    void onLinkDown(ReplicaId peer) {
        lost.add(peer);
        if (core.view().active() && peer.equals(core.primary())) {
            viewChanger.suspect("the link to the primary was reset");
        }
    }

    /** When a gateway tells everyone of a request that its primary seems to pass over. */
    long relayTicks() {
        return bounded(core.timeouts.relayTicks(), usualCommitMilliTicks * PATIENCE_FACTOR / 2000);
    }

    private long requestTicks() {
        return bounded(core.timeouts.requestTicks(), usualCommitMilliTicks * PATIENCE_FACTOR / 1000);
    }

    private static long bounded(long least, long measured) {
        return Math.min(Math.max(least, measured), MOST_PATIENCE * least);
    }

    void onTick() {
        if (!core.view().active()) {
            watchViewChange();
        } else if (!core.isPrimary() && mayJudge()) {
            grievance().ifPresent(viewChanger::suspect);
        }
    }

    /** A replica that fetches a state sees nothing committed, whatever its primary does. */
    private boolean mayJudge() {
        return !core.isQuarantined() && !transfer.isRunning();
    }

    private void watchViewChange() {
        if (newViewSinceTick.isEmpty() && viewChanger.hasQuorumForTarget()) {
            newViewSinceTick = Optional.of(core.ticks());
        }
        if (isOverdue()) {
            viewChanger.suspect("no NEW-VIEW in time");
        } else if (newViewSinceTick.isPresent() && lost.contains(core.primary())) {
            viewChanger.suspect("the next primary cannot be reached");
        }
    }

    private Optional<String> grievance() {
        long now = core.ticks();
        Timeouts limits = core.timeouts;
        if (now - heardFromPrimaryTick > limits.silenceTicks()) {
            return Optional.of("the primary is silent");
        }
        if (!provenView && isOverdue()) {
            return Optional.of("nothing was committed in the new view in time");
        }
        long idle = now - lastProgressTick;
        Optional<Long> oldest = pool.oldestWatchedTick(viewEnteredTick);
        long waited = oldest.map(since -> now - since).orElse(0L);
        if (waited > requestTicks() && idle > requestTicks()) {
            return Optional.of("a request waits and nothing is committed");
        }
        if (core.waitsForTime() && idle > limits.timeTicks() + requestTicks()) {
            return Optional.of("time stands still");
        }
        if (waited > limits.censorTicks()) {
            return Optional.of("a request is passed over");
        }
        if (preparedForTicks() > requestTicks()) {
            return Optional.of("a prepared block is not committed");
        }
        if (tooSlow) {
            return Optional.of("the primary is slow to propose");
        }
        return Optional.empty();
    }

    /** How long something has been prepared while nothing was committed; asked at every tick. */
    private long preparedForTicks() {
        preparedSinceTick = normalCase.hasPreparedUncommitted()
                ? preparedSinceTick.or(() -> Optional.of(core.ticks()))
                : Optional.empty();
        return preparedSinceTick
                .map(since -> core.ticks() - Math.max(since, lastProgressTick))
                .orElse(0L);
    }

    private boolean isOverdue() {
        return newViewSinceTick
                .map(since -> core.ticks() - since > newViewPatienceTicks())
                .orElse(false);
    }

    /** Doubles with each view that failed, up to the cap. */
    private long newViewPatienceTicks() {
        long doubled = (long) core.timeouts.newViewTicks() << Math.min(failedViews, 20);
        return Math.min(doubled, core.timeouts.newViewCapTicks());
    }
}
