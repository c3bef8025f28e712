/** Worlds so small that every order of deliveries can be tried on the real code. */
@NullMarked
package dev.cairn.chaos.exhaustive;

import org.jspecify.annotations.NullMarked;
