package dev.cairn.chaos.exhaustive;

import dev.cairn.protocol.model.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** A random way through a small world in which votes, suspicions and VIEW-CHANGEs come one at a time. */
final class Walk {
    private static final int LENGTH = 80;

    private final SmallWorld world;
    private final Steps steps = new Steps();
    private final Menu menu;
    private final SplittableRandom random;
    private final List<Walker> walkers;
    private final List<String> way = new ArrayList<>();

    Walk(SmallWorld.Size size, long seed) {
        this.world = new SmallWorld(size);
        this.menu = new Menu(world, steps);
        this.random = new SplittableRandom(seed);
        this.walkers = IntStream.range(0, world.honest.size())
                .mapToObj(i -> new Walker(world, new Mail(world, world.honest.get(i)), world.honest.get(i)))
                .toList();
    }

    boolean isOver() {
        return way.size() == LENGTH;
    }

    List<Past> pasts() {
        return walkers.stream().map(Walker::past).toList();
    }

    boolean entered(int view) {
        return walkers.stream().anyMatch(walker -> walker.past().hasEntered(view));
    }

    void step() {
        int receiver = random.nextInt(walkers.size());
        Walker walker = walkers.get(receiver);
        Step step = random.nextInt(4) == 0 ? ofTheMenu(receiver) : single(receiver);
        way.add(world.honest.get(receiver) + " " + step);
        walker.take(step);
    }

    private Step ofTheMenu(int receiver) {
        int count = menu.fill(
                world.honest.get(receiver).index(),
                walkers.get(receiver),
                walkers.get((receiver + 1) % walkers.size()),
                walkers.get((receiver + 2) % walkers.size()));
        Step drawn = count == 0 ? new Step.OneTick() : steps.get(menu.step(random.nextInt(count)));
        boolean isBundle = drawn instanceof Step.Votes || drawn instanceof Step.Open;
        return isBundle ? new Step.OneTick() : drawn;
    }

    /** One message of one sender; a tick if the sender has not said what was drawn. */
    private Step single(int receiver) {
        int sender = random.nextInt(SmallWorld.REPLICAS);
        boolean lies = sender == world.byzantine.index();
        if (sender == world.honest.get(receiver).index()) {
            return new Step.OneTick();
        }
        Past said = lies ? Past.EMPTY : pastOf(sender);
        int view = random.nextInt(world.size.views());
        int ballot = SmallWorld.ballot(view, random.nextInt(world.blocks.size()));
        return switch (random.nextInt(8)) {
            case 0 -> sender == world.primary(0).index() && !lies ? new Step.OneTick() : new Step.OneSuspect(0, sender);
            case 1 ->
                (lies ? Optional.of(invention()) : said.report(1))
                        .<Step>map(report -> new Step.OneViewChange(1, sender, report))
                        .orElse(new Step.OneTick());
            case 2, 3, 4 -> vote(Phase.PREPARE, ballot, sender, lies || SmallWorld.has(said.prepares(), ballot));
            default -> vote(Phase.COMMIT, ballot, sender, lies || SmallWorld.has(said.commits(), ballot));
        };
    }

    private static Step vote(Phase phase, int ballot, int voter, boolean said) {
        return said ? new Step.OneVote(phase, ballot, voter) : new Step.OneTick();
    }

    private Past pastOf(int replica) {
        return IntStream.range(0, walkers.size())
                .filter(i -> world.honest.get(i).index() == replica)
                .mapToObj(i -> walkers.get(i).past())
                .findFirst()
                .orElseThrow();
    }

    /** A VIEW-CHANGE of the Byzantine replica, with one of the certificates of the first view that there are, or none. */
    private Report invention() {
        List<Past> pasts = pasts();
        int prepared = Safety.certifiable(
                pasts.get(0).prepares(), pasts.get(1).prepares(), pasts.get(2).prepares());
        int committed = Safety.certifiable(
                pasts.get(0).commits(), pasts.get(1).commits(), pasts.get(2).commits());
        int ballot = SmallWorld.ballot(0, random.nextInt(world.blocks.size()));
        if (SmallWorld.has(prepared, ballot) && random.nextBoolean()) {
            return new Report(ballot, Report.NONE);
        }
        return SmallWorld.has(committed, ballot) ? new Report(Report.NONE, ballot) : Report.NOTHING;
    }

    @Override
    public String toString() {
        return String.join("\n", way);
    }
}
