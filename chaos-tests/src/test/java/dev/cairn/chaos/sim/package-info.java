@NullMarked
package dev.cairn.chaos.sim;

import org.jspecify.annotations.NullMarked;
