package dev.cairn.chaos.real;

import dev.cairn.runtime.Surroundings;
import dev.cairn.server.Supervisor;
import dev.cairn.server.config.ServerConfig;
import dev.cairn.server.config.StartupException;
import dev.cairn.simulator.Strategy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The real server in a process of its own, with a clock that can be set and, if strategies are given, malice. Arguments:
 * configuration file, clock file, seed, strategies. Ends when its standard input does.
 */
final class ChaosReplica {
    private ChaosReplica() {}

    public static void main(String[] arguments) throws Exception {
        ServerConfig config = ServerConfig.load(Path.of(arguments[0]));
        config.claimData();
        Surroundings surroundings =
                new Surroundings(new OffsetClock(Path.of(arguments[1])), conduct(config, arguments));
        try (Supervisor server = Supervisor.start(config, surroundings)) {
            Thread.ofPlatform().daemon().name("stdin").start(ChaosReplica::endWithInput);
            Optional<Throwable> fatal = server.terminated().join();
            fatal.ifPresent(cause -> System.out.println("the replica has ended itself: " + cause.getMessage()));
            System.exit(fatal.isPresent() ? 1 : 0);
        } catch (StartupException e) {
            System.out.println("the replica does not start: " + e.getMessage());
            System.exit(1);
        }
    }

    private static Surroundings.Conduct conduct(ServerConfig config, String[] arguments) {
        List<Strategy> strategies =
                Arrays.stream(arguments).skip(3).map(Strategy::valueOf).toList();
        return strategies.isEmpty()
                ? Surroundings.Conduct.HONEST
                : new ByzantineConduct(config, strategies, Long.parseLong(arguments[2]));
    }

    private static void endWithInput() {
        try {
            while (System.in.read() >= 0) {
                // whatever comes means nothing
            }
        } catch (IOException e) {
            System.out.println("standard input is gone: " + e.getMessage());
        }
        Runtime.getRuntime().halt(0);
    }
}
