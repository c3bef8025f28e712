package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * As primary, proposes in place of each block of its own one with another body, built on one another, and votes for
 * those. The roots stay those of the honest block: what is added has been executed before, or counts as the same request.
 */
final class ShadowChain implements EffectRewriter {
    private static final int REMEMBERED = 64;
    private static final int REPEATED = 3;

    /** The requests that a block holds in place of its own. */
    interface Change {
        List<Request> of(ShadowChain chain, List<Request> requests);
    }

    private final Insider insider;
    private final Change change;
    private final Ancestry ancestry;
    private final List<Request> seen = new ArrayList<>();
    private final Map<Digest, Block> shadows = new HashMap<>();

    ShadowChain(Insider insider, Change change) {
        this.insider = insider;
        this.change = change;
        this.ancestry = new Ancestry(insider.chainId(), insider.genesis());
    }

    /** What was asked for is there twice, and with it what earlier blocks held. */
    List<Request> repeating(List<Request> requests) {
        List<Request> all = new ArrayList<>(requests);
        all.addAll(requests);
        for (int i = 0; i < Math.min(REPEATED, seen.size()); i++) {
            all.add(seen.get(insider.random().nextInt(seen.size())));
        }
        return all;
    }

    /** One of the requests asks for something else, under its old signature. */
    List<Request> falsifying(List<Request> requests) {
        List<Request> all = new ArrayList<>(requests);
        if (!all.isEmpty() && insider.random().nextInt(4) == 0) {
            Request first = all.getFirst();
            all.set(0, new Request(first.id(), Bytes.utf8("falsified"), first.signature()));
        }
        return all;
    }

    @Override
    public List<Effect> provokedBy(Event event) {
        Ancestry.blocksIn(event).forEach(this::learn);
        return List.of();
    }

    private void learn(Block block) {
        if (ancestry.learn(block)) {
            block.requests().stream().limit(REMEMBERED - seen.size()).forEach(seen::add);
        }
    }

    @Override
    public List<Effect> rewrite(Effect effect) {
        if (!(effect instanceof Effect.Send send)) {
            return List.of(effect);
        }
        Message instead = switch (send.message()) {
            case Message.PrePrepare m when m.primary().equals(insider.self()) -> shadowOf(m);
            case Vote vote -> forShadow(vote);
            default -> send.message();
        };
        return List.of(new Effect.Send(send.to(), instead));
    }

    private Message shadowOf(Message.PrePrepare own) {
        Block block = own.block();
        if (!shadows.containsKey(block.digest()) && !ancestry.knows(block.digest())) {
            Block parent = shadows.get(block.parent());
            ancestry.child(
                            parent == null ? block.parent() : parent.digest(),
                            block.header().timeNanos(),
                            change.of(this, block.requests()),
                            block.header().roots())
                    .ifPresent(shadow -> {
                        shadows.put(block.digest(), shadow);
                        learn(shadow);
                    });
        }
        Block shadow = shadows.get(block.digest());
        return shadow == null ? own : insider.proposal(own.view(), shadow);
    }

    private Message forShadow(Vote vote) {
        Ballot ballot = vote.ballot();
        Block shadow = shadows.get(ballot.block());
        return shadow == null
                ? vote
                : insider.vote(
                        vote.phase(), new Ballot(ballot.epoch(), ballot.view(), ballot.height(), shadow.digest()));
    }
}
