package dev.cairn.protocol.model;

/** Names one request for ever: its client, the client's session, and the number in that session. */
public record RequestId(ClientId client, long session, long sequence) {}
