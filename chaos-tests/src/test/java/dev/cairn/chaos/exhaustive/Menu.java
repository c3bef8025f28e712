package dev.cairn.chaos.exhaustive;

import dev.cairn.protocol.model.Phase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What can happen next to one of three honest replicas, given what all have said: deliveries of what honest replicas sent,
 * of what the Byzantine one can make of that and of its own key, and the loss of patience.
 */
final class Menu {
    private final SmallWorld world;
    private final Steps steps;
    private final int views;
    private final int blocks;

    private record Told(int view, List<Report> honest, int prepared, int committed) {}

    private final Map<Told, int[]> entering = new HashMap<>();
    private final Map<Told, int[]> opening = new HashMap<>();

    private final int[][] propose;
    private final int[][][] votes;
    private final int[] nudge;
    private final int[] leave;
    private final int[][] catchUp;
    private final int fetchBodies;

    private int[] found = new int[256];
    private int count;

    Menu(SmallWorld world, Steps steps) {
        this.world = world;
        this.steps = steps;
        this.views = world.size.views();
        this.blocks = world.blocks.size();
        int ballots = SmallWorld.ballot(views, 0);
        propose = new int[views][blocks];
        votes = new int[2][ballots][SmallWorld.QUORUM];
        nudge = new int[views];
        leave = new int[views];
        catchUp = new int[ballots][world.size.heights() + 1];
        for (int view = 0; view < views; view++) {
            nudge[view] = steps.numberOf(new Step.Nudge(view));
            leave[view] = steps.numberOf(new Step.Leave(view));
            for (int block = 0; block < blocks; block++) {
                propose[view][block] = steps.numberOf(new Step.Propose(view, block));
                int ballot = SmallWorld.ballot(view, block);
                for (int others = 0; others < SmallWorld.QUORUM; others++) {
                    votes[0][ballot][others] = steps.numberOf(new Step.Votes(Phase.PREPARE, ballot, others));
                    votes[1][ballot][others] = steps.numberOf(new Step.Votes(Phase.COMMIT, ballot, others));
                }
                for (int height = 1; height <= world.heightOf(block); height++) {
                    catchUp[ballot][height] = steps.numberOf(new Step.CatchUp(ballot, height));
                }
            }
        }
        fetchBodies = steps.numberOf(new Step.FetchBodies());
    }

    /** Where a replica stands, as far as it decides what can happen to it. */
    interface Stand {
        int view();

        boolean active();

        int height();

        Past past();
    }

    /** Fills in the steps for the replica {@code of} that stands at {@code me}; {@link #step} gives them. */
    int fill(int of, Stand me, Stand one, Stand other) {
        count = 0;
        Past a = one.past();
        Past b = other.past();
        if (me.active()) {
            add(nudge[me.view()]);
            addProposals(of, me.view(), a, b);
            addVotes(me.view(), 0, a.prepares(), b.prepares());
            addVotes(me.view(), 1, a.commits(), b.commits());
        }
        for (int view = me.view(); view + 1 < views; view++) {
            if (isSuspected(view, me.past(), a, b)) {
                add(leave[view]);
            }
        }
        int prepared = Safety.certifiable(me.past().prepares(), a.prepares(), b.prepares());
        int committed = Safety.certifiable(me.past().commits(), a.commits(), b.commits());
        addOpenings(of, me, a, b, prepared, committed);
        addCatchUps(me.height(), committed);
        if (!world.size.bodies()) {
            add(fetchBodies);
        }
        return count;
    }

    int step(int i) {
        return found[i];
    }

    private void add(int step) {
        if (count == found.length) {
            found = Arrays.copyOf(found, 2 * count);
        }
        found[count++] = step;
    }

    private void addProposals(int of, int view, Past a, Past b) {
        if (world.isByzantineView(view)) {
            for (int block = 0; block < blocks; block++) {
                add(propose[view][block]);
            }
        } else if (world.primary(view).index() != of) {
            int proposed = (a.proposals() | b.proposals()) >>> SmallWorld.ballot(view, 0);
            for (int block = 0; block < blocks; block++) {
                if (SmallWorld.has(proposed, block)) {
                    add(propose[view][block]);
                }
            }
        }
    }

    /** The Byzantine replica's vote is always to be had. */
    private void addVotes(int view, int phase, int a, int b) {
        for (int block = 0; block < blocks; block++) {
            int ballot = SmallWorld.ballot(view, block);
            add(votes[phase][ballot][((a >>> ballot) & 1) + ((b >>> ballot) & 1)]);
        }
    }

    /**
     * Whether an honest replica can have suspected {@code view}, which with the Byzantine one's suspicion is enough: all
     * have suspected the first; later ones are suspected by who has entered them, or waits for them as one of a quorum.
     */
    private static boolean isSuspected(int view, Past me, Past a, Past b) {
        int left = (me.report(view).isPresent() ? 1 : 0)
                + (a.report(view).isPresent() ? 1 : 0)
                + (b.report(view).isPresent() ? 1 : 0);
        return view == 0 || left >= 2 || me.hasEntered(view) || a.hasEntered(view) || b.hasEntered(view);
    }

    private void addOpenings(int of, Stand me, Past a, Past b, int prepared, int committed) {
        for (int view = Math.max(1, me.view()); view < views; view++) {
            int below = SmallWorld.ballotsBelow(view);
            if (world.primary(view).index() == of) {
                if (me.view() == view && !me.active()) {
                    addAll(opening.computeIfAbsent(
                            new Told(view, reports(view, a, b), prepared & below, committed & below), this::opening));
                }
            } else if (world.isByzantineView(view)) {
                List<Report> reports = reports(view, me.past(), a, b);
                addAll(entering.computeIfAbsent(
                        new Told(view, reports, prepared & below, committed & below), this::entering));
            } else {
                a.opening(view).ifPresent(o -> add(steps.numberOf(new Step.Enter(o))));
                b.opening(view).ifPresent(o -> add(steps.numberOf(new Step.Enter(o))));
            }
        }
    }

    private void addAll(int[] some) {
        for (int step : some) {
            add(step);
        }
    }

    private static List<Report> reports(int view, Past... pasts) {
        List<Report> reports = new ArrayList<>();
        for (Past past : pasts) {
            past.report(view).ifPresent(reports::add);
        }
        return reports.stream().sorted().toList();
    }

    /** The VIEW-CHANGEs that the Byzantine replica can sign: with no certificate, or with any one that can be had. */
    private static List<Report> inventions(Told told) {
        List<Report> reports = new ArrayList<>();
        reports.add(Report.NOTHING);
        bits(told.prepared()).forEach(ballot -> reports.add(new Report(ballot, Report.NONE)));
        bits(told.committed()).forEach(ballot -> reports.add(new Report(Report.NONE, ballot)));
        return reports;
    }

    private static IntStream bits(int set) {
        return IntStream.range(0, Integer.SIZE).filter(bit -> SmallWorld.has(set, bit));
    }

    /** For an honest primary, which has a VIEW-CHANGE of its own: those of two others, and also of one alone. */
    private int[] opening(Told told) {
        List<Step> all = new ArrayList<>();
        for (Report invention : inventions(told)) {
            all.add(new Step.Open(new Opening(told.view(), List.of(), List.of(invention))));
            told.honest()
                    .forEach(report ->
                            all.add(new Step.Open(new Opening(told.view(), List.of(report), List.of(invention)))));
        }
        told.honest().forEach(report -> all.add(new Step.Open(new Opening(told.view(), List.of(report), List.of()))));
        if (told.honest().size() == 2) {
            all.add(new Step.Open(new Opening(told.view(), told.honest(), List.of())));
        }
        return numbers(all);
    }

    /** Of a Byzantine primary: each quorum, and what must not pass for one: too few, and one sender thrice. */
    private int[] entering(Told told) {
        List<Step> all = new ArrayList<>();
        List<Report> honest = told.honest();
        for (Report invention : inventions(told)) {
            all.add(new Step.Enter(new Opening(told.view(), List.of(), List.of(invention, invention, invention))));
            for (int i = 0; i < honest.size(); i++) {
                List<Report> one = List.of(honest.get(i));
                all.add(new Step.Enter(new Opening(told.view(), one, List.of(invention))));
                for (int j = i + 1; j < honest.size(); j++) {
                    List<Report> two = List.of(honest.get(i), honest.get(j));
                    all.add(new Step.Enter(new Opening(told.view(), two, List.of(invention))));
                }
            }
        }
        if (honest.size() == SmallWorld.QUORUM) {
            all.add(new Step.Enter(new Opening(told.view(), honest, List.of())));
        }
        return numbers(all);
    }

    private int[] numbers(List<Step> all) {
        return all.stream().distinct().mapToInt(steps::numberOf).toArray();
    }

    private void addCatchUps(int height, int committed) {
        for (int rest = committed; rest != 0; rest &= rest - 1) {
            int ballot = Integer.numberOfTrailingZeros(rest);
            for (int to = height + 1; to <= world.heightOf(SmallWorld.blockOf(ballot)); to++) {
                add(catchUp[ballot][to]);
            }
        }
    }
}
