/** State transfer: chunks of a state with their proofs, read from a pinned state and collected beside the current one. */
@NullMarked
package dev.cairn.kv.snapshot;

import org.jspecify.annotations.NullMarked;
