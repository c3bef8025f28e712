package dev.cairn.client;

import dev.cairn.genesis.HostPort;
import io.grpc.Channel;

/**
 * Ways to replicas, made when they are first needed. Their channels must not send a call again by themselves
 * ({@code disableRetry}): a replica that has a write done and denies it in the transport's words would have it done twice.
 */
public interface Connections extends AutoCloseable {
    Channel to(HostPort address);

    @Override
    void close();
}
