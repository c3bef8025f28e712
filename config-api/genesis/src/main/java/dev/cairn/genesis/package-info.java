/** The genesis document that every replica and every client of a cluster pins, and addresses as it writes them. */
@NullMarked
package dev.cairn.genesis;

import org.jspecify.annotations.NullMarked;
