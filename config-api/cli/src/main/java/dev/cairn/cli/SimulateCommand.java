package dev.cairn.cli;

import dev.cairn.simulator.Counters;
import dev.cairn.simulator.Outcome;
import dev.cairn.simulator.Simulation;
import dev.cairn.simulator.StoryPage;
import dev.cairn.simulator.World;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description = {
            "Run the real protocol in simulated worlds, where the network, the disks and the clocks fail and, with"
                    + " --byzantine, up to a third of the replicas lies; check every invariant after every event.",
            "With --worlds, many worlds, and how often each fault and each lie came up. Without, one world and its"
                    + " story; --html draws it. The same seed gives the same run, bit for bit.",
            "Exit code 1 when an invariant broke."
        })
final class SimulateCommand implements Callable<Integer> {
    private static final int LINES = 40;
    private static final int BATCH = 200;

    @Option(names = "--seed", paramLabel = "S", description = "The world, or the first of many. Default: 1.")
    private long seed = 1;

    @Option(names = "--byzantine", description = "Worlds in which f of the replicas lie.")
    private boolean byzantine;

    @Option(names = "--world", paramLabel = "LINE", description = "A world as a failure prints it, instead of a seed.")
    private @Nullable String line;

    @Option(names = "--html", paramLabel = "FILE", description = "Draw the messages of the one world into FILE.")
    private @Nullable Path html;

    @Option(names = "--all", description = "Draw STATUS, requests and reads too.")
    private boolean all;

    @Option(names = "--worlds", paramLabel = "N", description = "Run N worlds, from the seed on.")
    private @Nullable Integer worlds;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Failure {
        if (worlds == null) {
            return showOne();
        }
        refuse(worlds < 1, "--worlds: give at least 1");
        refuse(html != null || all, "--html draws one world; leave --worlds out");
        refuse(line != null, "--world is one world; leave --worlds out");
        return sweep(worlds);
    }

    private void refuse(boolean isWrong, String why) {
        if (isWrong) {
            throw new ParameterException(spec.commandLine(), why);
        }
    }

    private World world(long number) {
        return byzantine ? World.hostile(number) : World.honest(number);
    }

    private int showOne() throws Failure {
        Outcome outcome = Simulation.show(line == null ? world(seed) : parsed(line));
        PrintWriter out = spec.commandLine().getOut();
        out.print(outcome.trace().last(LINES));
        out.println(outcome.violation().orElse("every invariant held") + "; world " + outcome.world());
        if (html != null) {
            try {
                Files.writeString(html, StoryPage.of(outcome, all));
            } catch (IOException e) {
                throw new Failure("cannot write " + html + ": " + e.getMessage(), e);
            }
            out.println("drawn in " + html);
        }
        return outcome.violation().isPresent() ? Main.FAILURE : 0;
    }

    private World parsed(String text) {
        try {
            return World.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--world: " + e.getMessage(), e);
        }
    }

    private int sweep(int count) {
        PrintWriter out = spec.commandLine().getOut();
        Counters counters = new Counters();
        Queue<Outcome> broken = new ConcurrentLinkedQueue<>();
        long start = System.nanoTime();
        for (int done = 0; done < count && broken.isEmpty(); ) {
            int next = Math.min(count, done + BATCH);
            LongStream.range(seed + done, seed + next).parallel().forEach(number -> {
                Outcome outcome = Simulation.run(world(number));
                if (outcome.violation().isPresent()) {
                    broken.add(outcome);
                }
                synchronized (counters) {
                    counters.addWorld(outcome.counters());
                }
            });
            done = next;
            spec.commandLine().getErr().printf("\r%d of %d worlds", done, count);
            spec.commandLine().getErr().flush();
        }
        spec.commandLine().getErr().println();
        if (!broken.isEmpty()) {
            out.println(broken.peek().shrunkReport());
            return Main.FAILURE;
        }
        out.print("in how many worlds each thing happened:\n" + counters);
        out.printf(
                "%d worlds from seed %d in %d s: every invariant held%n",
                count, seed, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
        return 0;
    }
}
