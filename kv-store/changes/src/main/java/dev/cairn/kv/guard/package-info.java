/** Who may change what: principals, guards, and the decision on a signed change. */
@NullMarked
package dev.cairn.kv.guard;

import org.jspecify.annotations.NullMarked;
