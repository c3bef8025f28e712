package dev.cairn.kv.model;

import dev.cairn.protocol.model.Bytes;

/** A key with its value, as clients see it. */
public record KeyValue(Bytes key, long createRevision, long modRevision, long version, long lease, Bytes value) {}
