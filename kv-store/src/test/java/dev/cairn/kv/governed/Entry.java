package dev.cairn.kv.governed;

import dev.cairn.protocol.model.Bytes;

/** What stands at a client's key. */
public record Entry(Bytes value, long created, long modified, long version) {}
