/** The authenticated, ordered, immutable tree. */
@NullMarked
package dev.cairn.kv.tree;

import org.jspecify.annotations.NullMarked;
