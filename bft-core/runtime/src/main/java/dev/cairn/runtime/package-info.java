/** The shell around the core: event loop, durable log, peer links, timers, metrics. */
@NullMarked
package dev.cairn.runtime;

import org.jspecify.annotations.NullMarked;
