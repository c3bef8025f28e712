package dev.cairn.client;

import dev.cairn.protocol.model.Bytes;

/** A key that lived, and the revision at which it was last written: together they name one value, for good. */
public record KeyStamp(Bytes key, long modRevision) {}
