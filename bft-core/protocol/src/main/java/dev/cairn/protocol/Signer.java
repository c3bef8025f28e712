package dev.cairn.protocol;

import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.Statement;

/** Signs with this replica's vote key. Deterministic: the same statement always gives the same bytes. */
@FunctionalInterface
public interface Signer {
    Signature sign(Statement statement);
}
