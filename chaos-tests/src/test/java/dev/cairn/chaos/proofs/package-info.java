@NullMarked
package dev.cairn.chaos.proofs;

import org.jspecify.annotations.NullMarked;
