package dev.cairn.protocol;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A replica alone with one peer that holds a state. It is given true chunks, each of one place and just before patience
 * with it ends. The other peers hold neither the state nor blocks, or so they say.
 */
final class SlowGiver {
    private static final int PAUSE_TICKS = Timeouts.DEFAULT.chunkTicks() - 10;
    private static final int MOST_TICKS = 10 * Timeouts.DEFAULT.transferTicks();

    private final TestCluster cluster;
    private final Replica taker;
    private final ReplicaId giver;
    private final Message.SnapshotOffer offer;

    /** Whom the taker asked for blocks before the last transfer began. */
    final List<ReplicaId> askedForBlocksBefore = new ArrayList<>();

    private Optional<Message.FetchChunk> open;
    private boolean running = true;
    private int places;
    private long wallNanos;

    /** {@code asked}: the last that the taker asked for a chunk of a state. */
    SlowGiver(TestCluster cluster, int taker, Effect.Send asked) {
        this.cluster = cluster;
        this.taker = cluster.replica(taker);
        this.giver = asked.to();
        this.offer = cluster.offers.getLast();
        this.open = Optional.of((Message.FetchChunk) asked.message());
        this.wallNanos = cluster.wallNanos();
    }

    /** How long the transfer that runs, or else the next of this peer, runs until it is given up. */
    int ticksUntilAbandoned() {
        int ran = 0;
        askedForBlocksBefore.clear();
        boolean began = running;
        for (int tick = 1; tick <= MOST_TICKS; tick++) {
            wallNanos += Timeouts.TICK_MILLIS * 1_000_000L;
            step(new Event.Ticked(wallNanos, false));
            if (tick % PAUSE_TICKS == 0) {
                giveOnePlace();
            }
            if (began && !running) {
                return ran;
            }
            began |= running;
            ran += running ? 1 : 0;
        }
        throw new AssertionError("it still runs after " + ran + " ticks and " + places + " chunks");
    }

    private void giveOnePlace() {
        open.ifPresent(fetch -> {
            open = Optional.empty();
            receive(giver, new Message.Chunk(fetch.anchor(), fetch.from(), fetch.until(), Bytes.utf8("one place")));
            places++;
            Bytes next = Bytes.wrap(new byte[] {(byte) (places >> 16), (byte) (places >> 8), (byte) places});
            StateMachine.Verdict verdict = new StateMachine.Verdict.Accepted(Optional.of(next));
            step(new Event.ChunkJudged(giver, fetch.anchor(), fetch.from(), verdict));
        });
    }

    private void receive(ReplicaId from, Message message) {
        step(new Event.Received(from, cluster.authenticator.verify(message).orElseThrow()));
    }

    private void step(Event event) {
        for (Effect effect : taker.step(event)) {
            if (effect instanceof Effect.Note(Transition.TransferBegun _)) {
                running = true;
            } else if (effect instanceof Effect.Note(Transition.TransferAbandoned _)) {
                running = false;
            } else if (effect instanceof Effect.Send(ReplicaId to, Message message)) {
                answer(to, message);
            }
        }
    }

    private void answer(ReplicaId to, Message message) {
        if (message instanceof Message.FetchChunk fetch) {
            if (to.equals(giver)) {
                open = Optional.of(fetch);
            } else {
                receive(to, new Message.NoSnapshot(fetch.anchor()));
            }
        } else if (message instanceof Message.FetchBlocks) {
            askedForBlocksBefore.add(to);
            if (to.equals(giver)) {
                receive(giver, offer);
            }
        }
    }
}
