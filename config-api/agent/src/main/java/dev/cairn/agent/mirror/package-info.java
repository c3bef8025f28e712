/** Copies of some prefixes, bounded, kept fresh by verified watches. */
@NullMarked
package dev.cairn.agent.mirror;

import org.jspecify.annotations.NullMarked;
