/** The consensus core: PBFT over a pipelined hash chain, pure and deterministic. Start at {@link dev.cairn.protocol.Replica}. */
@NullMarked
package dev.cairn.protocol;

import org.jspecify.annotations.NullMarked;
