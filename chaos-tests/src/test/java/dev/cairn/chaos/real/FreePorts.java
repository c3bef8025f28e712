package dev.cairn.chaos.real;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Ports of the loopback address on which nothing listens now. They lie below where systems take the ports of outgoing connections
 * from; and test runs that go on side by side, which the property cairn.test.run numbers, draw from ranges of their own.
 */
public final class FreePorts {
    private static final int FIRST = 12_000;
    private static final int PER_RUN = 5_000;
    private static final int RUNS = 4;
    private static final int MOST_TRIES = 1000;
    private static final int BASE = FIRST + PER_RUN * Math.floorMod(Integer.getInteger("cairn.test.run", 1) - 1, RUNS);

    private FreePorts() {}

    static int one() throws IOException {
        return first(1);
    }

    /** {@code count} of them. */
    public static List<Integer> distinct(int count) throws IOException {
        Set<Integer> found = new LinkedHashSet<>();
        while (found.size() < count) {
            found.add(one());
        }
        return List.copyOf(found);
    }

    /** The first of {@code count} ports in a row. */
    static int first(int count) throws IOException {
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            int first = BASE + ThreadLocalRandom.current().nextInt(PER_RUN - count);
            if (IntStream.range(first, first + count).allMatch(FreePorts::isFree)) {
                return first;
            }
        }
        throw new IOException("no " + count + " free ports in a row from " + BASE + " on");
    }

    private static boolean isFree(int port) {
        try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
