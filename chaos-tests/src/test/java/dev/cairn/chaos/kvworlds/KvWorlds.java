package dev.cairn.chaos.kvworlds;

import dev.cairn.chaos.history.Call;
import dev.cairn.chaos.history.History;
import dev.cairn.chaos.history.HistoryViolation;
import dev.cairn.chaos.history.Outcome;
import dev.cairn.kv.KvStateMachine;
import dev.cairn.kv.Limits;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.model.Digest;
import dev.cairn.simulator.Counters;
import dev.cairn.simulator.Judges;
import dev.cairn.simulator.Simulation;
import dev.cairn.simulator.World;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Runs worlds with {@link KvClients}. One store serves all: it executes and reads, and nothing is ever committed to it. */
final class KvWorlds implements AutoCloseable {
    /**
     * How a world went.
     *
     * @param refused what no correct store can have answered
     * @param broken what ended the run itself, or left answers without a state to have come from
     */
    record Verdict(Optional<String> refused, Optional<String> broken, Counters counters, String report) {
        boolean isGood() {
            return refused.isEmpty() && broken.isEmpty();
        }
    }

    private static final int STORY_LINES = 60;

    private final KvStateMachine machine;

    KvWorlds(Path directory) {
        this.machine = KvStateMachine.open(directory.resolve("state"), Digest.ZERO, Governance.OPEN, Limits.DEFAULT);
    }

    /** Two worlds in three have replicas that lie. */
    static World world(long seed) {
        return seed % 3 == 0 ? World.honest(seed) : World.hostile(seed);
    }

    Verdict judge(World world) {
        KvClients clients = new KvClients(world, machine);
        dev.cairn.simulator.Outcome run = Simulation.run(world, Judges.NONE, clients);
        Optional<String> refused = Optional.empty();
        Optional<String> broken = run.violation();
        try {
            History history = clients.history();
            history.calls().forEach(call -> run.counters().count(kind(call)));
            history.check();
        } catch (HistoryViolation violation) {
            refused = Optional.of(String.valueOf(violation.getMessage()));
        } catch (IllegalStateException untold) {
            broken = broken.or(() -> Optional.of(untold.toString()));
        }
        String report =
                Stream.concat(refused.stream(), broken.stream()).findFirst().orElse("no violation")
                        + "\n  world: " + world
                        + "\n  again: mvn -q -pl chaos-tests -am test -Dtest=KvWorldsTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false '-Dcairn.kv.world=" + world + "'\n"
                        + "the last of the story:\n" + run.trace().last(STORY_LINES);
        return new Verdict(refused, broken, run.counters(), report);
    }

    private static String kind(Call call) {
        return switch (call.outcome()) {
            case Outcome.Unknown _ -> "call without an answer";
            case Outcome.Answered answered ->
                switch (answered.answer()) {
                    case Outcome.PutDone _ -> "put";
                    case Outcome.DeleteDone _ -> "deletion";
                    case Outcome.TxnDone done -> done.succeeded() ? "txn" : "txn whose guard does not hold";
                    case Outcome.Found found -> found.entries().isEmpty() ? "read of nothing" : "read";
                };
        };
    }

    @Override
    public void close() {
        machine.close();
    }
}
