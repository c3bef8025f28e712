package dev.cairn.chaos.kvworlds;

import dev.cairn.kv.KvState;
import dev.cairn.kv.KvStateMachine;
import dev.cairn.kv.Limits;
import dev.cairn.kv.governed.Dice;
import dev.cairn.kv.governed.Founding;
import dev.cairn.kv.governed.Rules;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Request;
import dev.cairn.simulator.Counters;
import dev.cairn.simulator.Judges;
import dev.cairn.simulator.Simulation;
import dev.cairn.simulator.World;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs worlds with {@link GovernedClients} and judges the log that came of it, with the real store; then logs that a lying
 * primary could have made of the same requests: in another order, some withheld, some once more.
 */
final class GovernedWorlds implements AutoCloseable {
    static final Digest CHAIN = Digest.ZERO;
    static final long START_SECONDS = 1_700_000_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int PRIMARIES = 3;

    /** A block's time and what it holds. */
    private record Batch(long timeNanos, List<Request> requests) {}

    /**
     * How a world went.
     *
     * @param broken what is wrong, if anything is
     */
    record Verdict(Optional<String> broken, Counters counters, String report) {}

    private final KvStateMachine machine;

    GovernedWorlds(Path directory) {
        this.machine = KvStateMachine.open(directory.resolve("state"), CHAIN, Governance.OPEN, Limits.DEFAULT);
    }

    Verdict judge(World world) {
        Rules founding = Founding.draw(CHAIN, new Dice(world.seed()), START_SECONDS);
        GovernedClients clients = new GovernedClients(world, machine, founding);
        dev.cairn.simulator.Outcome run = Simulation.run(world, Judges.NONE, clients);
        Optional<String> broken = run.violation();
        try {
            List<Batch> log = clients.log().stream()
                    .map(block -> new Batch(block.header().timeNanos(), block.requests()))
                    .toList();
            clients.lies().forEach(lie -> run.counters().count("lie: " + lie));
            judge(founding, log, run.counters());
            for (int i = 1; i <= PRIMARIES; i++) {
                judge(founding, lying(log, new Dice(world.seed() + i)), run.counters());
            }
        } catch (LedgerInvariants.BrokenInvariant invariant) {
            broken = Optional.of(String.valueOf(invariant.getMessage()));
        } catch (RuntimeException e) {
            broken = broken.or(() -> Optional.of("NoException: " + e + " at " + e.getStackTrace()[0]));
        }
        String report = broken.orElse("no violation")
                + "\n  world: " + world
                + "\n  again: mvn -q -pl chaos-tests -am test -Dtest=GovernedWorldsTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false '-Dcairn.kv.world=" + world + "'\n";
        return new Verdict(broken, run.counters(), report);
    }

    private void judge(Rules founding, List<Batch> log, Counters counters) {
        List<LedgerInvariants.Invariant> invariants = LedgerInvariants.all();
        LedgerRevisions revisions = new LedgerRevisions(CHAIN, founding, revision -> {
            if (revision.changesGovernance()) {
                counters.count("governance changed");
            }
            if (!revision.signedWrites().isEmpty() && LedgerInvariants.isSignedAlone(revision)) {
                counters.count("guarded key written alone");
            }
            invariants.forEach(invariant -> invariant.onRevision(revision));
        });
        KvState state = KvState.genesis(founding.governance());
        for (Batch batch : log) {
            state = KvChain.execute(machine, state, batch.timeNanos(), batch.requests())
                    .state();
            state.results().forEach(outcome -> count(outcome, counters));
            revisions.add(state, batch.timeNanos() / NANOS_PER_SECOND, batch.requests());
        }
    }

    private static void count(RequestOutcome outcome, Counters counters) {
        if (outcome instanceof RequestOutcome.Executed executed) {
            executed.outcomes().forEach(each -> {
                switch (each) {
                    case Outcome.Change change ->
                        counters.count(change.standing().name());
                    case Outcome.Failed failed -> counters.count(failed.error().name());
                    case Outcome.Put _, Outcome.Deleted _, Outcome.Ranged _, Outcome.Txn _ -> {}
                    case Outcome.Compacted _,
                            Outcome.SessionOpened _,
                            LeaseOutcome _,
                            Outcome.AuthChanged _,
                            Outcome.Upkept _ -> {}
                }
            });
        }
    }

    /** The same blocks' times; requests trade places, one in ten is held back for ever, and one in ten comes again later. */
    private static List<Batch> lying(List<Batch> log, Dice dice) {
        List<List<Request>> bodies = new ArrayList<>();
        log.forEach(_ -> bodies.add(new ArrayList<>()));
        for (int i = 0; i < log.size(); i++) {
            for (Request request : log.get(i).requests()) {
                if (dice.inPercent(90)) {
                    put(bodies, i + dice.below(8), request, dice);
                }
                if (dice.inPercent(10)) {
                    put(bodies, i + dice.below(20), request, dice);
                }
            }
        }
        List<Batch> lying = new ArrayList<>();
        for (int i = 0; i < log.size(); i++) {
            lying.add(new Batch(log.get(i).timeNanos(), bodies.get(i)));
        }
        return lying;
    }

    private static void put(List<List<Request>> bodies, int block, Request request, Dice dice) {
        List<Request> body = bodies.get(Math.min(block, bodies.size() - 1));
        body.add(dice.below(body.size() + 1), request);
    }

    @Override
    public void close() {
        machine.close();
    }
}
