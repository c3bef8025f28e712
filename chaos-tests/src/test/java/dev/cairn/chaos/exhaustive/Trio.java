package dev.cairn.chaos.exhaustive;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Three honest replicas on a way through a small world, judged after each step. */
final class Trio {

    /** A step of the {@code replica}th of the honest ones. */
    record Move(int replica, Step step) {}

    /** What all ways through one world share. */
    static final class Ground {
        final SmallWorld world;
        final Steps steps = new Steps();
        final Menu menu;
        private final Safety safety;
        private final List<Mail> mails;

        Ground(SmallWorld.Size size) {
            this.world = new SmallWorld(size);
            this.menu = new Menu(world, steps);
            this.safety = new Safety(world);
            this.mails = world.honest.stream().map(id -> new Mail(world, id)).toList();
        }
    }

    private final Ground ground;
    private final List<Walker> walkers;
    private Optional<String> violation = Optional.empty();

    Trio(Ground ground) {
        this.ground = ground;
        this.walkers = IntStream.range(0, ground.mails.size())
                .mapToObj(i -> new Walker(ground.world, ground.mails.get(i), ground.world.honest.get(i)))
                .toList();
    }

    Walker walker(int replica) {
        return walkers.get(replica);
    }

    /** The first invariant that a step broke. */
    Optional<String> violation() {
        return violation;
    }

    /** Fills the ground's menu with what can happen to the replica now, and returns how much that is. */
    int choices(int replica) {
        int n = walkers.size();
        return ground.menu.fill(
                ground.world.honest.get(replica).index(),
                walkers.get(replica),
                walkers.get((replica + 1) % n),
                walkers.get((replica + 2) % n));
    }

    /** Whether the move can be made now. */
    boolean offers(Move move) {
        int number = ground.steps.numberOf(move.step());
        int count = choices(move.replica());
        return IntStream.range(0, count).map(ground.menu::step).anyMatch(step -> step == number);
    }

    /** False if the move did nothing that anybody could notice. */
    boolean make(Move move) {
        try {
            boolean told = walkers.get(move.replica()).take(move.step());
            violation = ground.safety.judge(
                    walkers.get(0).past(), walkers.get(1).past(), walkers.get(2).past());
            return told;
        } catch (Broken e) {
            violation = Optional.of(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            violation = Optional.of("Stops: " + ground.world.honest.get(move.replica()) + " throws " + e);
        }
        return true;
    }
}
