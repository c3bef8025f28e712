/** Clients of the real store in simulated worlds: what they were told is judged, and nothing else. */
@NullMarked
package dev.cairn.chaos.kvworlds;

import org.jspecify.annotations.NullMarked;
