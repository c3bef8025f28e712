/** What people sign: the canonical text of a change, of an approval and of a withdrawal. */
@NullMarked
package dev.cairn.kv.change;

import org.jspecify.annotations.NullMarked;
