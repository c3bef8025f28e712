package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.View;
import java.util.ArrayList;
import java.util.List;

/** At each tick, a heap of messages that cost their receiver work and room, all of them well-formed and rightly signed. */
final class Flooder implements EffectRewriter {
    private static final int PER_TICK = 12;
    private static final int MOST = 4000;
    private static final int NEAR = 48;
    private static final int REMEMBERED = 32;

    private final Insider insider;
    private final List<Request> requests = new ArrayList<>();
    private Height height = Height.GENESIS;
    private View view = View.ZERO;
    private int sent;

    Flooder(Insider insider) {
        this.insider = insider;
    }

    @Override
    public List<Effect> rewrite(Effect effect) {
        if (effect instanceof Effect.Send send && send.message() instanceof Message.Status status) {
            height = status.committed();
            view = status.view();
        }
        return List.of(effect);
    }

    @Override
    public List<Effect> provokedBy(Event event) {
        Ancestry.blocksIn(event).stream()
                .flatMap(block -> block.requests().stream())
                .limit(REMEMBERED - requests.size())
                .forEach(requests::add);
        List<Effect> flood = new ArrayList<>();
        if (event instanceof Event.Ticked && sent < MOST) {
            for (int i = 0; i < PER_TICK; i++) {
                int peer = insider.random().nextInt(insider.peers().size());
                flood.add(new Effect.Send(insider.peers().get(peer), any()));
            }
            sent += PER_TICK;
        }
        return flood;
    }

    private Message any() {
        return switch (insider.random().nextInt(9)) {
            case 0 -> insider.vote(Phase.PREPARE, anywhere());
            case 1 -> insider.vote(Phase.COMMIT, anywhere());
            case 2 -> insider.vote(Phase.CHECKPOINT, checkpoint());
            case 3 -> new Message.Status(Epoch.ZERO, view, false, height, height, Height.GENESIS);
            case 4 -> new Message.Forward(requests, true);
            case 5 -> new Message.FetchBlocks(new Height(1));
            case 6 -> new Message.FetchBody(insider.genesis().digest());
            case 7 -> new Message.WitnessQuery(sent, block());
            default -> new Message.ReadIndexQuery(sent);
        };
    }

    private Ballot anywhere() {
        View some = insider.random().nextBoolean() ? view : view.next();
        return new Ballot(Epoch.ZERO, some, above(), block());
    }

    private Ballot checkpoint() {
        return new Ballot(Epoch.ZERO, View.ZERO, above(), block());
    }

    private Height above() {
        return height.plus(insider.random().nextInt(1, NEAR));
    }

    private Digest block() {
        return new Digest(insider.random().nextLong(), 0, 0, 0);
    }
}
