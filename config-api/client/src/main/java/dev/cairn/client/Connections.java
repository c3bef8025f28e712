package dev.cairn.client;

import dev.cairn.genesis.HostPort;
import io.grpc.Channel;

/** Ways to replicas, made when they are first needed. */
public interface Connections extends AutoCloseable {
    Channel to(HostPort address);

    @Override
    void close();
}
