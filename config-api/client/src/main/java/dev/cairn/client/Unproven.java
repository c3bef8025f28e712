package dev.cairn.client;

import io.grpc.Channel;

/**
 * The way to a replica for what nobody proves: an answer from there is its word.
 *
 * @param failed to be called when it does not answer; another one is taken next time
 */
public record Unproven(Channel channel, Runnable failed) {}
