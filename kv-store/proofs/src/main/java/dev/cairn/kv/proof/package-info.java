/**
 * Proofs against a certified state root, and their check: pure, and in need of neither a store nor a whole tree. What is
 * proven rests on the root being that of a tree which correct replicas built; the hashes bind everything else.
 */
@NullMarked
package dev.cairn.kv.proof;

import org.jspecify.annotations.NullMarked;
