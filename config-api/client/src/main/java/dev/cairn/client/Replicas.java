package dev.cairn.client;

import dev.cairn.genesis.HostPort;
import io.grpc.Channel;
import java.util.ArrayList;
import java.util.List;

/** The replicas in the order in which they are asked: who was not believed, or did not answer, is asked last from then on. */
final class Replicas {
    private final List<HostPort> order;
    private final Connections connections;

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

    synchronized void demote(HostPort replica) {
        if (order.remove(replica)) {
            order.add(replica);
        }
    }
}
