package dev.cairn.cli.changes;

import dev.cairn.protocol.model.Bytes;

/**
 * A signature that is at hand.
 *
 * @param source where it comes from, for people: a file's name, or the ledger
 * @param armoured as ssh-keygen writes it
 */
record Evidence(String source, Bytes armoured) {}
