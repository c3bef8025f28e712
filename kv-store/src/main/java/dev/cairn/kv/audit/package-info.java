/**
 * Looks at what was executed, and asks once more whether it may have been: by the texts, the signatures, the governance and the
 * state before, and by nothing that the store remembers of how it decided.
 */
@NullMarked
package dev.cairn.kv.audit;

import org.jspecify.annotations.NullMarked;
