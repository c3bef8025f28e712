package dev.cairn.client;

import dev.cairn.genesis.HostPort;
import io.grpc.Channel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The replicas in the order in which they are asked: who was not believed, or did not answer, is asked last from then on.
 */
final class Replicas {
    private final List<HostPort> order;
    private final Connections connections;

    /** Those whose last answer was believed. */
    private final Set<HostPort> believed = new HashSet<>();

    Replicas(List<HostPort> order, Connections connections) {
        this.order = new ArrayList<>(order);
        this.connections = connections;
    }

    synchronized List<HostPort> inOrder() {
        return List.copyOf(order);
    }

    Channel channel(HostPort replica) {
        return connections.to(replica);
    }

    synchronized boolean isBelieved(HostPort replica) {
        return believed.contains(replica);
    }

    synchronized void believe(HostPort replica) {
        believed.add(replica);
    }

    synchronized void demote(HostPort replica) {
        believed.remove(replica);
        if (order.remove(replica)) {
            order.add(replica);
        }
    }
}
