package dev.cairn.cli.changes;

import dev.cairn.protocol.model.Bytes;

/**
 * A signature that is at hand.
 *
 * @param source where it comes from, for people: a file's name, or when the cluster took it in
 * @param armoured as ssh-keygen writes it
 */
record Evidence(String source, Bytes armoured) {}
