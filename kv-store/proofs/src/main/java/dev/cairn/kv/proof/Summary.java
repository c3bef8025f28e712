package dev.cairn.kv.proof;

import dev.cairn.protocol.model.Digest;

/**
 * What a parent's hash binds about a subtree.
 *
 * @param maxModRevision the newest revision below
 * @param liveCount the keys below that live
 */
public record Summary(Digest hash, long maxModRevision, long liveCount) {}
