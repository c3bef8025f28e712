/** Wrong readings of the protocol, planted one at a time into the real code: the simulated worlds must find each. */
@NullMarked
package dev.cairn.chaos.mutants;

import org.jspecify.annotations.NullMarked;
