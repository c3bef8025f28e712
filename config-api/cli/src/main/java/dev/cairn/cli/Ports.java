package dev.cairn.cli;

import dev.cairn.server.config.HostPort;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;

/** Looks for a taken port before anything is made that would have to be undone. */
final class Ports {
    private Ports() {}

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
