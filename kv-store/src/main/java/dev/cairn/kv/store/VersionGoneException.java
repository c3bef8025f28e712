package dev.cairn.kv.store;

import dev.cairn.protocol.model.Bytes;

/** A state that is to be fetched lacks a version on disk: a compaction removed it before the state was pinned. */
public final class VersionGoneException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public VersionGoneException(Bytes treeKey) {
        super("versions of " + treeKey + " are gone: the state was pinned too late");
    }
}
