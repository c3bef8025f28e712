package dev.cairn.client.repo;

import dev.cairn.protocol.model.Bytes;

/** A file of a tree, without its path. */
public record TreeFile(FileMode mode, Bytes content) {}
