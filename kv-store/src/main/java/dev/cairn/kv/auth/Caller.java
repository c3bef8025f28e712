package dev.cairn.kv.auth;

import dev.cairn.protocol.model.Bytes;

/**
 * Who asks, as a gateway says.
 *
 * @param authRevision of the users and roles by which the gateway knew the user
 */
public record Caller(Bytes user, long authRevision) {}
