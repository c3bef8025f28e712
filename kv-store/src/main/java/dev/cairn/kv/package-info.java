/** The replicated state machine: an authenticated, ordered, multi-version tree. */
@NullMarked
package dev.cairn.kv;

import org.jspecify.annotations.NullMarked;
