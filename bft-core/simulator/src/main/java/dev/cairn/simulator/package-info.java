/** A whole cluster in one thread, from one seed: network, disk, clock, faults, invariants. */
@NullMarked
package dev.cairn.simulator;

import org.jspecify.annotations.NullMarked;
