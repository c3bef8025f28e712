package dev.cairn.chaos.exhaustive;

import java.util.SplittableRandom;

/**
 * What a walk makes likely. Where every step is as likely as any other, replicas leave a view before anything has happened
 * in it, or hear all there is to hear and agree. So it is drawn once for a walk, for each replica and view, whether it
 * hears the view's PREPAREs and COMMITs, which chain may be proposed to it, and how soon it loses patience.
 */
final class Bias {
    private static final int SETS_OF_CHAINS = 8;

    /** What competes for the next step; within a kind all steps are alike. */
    enum Kind {
        PROPOSAL,
        PREPARES,
        COMMITS,
        LEAVING,
        ENTERING,
        CATCHING_UP,
        OTHER;

        static Kind of(Step step) {
            return switch (step) {
                case Step.Propose _ -> PROPOSAL;
                case Step.Votes votes ->
                    switch (votes.phase()) {
                        case PREPARE -> PREPARES;
                        case COMMIT -> COMMITS;
                        case CHECKPOINT -> OTHER;
                    };
                case Step.Leave _ -> LEAVING;
                case Step.Open _, Step.Enter _ -> ENTERING;
                case Step.CatchUp _ -> CATCHING_UP;
                case Step.Nudge _, Step.FetchBodies _ -> OTHER;
                case Step.OneVote _, Step.OneSuspect _, Step.OneViewChange _, Step.OneTick _ -> OTHER;
            };
        }
    }

    private record Leaning(boolean prepares, boolean commits, int chains, int patience) {
        static Leaning draw(SplittableRandom random) {
            return new Leaning(
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextInt(SETS_OF_CHAINS),
                    1 << random.nextInt(1, 7));
        }

        boolean allowsChain(int chain) {
            return ((chains >>> chain) & 1) != 0;
        }
    }

    private final SmallWorld world;
    private final SplittableRandom random;
    private final Leaning[][] leanings;
    private final boolean[] catchesUp;

    Bias(SmallWorld world, SplittableRandom random) {
        this.world = world;
        this.random = random;
        int replicas = world.honest.size();
        this.leanings = new Leaning[replicas][world.size.views()];
        this.catchesUp = new boolean[replicas];
        for (int replica = 0; replica < replicas; replica++) {
            catchesUp[replica] = random.nextBoolean();
            for (int view = 0; view < world.size.views(); view++) {
                leanings[replica][view] = Leaning.draw(random);
            }
        }
    }

    /** Whether the step may be the replica's next one, this time. */
    boolean allows(int replica, Step step) {
        return switch (step) {
            case Step.Propose s -> leanings[replica][s.view()].allowsChain(world.chainOf(s.block()));
            case Step.Votes s -> {
                Leaning leaning = leanings[replica][SmallWorld.viewOf(s.ballot())];
                yield switch (s.phase()) {
                    case PREPARE -> leaning.prepares();
                    case COMMIT -> leaning.commits();
                    case CHECKPOINT -> true;
                };
            }
            case Step.Leave s -> random.nextInt(leanings[replica][s.view()].patience()) == 0;
            case Step.CatchUp _ -> catchesUp[replica];
            case Step.Open _, Step.Enter _, Step.Nudge _, Step.FetchBodies _ -> true;
            case Step.OneVote _, Step.OneSuspect _, Step.OneViewChange _, Step.OneTick _ -> true;
        };
    }
}
