package dev.cairn.cli;

import dev.cairn.genesis.HostPort;
import dev.cairn.server.config.NewCluster;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Looks for a taken port before anything is made that would have to be undone. */
final class Ports {
    private static final int FIRST = 10_000;
    /** Linux gives outgoing connections ports from here up, and one of those may sit on any of them at any time. */
    private static final int EPHEMERAL = 32_768;

    private static final int MOST_TRIES = 100;

    private Ports() {}

    /** A base port for {@link NewCluster#local} with {@code replicas} replicas: nothing listens on its ports now. */
    static int freeBase(int replicas) throws IOException {
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            int base = ThreadLocalRandom.current().nextInt(FIRST, EPHEMERAL - 10 * replicas);
            boolean free = NewCluster.local(replicas, base).stream()
                    .allMatch(place -> isFree(place.client()) && isFree(place.peer()));
            if (free) {
                return base;
            }
        }
        throw new IOException("no " + replicas + " free pairs of ports between " + FIRST + " and " + EPHEMERAL);
    }

    private static boolean isFree(HostPort address) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(address.toSocketAddress());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Fails for the first of {@code addresses} that something listens on, with {@code remedy} as what to do. */
    static void requireFree(List<HostPort> addresses, String remedy) throws Failure {
        for (HostPort address : addresses) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(address.toSocketAddress());
            } catch (IOException e) {
                throw new Failure("cannot listen on " + address + " (" + e.getMessage() + "); " + remedy, e);
            }
        }
    }
}
