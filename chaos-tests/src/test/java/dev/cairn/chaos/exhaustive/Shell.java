package dev.cairn.chaos.exhaustive;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.ExecutionId;
import dev.cairn.protocol.Recovery;
import dev.cairn.protocol.Replica;
import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.StateRoots;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/**
 * One real replica. Executions are answered before anything else happens, records are durable at once, and nothing
 * crashes. It has lost its link to the first primary before anything else, so it suspects it: a replica that suspects goes
 * on voting, so this only lets the scheduler end its stay in the first view whenever it likes.
 */
final class Shell {
    private final Replica replica;
    private final Map<ExecutionId, StateRoots> states = new HashMap<>();
    private final Queue<Event> answers = new ArrayDeque<>();

    /** The effects of coming up. */
    final List<Effect> beginning;

    Shell(SmallWorld world, Mail mail, ReplicaId self) {
        boolean proposes = self.equals(world.primary(0));
        List<Block> bodies = world.size.bodies() && !proposes ? world.blocks : List.of();
        replica = new Replica(
                self,
                world.genesis,
                SmallWorld.TIMEOUTS,
                statement -> ToyCrypto.sign(self, statement),
                withBodies(Recovery.fresh(world.genesis), bodies));
        states.put(ExecutionId.HEAD_AT_START, ToyMachine.EMPTY);
        List<Event> events = new ArrayList<>();
        events.add(Mail.tick());
        if (proposes) {
            world.requests().forEach(request -> events.add(new Event.Submitted(request)));
        }
        events.addAll(mail.resetOfLink(world.primary(0)));
        List<Effect> effects = new ArrayList<>();
        perform(replica.start(), effects);
        effects.addAll(step(events));
        beginning = List.copyOf(effects);
    }

    private static Recovery withBodies(Recovery fresh, List<Block> bodies) {
        return new Recovery(
                fresh.head(),
                fresh.history(),
                Optional.empty(),
                fresh.recentlyCommitted(),
                bodies,
                List.of(),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                fresh.evidence(),
                fresh.snapshot(),
                false);
    }

    Replica replica() {
        return replica;
    }

    ReplicaStatus status() {
        return replica.status();
    }

    /** The effects of the events, one after the other. */
    List<Effect> step(List<Event> events) {
        List<Effect> effects = new ArrayList<>();
        for (Event event : events) {
            perform(replica.step(event), effects);
        }
        return effects;
    }

    private void perform(List<Effect> step, List<Effect> all) {
        note(step, all);
        for (Event answer = answers.poll(); answer != null; answer = answers.poll()) {
            note(replica.step(answer), all);
        }
    }

    private void note(List<Effect> step, List<Effect> all) {
        for (Effect effect : step) {
            all.add(effect);
            if (effect instanceof Effect.Execute e) {
                StateRoots parent = states.get(e.parent());
                if (parent == null) {
                    throw new Broken("Discards", "the state of " + e.parent() + " is asked for after it was discarded");
                }
                StateRoots roots = ToyMachine.execute(parent, e.proposal().requests());
                states.put(e.execution(), roots);
                answers.add(new Event.Executed(e.execution(), roots));
            } else if (effect instanceof Effect.Discard e) {
                states.remove(e.execution());
            }
        }
    }
}
