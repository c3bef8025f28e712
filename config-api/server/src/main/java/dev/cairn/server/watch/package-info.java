/** Watches: from committed blocks and from history to ordered, bounded streams of events. */
@NullMarked
package dev.cairn.server.watch;

import org.jspecify.annotations.NullMarked;
