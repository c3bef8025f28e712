package dev.cairn.runtime;

import dev.cairn.protocol.model.Digest;

/**
 * Where a replica is reached by the others, and the only certificate by which it is known there.
 *
 * @param host a name, looked up anew at each connection, or a literal address
 * @param tlsFingerprint SHA-256 of its TLS certificate's DER bytes, as the genesis document pins it
 */
public record PeerAddress(String host, int port, Digest tlsFingerprint) {}
